/// Whose semantics hold where Volcano's and ours differ.
public enum Compatibility: String, Sendable, CaseIterable {
    /// Volcano's, as of its main branch. A file that does not say otherwise is a Volcano file.
    case volcano
    /// Volcano's of the line 1.5, which Azure ML's extension runs.
    case volcano15 = "volcano-1.5"
    /// Ours: what Volcano's users report as defects is mended.
    case gangwright

    /// Whether Volcano's semantics hold, of either version.
    ///
    /// What 1.5 does as the main branch does asks this; only what differs between the two asks for one of them.
    public var isVolcano: Bool { self != .gangwright }

    /// Whether a node whose Ready condition is not True takes pods and counts: only its taints keep pods away then.
    var countsUnreadyNodes: Bool { self == .volcano }

    /// Whether pods that do not say so may be chosen as victims: the default changed between Volcano's versions.
    var letsPodsLeaveByDefault: Bool { self != .volcano15 }
}
