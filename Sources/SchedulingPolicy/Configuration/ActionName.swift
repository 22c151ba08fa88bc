/// A step of the scheduling cycle.
public enum ActionName: String, Sendable, CaseIterable {
    /// Admits pod groups.
    case enqueue
    /// Places gangs.
    case allocate
    /// Places pods that ask for no resources.
    case backfill
    /// Evicts pods of less important gangs of the same queue.
    case preempt
    /// Evicts pods of queues that hold more than they deserve.
    case reclaim
    /// Evicts what plugins name, so that it is placed anew.
    case shuffle
    /// Evicts within a queue to place a whole gang.
    case gangpreempt
    /// Evicts in other queues to place a whole gang.
    case gangreclaim
    /// Chooses the gang that nodes are locked for; Volcano 1.5 only.
    case elect
    /// Locks nodes for the gang that `elect` has chosen; Volcano 1.5 only.
    case reserve

    /// Actions that this version does not run yet and refuses by name.
    static let later: Set<ActionName> = []

    /// Whether the action evicts pods.
    public var evicts: Bool {
        switch self {
        case .preempt, .reclaim, .shuffle, .gangpreempt, .gangreclaim: true
        case .enqueue, .allocate, .backfill, .elect, .reserve: false
        }
    }

    /// Whether Volcano has the action in the version whose semantics hold; ours has what the main branch has.
    func exists(under compatibility: Compatibility) -> Bool {
        switch self {
        case .elect, .reserve: compatibility == .volcano15
        case .gangpreempt, .gangreclaim: compatibility != .volcano15
        case .enqueue, .allocate, .backfill, .preempt, .reclaim, .shuffle: true
        }
    }

    /// The arguments that the action takes under `configurations`.
    func arguments(under compatibility: Compatibility) -> [ArgumentSchema] {
        let cache = ArgumentSchema(name: "predicateErrorCacheEnable", kind: .bool(default: true))
        switch self {
        case .allocate:
            let patience = ArgumentSchema(name: "reserveAfter", kind: .duration(default: .seconds(600)))
            return compatibility == .gangwright ? [cache, patience] : [cache]
        case .backfill, .reclaim: return [cache]
        case .preempt where compatibility == .volcano15: return [cache]
        case .preempt:
            return [
                cache,
                ArgumentSchema(name: "enableTopologyAwarePreemption", kind: .bool(default: false)),
                ArgumentSchema(
                    name: "topologyAwarePreemptWorkerNum", kind: .integer(default: 16), range: 1...1_000),
                ArgumentSchema(
                    name: "minCandidateNodesPercentage", kind: .integer(default: 10), range: 0...100),
                ArgumentSchema(
                    name: "minCandidateNodesAbsolute", kind: .integer(default: 1), range: 0...1_000_000),
                ArgumentSchema(
                    name: "maxCandidateNodesAbsolute", kind: .integer(default: 100), range: 0...1_000_000),
            ]
        case .gangpreempt, .gangreclaim:
            return [
                // Zero and less mean 8, as in Volcano; whoever reads it says so.
                ArgumentSchema(name: "maxDomains", kind: .integer(default: 8)),
                ArgumentSchema(name: "allowWholeBundle", kind: .bool(default: true)),
            ]
        case .enqueue, .shuffle, .elect, .reserve: return []
        }
    }
}
