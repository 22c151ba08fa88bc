import Allocator
import ClusterModel
import SchedulingPolicy
import SyntheticClusters
import TestSupport

/// One cycle over one adversarial cluster, and what there was before and is after it.
struct Trial: Sendable {
    let seed: UInt64
    let configuration: NamedConfiguration
    let snapshot: ClusterSnapshot
    let result: CycleResult
    /// Where the books differ from the pods at the end of the cycle.
    let differences: [String]
    /// The columns at the end of the cycle.
    let cluster: ClusterState
    /// The pods of the snapshot by name.
    let pods: [ObjectKey: Pod]

    init(_ configuration: NamedConfiguration, seed: UInt64) throws {
        // Up to 32 nodes are looked at one by one; only beyond that does the index rank them.
        var recipe = seed % 5 == 0 ? AdversarialCluster(nodes: 33...60) : AdversarialCluster()
        if !configuration.hasNetwork { recipe.excluded = [.hyperNodes, .networkWishes, .subGroups] }
        let snapshot = recipe.snapshot(seed: seed)
        if configuration.isDrawn {
            try self.init(
                .drawn(seed, configuration.configuration.compatibility), seed: seed,
                snapshot: snapshot.withPolicies(seed: seed))
        } else {
            try self.init(configuration, seed: seed, snapshot: snapshot)
        }
    }

    init(
        _ configuration: NamedConfiguration, seed: UInt64, snapshot: ClusterSnapshot,
        allocator: AllocatorKind = .indexed
    ) throws {
        self.seed = seed
        self.configuration = configuration
        self.snapshot = snapshot
        // Ten minutes after the newest object, so that rules about time have something to say.
        let now =
            configuration.isDrawn
            ? snapshot.newestTimestamp.map { Timestamp(secondsSinceEpoch: $0.secondsSinceEpoch + 600) } : nil
        var options = SessionOptions(allocator: allocator)
        if configuration.isDrawn {
            options.extender = DrawnExtender(seed: seed)
            options.nodeUsage = now.map { RecordedNodeUsage.drawn(seed: seed, snapshot, now: $0) }
        }
        let session = try Session(
            snapshot: snapshot, configuration: configuration.configuration, options: options)
        result = session.runCycle(now: now)
        differences = session.audit()
        cluster = session.cluster
        pods = Dictionary(uniqueKeysWithValues: snapshot.pods.map { ($0.key, $0) })
    }

    /// The trials that every property looks at, by configuration; made once.
    private static let all: [String: Result<[Trial], any Error>] = Dictionary(
        uniqueKeysWithValues: NamedConfiguration.all.enumerated().map { variant, configuration in
            let seeds = Seeds.forVariant(variant, of: NamedConfiguration.all.count, count: 40)
            return (configuration.name, Result { try seeds.map { try Trial(configuration, seed: $0) } })
        })

    static func trials(_ configuration: NamedConfiguration) throws -> [Trial] {
        try all[configuration.name]?.get() ?? []
    }

    var compatibility: Compatibility { configuration.configuration.compatibility }

    /// The pods as the API server would show them once the evicted ones have been told to leave.
    var podsAfterEvictions: [Pod] {
        let evicted = Set(result.evictions.map(\.pod))
        return snapshot.pods.map { pod in
            evicted.contains(pod.key) ? pod.with { $0.isTerminating = true } : pod
        }
    }

    /// The snapshot as the API server would show it after binds and evictions.
    var snapshotAfterBinds: ClusterSnapshot {
        let nodes = Dictionary(uniqueKeysWithValues: result.binds.map { ($0.pod, $0.node) })
        var after = snapshot
        after.pods = podsAfterEvictions
        for index in after.pods.indices {
            if let node = nodes[after.pods[index].key] { after.pods[index].nodeName = node }
        }
        return after
    }

    /// What pods on nodes ask for: those that are bound, leaving ones included.
    static func ledger(of snapshot: ClusterSnapshot) -> NodeLedger {
        var ledger = NodeLedger()
        for pod in snapshot.pods where pod.phase != .succeeded && pod.phase != .failed {
            if let node = pod.nodeName { ledger.add(pod, to: node) }
        }
        return ledger
    }

    /// Runs a property over all trials of a configuration and names the seed of what breaks it.
    static func violations(
        under configuration: NamedConfiguration, of property: (Trial) throws -> [String]
    ) throws -> [String] {
        try trials(configuration).flatMap { trial in
            try property(trial).map { "\(configuration.name), GANGWRIGHT_SEED=\(trial.seed): \($0)" }
        }
    }
}

extension Pod {
    /// True for a pod that will give its node's resources back. One whose node is not heard of may stay for ever.
    var isLeaving: Bool { isTerminating && phase != .unknown }
}
