import Allocator
import ClusterModel
import SyntheticClusters
import TestSupport
import Testing

@testable import SchedulingPolicy

@Suite("Cards are shared to the thousandth, whatever happens") struct DevicePropertyTests {
    private static let policies = [
        policy(.gangwright, ["priority", "gang"], ["predicates", "deviceshare", "binpack"]),
        policy(
            .gangwright, actions: "allocate, backfill, preempt", ["priority", "gang"],
            ["predicates", "deviceshare deviceshare.gpuParts.policy=fragmentation", "nodeorder"]),
        policy(
            .volcano, ["priority", "gang"], ["predicates", "deviceshare deviceshare.gpuParts=true"]),
        policy(
            .gangwright, actions: "allocate, gangpreempt", ["priority", "gang"],
            ["predicates", "deviceshare"]),
        policy(
            .volcano, actions: "allocate, gangpreempt, gangreclaim", ["priority", "gang"],
            ["predicates", "proportion", "deviceshare deviceshare.gpuParts=true"]),
    ]

    /// Those that choose whole GPUs as well, by what is known of the nodes.
    private static let choosing = [
        policy(.gangwright, ["priority", "gang"], ["predicates", "deviceshare", "gpu-topology"]),
        policy(
            .gangwright, actions: "allocate, backfill, preempt", ["priority", "gang"],
            ["predicates", "numa-aware", "gpu-topology", "deviceshare", "binpack"]),
        policy(
            .gangwright, ["priority", "gang"],
            [
                "predicates", "gpu-topology", "deviceshare deviceshare.gpuParts.policy=fragmentation",
                "fragmentation weight=10",
            ]),
        policy(
            .gangwright, actions: "allocate, gangpreempt, gangreclaim", ["priority", "gang"],
            ["predicates", "proportion", "numa-aware", "gpu-topology", "deviceshare"]),
        policy(
            .volcano, actions: "allocate, backfill, preempt, reclaim", ["priority", "gang"],
            ["predicates", "numa-aware", "gpu-topology", "deviceshare deviceshare.gpuParts=true"]),
    ]

    private static func session(
        _ world: DeviceWorld, _ configuration: SchedulerConfiguration, _ allocator: AllocatorKind
    ) throws -> Session {
        var options = SessionOptions()
        options.allocator = allocator
        return try Session(snapshot: world.snapshot, configuration: configuration, options: options)
    }

    @Test(
        "no card is over-used, the allocators agree, and a session that begins anew has the same ledger",
        arguments: policies.indices)
    func histories(variant: Int) throws {
        var shared = 0
        for seed in Seeds.forVariant(variant, of: Self.policies.count, count: 10) {
            shared += try Self.play(DeviceWorld(seed: seed), Self.policies[variant], seed).shared
        }
        #expect(shared > 50, "hardly any cards were shared")
    }

    @Test(
        "pods with parts and pods whose whole GPUs are chosen never meet on a card",
        arguments: choosing.indices)
    func partsBesideChosenGPUs(variant: Int) throws {
        var (shared, chosen) = (0, 0)
        for seed in Seeds.forVariant(variant, of: Self.choosing.count, count: 8) {
            let world = DeviceWorld(seed: seed, knowsTopology: true)
            let counts = try Self.play(world, Self.choosing[variant], seed)
            shared += counts.shared
            chosen += counts.chosen
        }
        #expect(shared > 50 && chosen > 30, "\(shared) pods had parts, \(chosen) were given whole GPUs")
    }

    /// Plays a history with both allocators; says how many pods were given parts, and how many GPUs were chosen for.
    private static func play(
        _ start: DeviceWorld, _ configuration: SchedulerConfiguration, _ seed: UInt64
    ) throws -> (shared: Int, chosen: Int) {
        var (shared, chosen) = (0, 0)
        var world = start
        let hint = Comment(rawValue: "replay it alone with GANGWRIGHT_SEED=\(seed)")
        var sessions = [
            try Self.session(world, configuration, .indexed),
            try Self.session(world, configuration, .reference),
        ]
        for step in 0..<40 {
            try Self.change(&world, sessions)
            let results = sessions.map { $0.runCycle(now: Timestamp(secondsSinceEpoch: Int64(step))) }
            #expect(results[0].binds == results[1].binds, hint)
            #expect(results[0].evictions == results[1].evictions, hint)
            for session in sessions { #expect(session.audit() == [], hint) }
            let held = results[0].queues.reduce(0) { $0 + ($1.allocated[.sharedGPU] ?? 0) }
            if results[0].pipelined.isEmpty {
                let evicted = results[0].evictions.map(\.pod.name)
                #expect(held == world.heldThousandths(with: results[0].binds, without: evicted), hint)
            }
            for bind in results[0].binds {
                if world.random.chance(1, in: 8) {
                    for session in sessions { session.refuseBind(bind.pod) }
                    continue
                }
                // News from before the binding change nothing.
                if world.random.chance(1, in: 3), let old = world.pods[bind.pod.name] {
                    for session in sessions { try session.update(old) }
                }
                guard let pod = world.bind(bind) else { continue }
                if bind.annotations["gangwright.io/gpu-shares"] != nil { shared += 1 }
                if bind.annotations["gangwright.io/gpu-indices"] != nil { chosen += 1 }
                if world.random.chance(2, in: 3) {
                    for session in sessions { try session.update(pod) }
                } else {
                    for session in sessions { session.confirmBind(bind.pod) }
                }
            }
            for eviction in results[0].evictions {
                world.pods[eviction.pod.name] = nil
                for session in sessions { session.removePod(eviction.pod) }
            }
            #expect(world.overuse == [], hint)
            // Places that are promised are held until the next change.
            for session in sessions { session.closeCycle() }
            let anew = try Self.session(world, configuration, .indexed)
            #expect(anew.cardLedger == sessions[0].cardLedger, hint)
            #expect(sessions[1].cardLedger == sessions[0].cardLedger, hint)
            #expect(anew.pinLedger == sessions[0].pinLedger, hint)
            if world.random.chance(1, in: 10) {
                sessions = [anew, try Self.session(world, configuration, .reference)]
            }
        }
        return (shared, chosen)
    }

    private static func change(_ world: inout DeviceWorld, _ sessions: [Session]) throws {
        for _ in 0..<world.random.integer(in: 0...4) {
            let pod = world.makePod()
            for session in sessions { try session.update(pod) }
        }
        let names = world.pods.keys.sorted()
        if !names.isEmpty, world.random.chance(2, in: 3) {
            let name = world.random.choice(names)
            if world.random.chance(1, in: 3), var pod = world.pods[name], pod.nodeName != nil {
                pod.isTerminating = true
                world.pods[name] = pod
                for session in sessions { try session.update(pod) }
            } else {
                world.pods[name] = nil
                for session in sessions { session.removePod(ObjectKey(namespace: testNamespace, name: name)) }
            }
        }
        if world.random.chance(1, in: 6), let name = world.published.keys.sorted().first,
            let old = world.published[name]
        {
            // What is published goes and comes back.
            for session in sessions { try session.apply(.numatopologyRemoved(name)) }
            if world.random.chance(1, in: 3) {
                world.published[name] = nil
            } else {
                for session in sessions { try session.apply(.numatopology(old)) }
            }
        }
        guard world.random.chance(1, in: 6), let node = world.nodes.keys.sorted().first else { return }
        if world.random.chance(1, in: 2) {
            // It says something else, and has what it had.
            world.nodes[node]?.labels["changed"] = "\(world.random.integer(in: 0...99))"
            if let changed = world.nodes[node] { for session in sessions { try session.update(changed) } }
        } else if let old = world.nodes[node] {
            for session in sessions {
                session.removeNode(node)
                try session.update(old)
            }
        }
    }
}
