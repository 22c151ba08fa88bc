public import ClusterModel
public import SchedulingLoop

/// A gang, or a pod that is its own.
public struct GangName: Hashable, Sendable, CustomStringConvertible {
    /// Namespace and name.
    public var key: ObjectKey
    /// Whether it is a gang.
    public var isGang: Bool

    /// `job/namespace/name` or `pod/namespace/name`.
    public var description: String { (isGang ? "job/" : "pod/") + "\(key)" }

    init(of pod: Pod) {
        isGang = pod.podGroup != nil
        key = ObjectKey(namespace: pod.key.namespace, name: pod.podGroup ?? pod.key.name)
    }

    init(gang key: ObjectKey) {
        isGang = true
        self.key = key
    }
}

/// How a shadow and the scheduler beside it dealt with the same pods.
public enum ShadowAgreement: String, Sendable, CaseIterable {
    /// Both placed them, on the same nodes.
    case sameNodes = "same_nodes"
    /// Both placed them, on other nodes.
    case otherNodes = "other_nodes"
    /// Only the shadow would have placed them: nobody did so in time.
    case onlyOurs = "only_ours"
    /// Only the other one placed them.
    case onlyTheirs = "only_theirs"
    /// The other one placed fewer than the gang's minimum, and nothing more in time.
    case theirsInPart = "theirs_in_part"
}

/// What there is to say once both have dealt with a gang, or time has run out.
public struct GangVerdict: Sendable, Equatable {
    /// The gang.
    public var gang: GangName
    /// Its queue.
    public var queue: String
    /// Its minimum.
    public var minMember: Int
    /// How the two agree.
    public var agreement: ShadowAgreement
    /// Where the shadow would have put its pods.
    public var ours: [CycleRecord.Bind]
    /// Where they were put.
    public var theirs: [CycleRecord.Bind]
    /// When the shadow had a place for the last pod that it needed.
    public var oursAt: LoopTime?
    /// When the other one did.
    public var theirsAt: LoopTime?
    /// Why the shadow had no place, in the words of a pending pod's reason.
    public var reason: String?
    /// When this was known.
    public var time: LoopTime

    /// By how many milliseconds the shadow was earlier; negative if it was later, nil unless both placed it.
    public var lead: Int64? {
        guard let oursAt, let theirsAt, agreement == .sameNodes || agreement == .otherNodes else {
            return nil
        }
        return theirsAt.milliseconds - oursAt.milliseconds
    }
}

/// What there is to say of one pod.
public struct PodVerdict: Sendable, Equatable {
    /// The pod.
    public var pod: ObjectKey
    /// Its gang.
    public var gang: GangName
    /// How the two agree.
    public var agreement: ShadowAgreement
    /// Why the shadow had no place.
    public var reason: String?
}

/// What there is to say of an eviction that the shadow would have made.
public struct EvictionVerdict: Sendable, Equatable {
    /// The pod, its node, and why.
    public var eviction: CycleRecord.Eviction
    /// Whether it has left in time, whoever has told it to.
    public var hasLeft: Bool
}

/// Something that follows from what a shadow was shown.
public enum ShadowEvent: Sendable, Equatable {
    /// A gang has been dealt with.
    case gang(GangVerdict)
    /// A pod has been dealt with.
    case pod(PodVerdict)
    /// An eviction has been followed, or not.
    case eviction(EvictionVerdict)
    /// The loop has to be told, since nobody has followed a decision.
    case takeBack(DecisionOutcome)

    /// What the loop has to be told.
    public var outcome: DecisionOutcome? {
        if case .takeBack(let outcome) = self { outcome } else { nil }
    }
}

extension ShadowAgreement {
    /// The same for people.
    public var sentence: String {
        switch self {
        case .sameNodes: "both use the same nodes"
        case .otherNodes: "both have a place, on other nodes"
        case .onlyOurs: "only the shadow has a place"
        case .onlyTheirs: "only the other scheduler has a place"
        case .theirsInPart: "the other scheduler has bound only a part"
        }
    }
}
