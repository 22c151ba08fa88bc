import ClusterModel
import SchedulingPolicy
import TestSupport
import Testing

/// Gangs of pods of one CPU in one queue, on one node that the running ones fill.
private struct Rivals {
    var cpus: Int64 = 4
    var low = PodGroup.gang("low", min: 1).with {
        $0.priorityClassName = "low"
        $0.phase = .running
    }
    var high = PodGroup.gang("high", min: 2).with {
        $0.priorityClassName = "high"
        $0.phase = .inqueue
    }
    var running = Pod.members(of: "low", 4).map { $0.running(on: "n") }
    var waiting = Pod.members(of: "high", 2)

    func run(_ configuration: SchedulerConfiguration) throws -> CycleResult {
        try schedule(
            configuration, nodes: [.of("n", cpus * 1_000)], pods: running + waiting, gangs: [low, high],
            classes: [PriorityClass(name: "low", value: 10), PriorityClass(name: "high", value: 100)])
    }
}

private let preempting = policy(
    .volcano, actions: "allocate, preempt", ["priority", "gang", "conformance"], ["predicates"])

@Suite("preempt lets less important pods of the same queue leave") struct PreemptTests {
    @Test("as many leave as the gang needs, and none that their own gang needs") func surplus() throws {
        // Reference 6.2: three of the four could leave, two have to.
        let result = try Rivals().run(preempting)
        #expect(result.evicted == ["low-2", "low-3"].reversed() || result.evicted == ["low-3", "low-2"])
        #expect(result.promised == ["high-0": "n eviction", "high-1": "n eviction"])
        #expect(result.evictions.map(\.reason) == [.preempt, .preempt])
        #expect(result.evictions.map(\.preemptor) == [Rivals().high.key, Rivals().high.key])
        #expect(result.binds.isEmpty)
    }

    @Test("pods beyond the minimum evict nobody: their gang does not starve") func elastic() throws {
        var rivals = Rivals()
        rivals.waiting = Pod.members(of: "high", 5)
        #expect(try rivals.run(preempting).evicted.count == 2)
    }

    @Test("a gang that does not come together evicts nobody") func together() throws {
        var rivals = Rivals()
        rivals.high.minMember = 4
        rivals.waiting = Pod.members(of: "high", 4)
        let result = try rivals.run(preempting)
        #expect(result.evicted == [])
        #expect(result.reasons["high-0"] == .gangNotReady || result.reasons["high-0"] == .unschedulable)
    }

    /// Volcano 1.5 passes over nodes that have no slot.
    @Test(
        "a pod that leaves gives back its slot on the node", arguments: [Compatibility.volcano, .gangwright])
    func slot(compatibility: Compatibility) throws {
        let classes = [PriorityClass(name: "low", value: 10), PriorityClass(name: "high", value: 100)]
        let result = try schedule(
            policy(
                compatibility, actions: "enqueue, allocate, preempt", ["priority", "conformance"],
                ["gang", "predicates"]),
            nodes: [.of("n", 4_000, slots: 1)],
            pods: Pod.members(of: "low", 1).map { $0.running(on: "n") } + Pod.members(of: "high", 1),
            gangs: [
                .gang("low", min: 1).with {
                    $0.priorityClassName = "low"
                    $0.phase = .running
                },
                .gang("high", min: 1).with { $0.priorityClassName = "high" },
            ], classes: classes)
        #expect(result.evicted == ["low-0"])
        #expect(result.promised == ["high-0": "n eviction"])
    }

    @Test(
        "with Volcano a bound pod that was to leave, and does not, counts as running for the rest of the cycle"
    )
    func boundAgain() throws {
        func evicted(_ actions: String) throws -> [String] {
            try schedule(
                policy(
                    .volcano, actions: actions, ["priority", "conformance"],
                    ["gang", "predicates", "capacity"]),
                nodes: [.of("n", 1_000)],
                pods: [Pod.waiting("low-0", of: "low").with { $0.nodeName = "n" }]
                    + Pod.members(of: "high", 2) + Pod.members(of: "other", 1),
                gangs: [
                    .gang("low", min: 0, queue: "a").with {
                        $0.priorityClassName = "low"
                        $0.phase = .running
                    },
                    .gang("high", min: 2, queue: "a").with {
                        $0.priorityClassName = "high"
                        $0.phase = .inqueue
                    },
                    .gang("other", min: 1, queue: "b").with { $0.phase = .inqueue },
                ], queues: [Queue(name: "a"), Queue(name: "b", deserved: [.cpu: 1_000])],
                classes: [PriorityClass(name: "low", value: 10), PriorityClass(name: "high", value: 100)]
            ).evicted
        }
        // Only what runs is reclaimed.
        #expect(try evicted("reclaim") == [])
        #expect(try evicted("preempt, reclaim") == ["low-0"])
    }

    @Test("equal priority evicts nobody") func equalPriority() throws {
        var rivals = Rivals()
        rivals.high.priorityClassName = "low"
        #expect(try rivals.run(preempting).evicted == [])
    }

    @Test("pods that say so, system pods, and pods of other queues stay") func protected() throws {
        var rivals = Rivals()
        rivals.running[2].annotations = ["volcano.sh/preemptable": "false"]
        rivals.running[3].priorityClassName = "system-node-critical"
        #expect(Set(try rivals.run(preempting).evicted) == ["low-0", "low-1"])
        rivals.running[1].labels = ["volcano.sh/preemptable": "no"]
        #expect(try rivals.run(preempting).evicted == [])
        var other = Rivals()
        other.low.queue = "q"
        let result = try schedule(
            preempting, nodes: [.of("n", 4_000)], pods: other.running + other.waiting,
            gangs: [other.low, other.high], queues: [Queue(name: "q")],
            classes: [PriorityClass(name: "low", value: 10), PriorityClass(name: "high", value: 100)])
        #expect(result.evicted == [])
    }

    @Test("a pod that never preempts does not") func never() throws {
        var rivals = Rivals()
        for index in rivals.waiting.indices { rivals.waiting[index].preemptsNever = true }
        #expect(try rivals.run(preempting).evicted == [])
    }

    @Test("within a gang, a more important pod takes the place of a less important one") func within() throws
    {
        let gang = PodGroup.gang("g", min: 1).with { $0.phase = .running }
        let result = try schedule(
            policy(.volcano, actions: "allocate, preempt", ["priority"], ["predicates"]),
            nodes: [.of("n", 2_000)],
            pods: [
                Pod.waiting("a", of: "g").running(on: "n").with { $0.priority = 1 },
                Pod.waiting("b", of: "g").running(on: "n").with { $0.priority = 5 },
                Pod.waiting("c", of: "g").with { $0.priority = 9 },
            ], gangs: [gang])
        #expect(result.evicted == ["a"])
        #expect(result.promised == ["c": "n eviction"])
    }

    @Test("drf lets gangs with larger shares give way") func drf() throws {
        // Reference 6.4: an empty gang that wants (1 CPU, 1 GiB) of (9, 18) may take (1, 4) from B, which keeps 4/18.
        func evicted(_ wanted: ResourceList, held: ResourceList) throws -> [String] {
            var pods = [
                Pod.waiting("b-0", asking: [.cpu: 1_000, .memory: 4 * gibibyte], of: "b").running(on: "n"),
                Pod.waiting("b-1", asking: [.memory: 4 * gibibyte], of: "b").running(on: "n"),
                Pod.waiting("a-new", asking: wanted, of: "a"),
                Pod.waiting("filler", asking: [.cpu: 5_000, .memory: 8 * gibibyte]).running(on: "n"),
            ]
            if !held.isEmpty { pods.append(.waiting("a-old", asking: held, of: "a").running(on: "n")) }
            return try schedule(
                policy(
                    .volcano, actions: "allocate, preempt", ["gang enablePreemptable=false", "drf"],
                    ["predicates"]),
                nodes: [.of("n", 9_000, memory: 18 * gibibyte)], pods: pods,
                gangs: [
                    .gang("a", min: held.isEmpty ? 1 : 2).with { $0.phase = .inqueue },
                    .gang("b", min: 0).with { $0.phase = .running },
                ]
            ).evicted
        }
        #expect(try evicted([.cpu: 1_000, .memory: 3 * gibibyte], held: [:]).count == 1)
        #expect(try evicted([.cpu: 1_000], held: [.cpu: 3_000, .memory: 2 * gibibyte]) == [])
    }
}
