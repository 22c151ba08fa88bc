/// A switch for one callback of a plugin, spelled as Volcano spells it.
///
/// Source: the schema of Volcano's configuration file; the spelling varies between `enable` and `enabled`.
public enum PluginFlag: String, Sendable, CaseIterable {
    /// Order of gangs.
    case jobOrder = "enableJobOrder"
    /// Hierarchy of queues.
    case hierarchy = "enableHierarchy"
    /// Whether a gang may be bound.
    case jobReady = "enableJobReady"
    /// Whether a gang may wait with its places held.
    case jobPipelined = "enableJobPipelined"
    /// Order of pods.
    case taskOrder = "enableTaskOrder"
    /// Victims within a queue.
    case preemptable = "enablePreemptable"
    /// Victims of other queues.
    case reclaimable = "enableReclaimable"
    /// Whether a queue may reclaim.
    case preemptive = "enablePreemptive"
    /// Order of queues.
    case queueOrder = "enableQueueOrder"
    /// Order of clusters.
    case clusterOrder = "enabledClusterOrder"
    /// Filters of nodes.
    case predicate = "enablePredicate"
    /// The best node, chosen outright.
    case bestNode = "enableBestNode"
    /// Scores of nodes.
    case nodeOrder = "enableNodeOrder"
    /// The gang that nodes are reserved for.
    case targetJob = "enableTargetJob"
    /// Reserved nodes.
    case reservedNodes = "enableReservedNodes"
    /// Admission.
    case jobEnqueued = "enableJobEnqueued"
    /// Victims of maintenance.
    case victim = "enabledVictim"
    /// Whether a gang still needs pods.
    case jobStarving = "enableJobStarving"
    /// Whether a queue has had its share.
    case overused = "enabledOverused"
    /// Whether a queue may take a pod more.
    case allocatable = "enabledAllocatable"
    /// Scores of network domains.
    case hyperNodeOrder = "enabledHyperNodeOrder"
    /// Readiness of a part of a gang.
    case subJobReady = "enabledSubJobReady"
    /// Held places of a part of a gang.
    case subJobPipelined = "enabledSubJobPipelined"
    /// Order of the parts of a gang.
    case subJobOrder = "enabledSubJobOrder"
    /// Network domains to try.
    case hyperNodeGradient = "enabledHyperNodeGradient"

    /// Order of namespaces; Volcano 1.5 only.
    case namespaceOrder = "enableNamespaceOrder"

    /// Volcano switches everything on but these two.
    public var isOnByDefault: Bool { self != .hierarchy && self != .clusterOrder }

    /// How the file spells the switch; nil where the version whose semantics hold does not have it.
    ///
    /// Ours has what Volcano's main branch has.
    public func key(under compatibility: Compatibility) -> String? {
        switch (self, compatibility) {
        case (.clusterOrder, .volcano15): "EnabledClusterOrder"
        case (.namespaceOrder, .volcano15): rawValue
        case (.namespaceOrder, _): nil
        case (_, .volcano15): Self.sinceVolcano15.contains(self) ? nil : rawValue
        default: rawValue
        }
    }

    /// Switches that came after Volcano 1.5.
    private static let sinceVolcano15: Set<PluginFlag> = [
        .preemptive, .overused, .allocatable, .hyperNodeOrder, .hyperNodeGradient, .subJobReady,
        .subJobPipelined,
        .subJobOrder,
    ]
}
