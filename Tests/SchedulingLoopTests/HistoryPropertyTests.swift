import ClusterModel
import SchedulingLoop
import SchedulingPolicy
import SyntheticClusters
import TestSupport
import Testing

/// A loop that lives through a random history, held against loops that begin anew.
private struct Life {
    private var world: World
    private var random: SeededGenerator
    private let loop: SchedulingLoop
    private let configuration: SchedulerConfiguration
    private var second: Int64 = 0
    /// False for a history in which little happens from one cycle to the next: what waits must be remembered rightly.
    private let isBusy: Bool

    init(seed: UInt64, _ configuration: SchedulerConfiguration, _ allocator: AllocatorKind) throws {
        world = World(seed: seed)
        random = SeededGenerator(seed: seed &+ 77)
        self.configuration = configuration
        isBusy = seed / 2 % 2 == 0
        loop = try SchedulingLoop(
            snapshot: world.snapshot, configuration: configuration,
            options: SessionOptions(allocator: allocator))
    }

    /// Lets so many cycles pass with changes in between; says what differed first, `nil` if nothing did.
    mutating func run(cycles: Int) throws -> String? {
        for cycle in 1...cycles {
            second += 1
            let now = LoopTime(milliseconds: second * 1_000)
            for _ in 0..<random.integer(in: 0...(isBusy ? 12 : 1)) {
                try loop.receive(.change(world.step()), at: now)
            }
            let anew = try Session(snapshot: world.snapshot, configuration: configuration).runCycle()
            let result = loop.runCycle(at: now)
            if let difference = Self.difference(result, anew) { return "cycle \(cycle): \(difference)" }
            try adopt(result, at: now)
        }
        return nil
    }

    /// The API server takes over what was decided, and says so in one way or another.
    private mutating func adopt(_ result: CycleResult, at now: LoopTime) throws {
        for bind in result.binds {
            if random.chance(1, in: 8) {
                try loop.receive(.bindRefused(bind.pod), at: now)
                continue
            }
            // A change that the API server made before it had heard of the binding.
            if random.chance(1, in: 4), let pod = world.snapshot.pods.first(where: { $0.key == bind.pod }) {
                try loop.receive(.change(.pod(pod)), at: now)
            }
            world.bind(bind.pod, to: bind.node)
            let bound = world.snapshot.pods.first { $0.key == bind.pod }
            if random.chance(1, in: 2) {
                try loop.receive(.bound(bind.pod), at: now)
            } else if let bound {
                try loop.receive(.change(.pod(bound)), at: now)
            }
        }
        for eviction in result.evictions {
            if random.chance(1, in: 8) {
                try loop.receive(.evictionRefused(eviction.pod), at: now)
                continue
            }
            world.evict(eviction.pod)
            try tell(eviction.pod, at: now)
        }
        for promise in result.pipelined where promise.waitsFor == .eviction {
            world.nominate(promise.pod, to: promise.node)
            try tell(promise.pod, at: now)
        }
        for group in result.podGroups {
            world.setPhase(group.phase, of: group.key)
            if let changed = world.setHyperNode(group.allocatedHyperNode, of: group.key) {
                try loop.receive(.change(.podGroup(changed)), at: now)
            }
        }
    }

    /// The API server shows a pod as it is now.
    private func tell(_ key: ObjectKey, at now: LoopTime) throws {
        guard let pod = world.snapshot.pods.first(where: { $0.key == key }) else { return }
        try loop.receive(.change(.pod(pod)), at: now)
    }

    /// Reasons may be those of the cycle in which a gang was last tried; everything else must be the same.
    private static func difference(_ left: CycleResult, _ right: CycleResult) -> String? {
        func places(_ result: CycleResult) -> [String] { result.binds.map { "\($0.pod) on \($0.node)" } }
        if places(left) != places(right) { return "binds \(places(left)), anew \(places(right))" }
        if left.pipelined != right.pipelined {
            return "promises \(left.pipelined.map(\.pod)), anew \(right.pipelined.map(\.pod))"
        }
        if left.pending.map(\.pod) != right.pending.map(\.pod) {
            return "pending \(left.pending.map(\.pod)), anew \(right.pending.map(\.pod))"
        }
        let groups = Dictionary(uniqueKeysWithValues: right.podGroups.map { ($0.key, $0) })
        for group in left.podGroups {
            let anew = groups[group.key]
            if anew?.phase != group.phase || anew?.placed != group.placed || anew?.pods != group.pods {
                return "gang \(group), anew \(anew.map { "\($0)" } ?? "none")"
            }
        }
        for (queue, anew) in zip(left.queues, right.queues) where queue != anew {
            return "queue \(queue), anew \(anew)"
        }
        if left.queues.count != right.queues.count {
            return "\(left.queues.count) queues, anew \(right.queues.count)"
        }
        if left.nodeCount != right.nodeCount || left.podCount != right.podCount
            || left.boundBefore != right.boundBefore
        {
            return "nodes, pods and bound \(left.nodeCount), \(left.podCount), \(left.boundBefore), "
                + "anew \(right.nodeCount), \(right.podCount), \(right.boundBefore)"
        }
        return nil
    }
}

@Suite("A loop that has lived through changes decides as one that begins anew")
struct HistoryPropertyTests {
    private static let volcano = """
        actions: "enqueue, allocate, backfill"
        tiers:
        - plugins: [{name: priority}, {name: gang}, {name: conformance}]
        - plugins: [{name: overcommit}, {name: drf}, {name: predicates}, {name: proportion}, {name: nodeorder}, {name: binpack}]
        """

    private static let near = """
        compatibility: gangwright
        actions: "allocate, preempt, reclaim, backfill"
        tiers:
        - plugins: [{name: priority}, {name: gang}, {name: conformance}]
        - plugins: [{name: predicates}, {name: proportion}, {name: network-topology-aware}, {name: binpack}]
        """

    private static func configurations() throws -> [(name: String, SchedulerConfiguration)] {
        let (volcano, _) = SchedulerConfiguration.read(Array(volcano.utf8), file: "volcano")
        let (near, _) = SchedulerConfiguration.read(Array(near.utf8), file: "near")
        return [
            ("our default", .default), ("Volcano's", try #require(volcano)),
            ("near together", try #require(near)),
        ]
    }

    @Test("objects come, change and go; binds are confirmed, refused and overtaken by older news")
    func histories() throws {
        for (variant, (name, configuration)) in try Self.configurations().enumerated() {
            for seed in Seeds.forVariant(variant, of: 3, count: 60) {
                let kind: AllocatorKind = seed % 5 == 0 ? .reference : .indexed
                var life = try Life(seed: seed, configuration, kind)
                let difference = try life.run(cycles: 20)
                #expect(difference == nil, "\(name), replay it alone with GANGWRIGHT_SEED=\(seed)")
                if difference != nil { return }
            }
        }
    }
}
