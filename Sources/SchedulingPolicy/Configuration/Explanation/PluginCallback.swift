/// A question that actions ask plugins, called as Volcano calls it.
///
/// Sources: Volcano's session callbacks; how answers are combined is said by `Combination`.
public enum PluginCallback: String, Sendable, CaseIterable {
    /// Which gang goes first.
    case jobOrder = "JobOrder"
    /// Which queue goes first.
    case queueOrder = "QueueOrder"
    /// Which namespace goes first.
    case namespaceOrder = "NamespaceOrder"
    /// Which pod of a gang goes first.
    case taskOrder = "TaskOrder"
    /// Which part of a gang goes first.
    case subJobOrder = "SubJobOrder"
    /// Whether a gang is admitted.
    case jobEnqueueable = "JobEnqueueable"
    /// Told that a gang has been admitted.
    case jobEnqueued = "JobEnqueued"
    /// Whether a gang need be tried at all.
    case jobValid = "JobValid"
    /// Whether a queue has had its share.
    case overused = "Overused"
    /// Whether a queue may take a pod more.
    case allocatable = "Allocatable"
    /// Which nodes a pod may go to.
    case predicate = "Predicate"
    /// Which network domains are tried.
    case hyperNodeGradient = "HyperNodeGradient"
    /// Which network domain is best.
    case hyperNodeOrder = "HyperNodeOrder"
    /// Which node is best.
    case nodeOrder = "NodeOrder"
    /// A node chosen outright.
    case bestNode = "BestNode"
    /// Whether a part of a gang may be bound.
    case subJobReady = "SubJobReady"
    /// Whether a part of a gang may keep what it is promised.
    case subJobPipelined = "SubJobPipelined"
    /// Whether a gang may be bound.
    case jobReady = "JobReady"
    /// Whether a gang may keep what it is promised.
    case jobPipelined = "JobPipelined"
    /// Whether a gang still lacks pods, so that others may be evicted for it.
    case jobStarving = "JobStarving"
    /// Whether a queue may take from others.
    case preemptive = "Preemptive"
    /// Which pods of the same queue may be evicted.
    case preemptable = "Preemptable"
    /// Which pods of other queues may be evicted.
    case reclaimable = "Reclaimable"
    /// Which pods may be evicted for a whole gang.
    case unifiedEvictable = "UnifiedEvictable"
    /// Which queue loses first.
    case victimQueueOrder = "VictimQueueOrder"
    /// Which pods are evicted without anyone who needs their place.
    case victimTasks = "VictimTasks"
    /// The gang that nodes are locked for.
    case targetJob = "TargetJob"
    /// The nodes that are locked.
    case reservedNodes = "ReservedNodes"

    /// How the answers of several plugins become one.
    public enum Combination: Sendable {
        /// The first plugin that makes a difference decides.
        case firstDifference
        /// All plugins must agree.
        case all
        /// One plugin is enough.
        case any
        /// Plugins vote: one refusal decides at once, a permit closes the question after its tier.
        case votes
        /// The first tier that has an answer decides, and in it all must agree.
        case firstTier
        /// Within a tier what all name; the first tier that names anything decides.
        case victims
        /// Scores are added.
        case sum
        /// The first plugin that answers decides.
        case firstAnswer
        /// Every plugin is told.
        case told
    }

    /// How the answers of several plugins become one.
    public var combination: Combination {
        switch self {
        case .jobOrder, .queueOrder, .namespaceOrder, .taskOrder, .subJobOrder, .victimQueueOrder:
            .firstDifference
        case .jobValid, .jobReady, .subJobReady, .allocatable, .preemptive, .predicate: .all
        case .overused: .any
        case .jobPipelined, .subJobPipelined, .jobEnqueueable: .votes
        case .jobStarving: .firstTier
        case .preemptable, .reclaimable, .unifiedEvictable, .victimTasks: .victims
        case .nodeOrder, .hyperNodeOrder: .sum
        case .hyperNodeGradient, .bestNode, .targetJob, .reservedNodes: .firstAnswer
        case .jobEnqueued: .told
        }
    }

    /// The switch of the callback; nil where it has none.
    public var flag: PluginFlag? {
        switch self {
        case .jobOrder: .jobOrder
        case .queueOrder: .queueOrder
        case .namespaceOrder: .namespaceOrder
        case .taskOrder: .taskOrder
        case .subJobOrder: .subJobOrder
        case .jobEnqueueable, .jobEnqueued: .jobEnqueued
        case .overused: .overused
        case .allocatable: .allocatable
        case .predicate: .predicate
        case .hyperNodeGradient: .hyperNodeGradient
        case .hyperNodeOrder: .hyperNodeOrder
        case .nodeOrder: .nodeOrder
        case .bestNode: .bestNode
        case .subJobReady: .subJobReady
        case .subJobPipelined: .subJobPipelined
        case .jobReady: .jobReady
        case .jobPipelined: .jobPipelined
        case .jobStarving: .jobStarving
        case .preemptive: .preemptive
        case .preemptable: .preemptable
        case .reclaimable: .reclaimable
        case .victimTasks: .victim
        case .targetJob: .targetJob
        case .reservedNodes: .reservedNodes
        case .jobValid, .unifiedEvictable, .victimQueueOrder: nil
        }
    }

    /// The actions that ask it, in the order of `ActionName`.
    public func actions(under compatibility: Compatibility) -> [ActionName] {
        let old = compatibility == .volcano15
        let evicting: [ActionName] = [.preempt, .reclaim, .gangpreempt, .gangreclaim]
        let placing: [ActionName] = [.allocate, .backfill, .preempt, .reclaim, .gangpreempt, .gangreclaim]
        let asked: [ActionName] =
            switch self {
            case .jobEnqueueable, .jobEnqueued: [.enqueue]
            case .jobOrder: [.enqueue] + placing
            case .queueOrder, .namespaceOrder: [.enqueue] + placing
            case .taskOrder, .jobValid, .predicate: placing
            case .nodeOrder, .bestNode: old ? [.allocate, .preempt] : placing
            case .overused: [.allocate, .reclaim, .gangreclaim]
            case .allocatable: old ? [.allocate, .reclaim] : [.allocate, .preempt]
            case .jobReady: [.allocate, .backfill] + evicting
            case .jobPipelined: [.allocate] + evicting
            case .jobStarving: old ? [.preempt] : evicting
            case .preemptive: [.reclaim, .gangreclaim]
            case .preemptable: [.preempt]
            case .reclaimable: [.reclaim]
            case .unifiedEvictable: [.gangpreempt, .gangreclaim]
            case .victimQueueOrder: [.preempt, .reclaim, .gangreclaim]
            case .victimTasks: old ? [.preempt] : [.shuffle]
            case .hyperNodeGradient, .hyperNodeOrder, .subJobReady, .subJobPipelined, .subJobOrder:
                [.allocate, .gangpreempt, .gangreclaim]
            case .targetJob: [.elect, .reserve]
            case .reservedNodes: [.reserve]
            }
        return ActionName.allCases.filter { asked.contains($0) && $0.exists(under: compatibility) }
    }
}
