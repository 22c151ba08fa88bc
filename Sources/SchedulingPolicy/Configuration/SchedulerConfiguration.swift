/// Whose semantics hold where Volcano's and ours differ.
public enum Compatibility: String, Sendable, CaseIterable {
    /// Volcano's, as of its main branch. A file that does not say otherwise is a Volcano file.
    case volcano
    /// Ours: what Volcano's users report as defects is mended.
    case gangwright
}

/// A step of the scheduling cycle.
public enum ActionName: String, Sendable, CaseIterable {
    /// Admits pod groups.
    case enqueue
    /// Places gangs.
    case allocate
    /// Places pods that ask for no resources.
    case backfill
}

/// The scheduler's configuration, in the language of `volcano-scheduler.conf`.
public struct SchedulerConfiguration: Sendable {
    /// Whose semantics hold.
    public var compatibility: Compatibility
    /// The steps of a cycle, in order.
    public var actions: [ActionName]
    /// The plugins by tier; an earlier tier decides before a later one.
    public var tiers: [[PluginConfiguration]]
    /// Arguments of actions.
    public var actionArguments: [ActionName: Arguments]

    /// The plugins of all tiers, in order.
    var plugins: [ConfiguredPlugin] {
        tiers.enumerated().flatMap { tier, plugins in
            plugins.map { ConfiguredPlugin($0, tier: tier) }
        }
    }
}

/// One plugin of a tier.
public struct PluginConfiguration: Sendable {
    /// The plugin's name.
    public var name: String
    /// The callbacks that the file switches on or off; the others are at their default.
    public var flags: [PluginFlag: Bool]
    /// The plugin's arguments.
    public var arguments: Arguments
    let type: any Plugin.Type

    /// Whether a callback is on.
    public func isEnabled(_ flag: PluginFlag) -> Bool { flags[flag] ?? flag.isOnByDefault }
}

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

    /// Volcano switches everything on but these two.
    var isOnByDefault: Bool { self != .hierarchy && self != .clusterOrder }
}
