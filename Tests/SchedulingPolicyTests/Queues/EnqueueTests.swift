import ClusterModel
import SchedulingPolicy
import TestSupport
import Testing

/// Admission by `overcommit` alone, gangs and predicates besides.
private func overcommit(_ compatibility: Compatibility = .volcano, _ plugin: String = "overcommit")
    -> SchedulerConfiguration
{
    policy(compatibility, actions: "enqueue, allocate, backfill", ["gang"], [plugin, "predicates"])
}

/// A gang without pods, as a job controller makes it before it is admitted.
private func empty(_ name: String, cpu: Int64?, phase: PodGroup.Phase = .pending, queue: String = "default")
    -> PodGroup
{
    .gang(name, min: 1, queue: queue, minResources: cpu.map { [.cpu: $0] }).with { $0.phase = phase }
}

@Suite("enqueue admits gangs: Pending becomes Inqueue") struct EnqueueTests {
    private let sharing = policy(
        .volcano, actions: "enqueue, allocate", ["gang"], ["predicates", "proportion"])

    @Test("a gang that reserves nothing is always admitted", arguments: Compatibility.allCases)
    func nothingReserved(compatibility: Compatibility) throws {
        let result = try schedule(
            overcommit(compatibility), nodes: [.of("n", 1_000)], pods: [],
            gangs: [empty("a", cpu: nil), empty("b", cpu: 9_000)])
        #expect(result.phases == ["a": .inqueue, "b": .pending])
    }

    @Test(
        "a rejected gang is passed over, and the next of its queue is asked",
        arguments: Compatibility.allCases)
    func passedOver(compatibility: Compatibility) throws {
        let result = try schedule(
            overcommit(compatibility), nodes: [.of("n", 10_000)], pods: [],
            gangs: [empty("a", cpu: 13_000), empty("b", cpu: 12_000), empty("c", cpu: 1_000)])
        #expect(result.phases == ["a": .pending, "b": .inqueue, "c": .pending])
    }

    @Test("the pods of a gang that is not admitted say so") func reasons() throws {
        let result = try schedule(
            overcommit(), nodes: [.of("n")], pods: Pod.members(of: "g", 1),
            gangs: [empty("g", cpu: 90_000)])
        #expect(result.reasons == ["g-0": .notEnqueued])
        #expect(result.messages == ["g-0": "not admitted: resource in cluster is overused: overused cpu"])
        #expect(result.podGroups.first?.reason == .notEnqueued)
    }

    @Test("only Pending gangs are asked; every other phase is tried", arguments: PodGroup.Phase.allCases)
    func phases(phase: PodGroup.Phase) throws {
        let result = try schedule(
            overcommit(), nodes: [.of("n")], pods: Pod.members(of: "g", 1),
            gangs: [empty("g", cpu: 90_000, phase: phase)])
        #expect(result.bound == (phase == .pending ? [:] : ["g-0": "n"]))
    }

    @Test(
        "without enqueue among the actions, allocate admits what it tries",
        arguments: Compatibility.withoutVolcano15)
    func withoutEnqueue(compatibility: Compatibility) throws {
        let result = try schedule(
            policy(compatibility, actions: "allocate", ["gang"], ["overcommit", "predicates"]),
            nodes: [.of("n")],
            pods: Pod.members(of: "g", 1) + Pod.members(of: "h", 2, asking: [.cpu: 9_000]),
            gangs: [empty("g", cpu: 90_000), .gang("h", min: 2)])
        #expect(result.bound == ["g-0": "n"])
        #expect(result.phases["h"] == .inqueue)
    }

    @Test("the order of the actions is that of the file: what is admitted last is not tried")
    func actionOrder() throws {
        let configuration = policy(.volcano, actions: "allocate, enqueue", ["gang"], ["predicates"])
        let result = try schedule(
            configuration, nodes: [.of("n")], pods: Pod.members(of: "g", 1), gangs: [empty("g", cpu: nil)])
        #expect(result.bound == [:])
        #expect(result.phases == ["g": .inqueue])
    }

    @Test("a pod without a group reserves what it asks for", arguments: Compatibility.allCases)
    func singlePod(compatibility: Compatibility) throws {
        let result = try schedule(
            overcommit(compatibility), nodes: [.of("n")], pods: [.waiting("a", 12_001), .waiting("b", 5_000)])
        #expect(result.reasons == ["a": .notEnqueued])
        #expect(result.bound == ["b": "n"])
    }

    @Test("proportion rejects what its queue's ceiling does not allow, counting what is held and promised")
    func ceiling() throws {
        func phase(_ cpu: Int64, running: Int = 0, promised: Int64 = 0) throws -> PodGroup.Phase? {
            let pods = Pod.members(of: "old", running).map { $0.running(on: "n") }
            let old = PodGroup.gang(
                "old", min: running, queue: "q", minResources: [.cpu: Int64(running) * 1_000])
            let waiting = empty("promised", cpu: promised, phase: .inqueue, queue: "q")
            return try schedule(
                sharing, nodes: [.of("n")], pods: pods,
                gangs: [old.with { $0.phase = .running }, waiting, empty("g", cpu: cpu, queue: "q")],
                queues: [Queue(name: "q", capability: [.cpu: 5_000])]
            ).phases["g"]
        }
        #expect(try phase(5_000) == .inqueue)
        #expect(try phase(5_001) == .pending)
        #expect(try phase(3_000, running: 2) == .inqueue)
        #expect(try phase(3_001, running: 2) == .pending)
        #expect(try phase(1_000, running: 2, promised: 2_000) == .inqueue)
        #expect(try phase(1_001, running: 2, promised: 2_000) == .pending)
    }

    @Test("what a gang holds beyond its minimum resources does not count against the next") func elastic()
        throws
    {
        let pods = Pod.members(of: "old", 4).map { $0.running(on: "n") }
        let old = PodGroup.gang("old", min: 1, queue: "q", minResources: [.cpu: 1_000]).with {
            $0.phase = .running
        }
        func phase(_ cpu: Int64) throws -> PodGroup.Phase? {
            try schedule(
                sharing, nodes: [.of("n")], pods: pods, gangs: [old, empty("g", cpu: cpu, queue: "q")],
                queues: [Queue(name: "q", capability: [.cpu: 5_000])]
            ).phases["g"]
        }
        #expect(try phase(4_000) == .inqueue)
        #expect(try phase(4_001) == .pending)
    }

    @Test("proportion rejects for queues that are not open") func notOpen() throws {
        let result = try schedule(
            sharing, nodes: [.of("n")], pods: [Pod.waiting("p", of: "g")],
            gangs: [empty("g", cpu: 1, queue: "q")], queues: [Queue(name: "q", state: .closed)])
        #expect(result.messages == ["p": "not admitted: queue q is not open"])
        let message = try schedule(
            sharing, nodes: [.of("n")], pods: [Pod.waiting("p", of: "g")],
            gangs: [empty("g", cpu: 6_000, queue: "q")],
            queues: [Queue(name: "q", capability: [.cpu: 5_000])]
        ).messages["p"]
        #expect(message == "not admitted: queue resource quota insufficient: insufficient cpu")
    }

    @Test("an earlier rejection is final, a permit spares the later tiers") func votes() throws {
        let closed = [Queue(name: "q", state: .closed)]
        func phase(_ tiers: [String]...) throws -> PodGroup.Phase? {
            try schedule(
                policy(.volcano, actions: "enqueue", tiers[0], tiers[1]), nodes: [.of("n")], pods: [],
                gangs: [empty("g", cpu: 1_000, queue: "q")], queues: closed
            ).phases["g"]
        }
        #expect(try phase(["overcommit"], ["proportion"]) == .inqueue)
        #expect(try phase(["proportion"], ["overcommit"]) == .pending)
        #expect(try phase(["overcommit", "proportion"], ["gang"]) == .pending)
        #expect(try phase(["gang"], ["proportion enableJobEnqueued=false"]) == .inqueue)
    }
}

@Suite("overcommit admits gangs up to the cluster stretched by a factor") struct OvercommitTests {
    /// 8 of 10 CPUs are used.
    private let used = Pod.waiting("used", 8_000).running(on: "n").with {
        $0.schedulerName = "default-scheduler"
    }

    private func phase(
        _ cpu: Int64, inqueue: Int64 = 0, _ plugin: String = "overcommit", pods: [Pod] = []
    ) throws -> PodGroup.Phase? {
        try schedule(
            overcommit(.volcano, plugin), nodes: [.of("n", 10_000)], pods: [used] + pods,
            gangs: [empty("first", cpu: inqueue, phase: .inqueue), empty("g", cpu: cpu)]
        ).phases["g"]
    }

    @Test("the worked example: total 10, used 8, admitted 2: 2 is let in, 3 is not") func workedExample()
        throws
    {
        #expect(try phase(2_000, inqueue: 2_000) == .inqueue)
        #expect(try phase(2_001, inqueue: 2_000) == .pending)
        #expect(try phase(3_000, inqueue: 2_000) == .pending)
    }

    @Test(
        "the factor is an argument; below 1 it is 1.2",
        arguments: [("1.5", 7_000), ("1", 2_000), ("0.5", 4_000)])
    func factor(text: String, most: Int64) throws {
        let plugin = "overcommit overcommit-factor=\(text)"
        #expect(try phase(most, plugin) == .inqueue)
        #expect(try phase(most + 1, plugin) == .pending)
    }

    @Test("only what the gang asks for is looked at") func requestedResources() throws {
        let gpu = PodGroup.gang("g", min: 1, minResources: [.nvidiaGPU: 1, .cpu: 0])
        let full = used.with { $0.requests[.cpu] = 20_000 }
        func phase(_ gpus: Int64) throws -> PodGroup.Phase? {
            try schedule(
                overcommit(), nodes: [.of("n", 10_000, gpus: gpus)], pods: [full], gangs: [gpu]
            ).phases["g"]
        }
        #expect(try phase(1) == .inqueue)
        #expect(try phase(0) == .pending)
    }

    @Test("an admitted gang counts in full, even where its pods are placed already") func admittedInFull()
        throws
    {
        let placed = Pod.waiting("first-0", 1_000, of: "first").running(on: "n")
        // 10 × 1.2 − 9 = 3, of which the first gang's whole 2 are taken.
        #expect(try phase(1_000, inqueue: 2_000, pods: [placed]) == .inqueue)
        #expect(try phase(1_001, inqueue: 2_000, pods: [placed]) == .pending)
    }

    @Test("a running gang counts with what it still lacks, once its minimum is there") func running() throws {
        func phase(_ cpu: Int64, min: Int) throws -> PodGroup.Phase? {
            let gang = PodGroup.gang("old", min: min, minResources: [.cpu: 3_000]).with {
                $0.phase = .running
            }
            return try schedule(
                overcommit(), nodes: [.of("n", 10_000)],
                pods: [Pod.waiting("old-0", of: "old").running(on: "n")],
                gangs: [gang, empty("g", cpu: cpu)]
            ).phases["g"]
        }
        // 12 − 1 = 11, less the 2 that the running gang lacks.
        #expect(try phase(9_000, min: 1) == .inqueue)
        #expect(try phase(9_001, min: 1) == .pending)
        #expect(try phase(11_000, min: 2) == .inqueue)
    }

    @Test("gated pods reserve nothing yet") func gated() throws {
        let gated = Pod.waiting("first-0", 1_500, of: "first").with { $0.schedulingGates = ["wait"] }
        #expect(try phase(3_500, inqueue: 2_000, pods: [gated]) == .inqueue)
        #expect(try phase(3_501, inqueue: 2_000, pods: [gated]) == .pending)
    }

    @Test("leaving pods still count as used") func leaving() throws {
        let leaving = Pod.waiting("old").leaving("n")
        #expect(try phase(3_000, pods: [leaving]) == .inqueue)
        #expect(try phase(3_001, pods: [leaving]) == .pending)
    }

    @Test("each gang that is admitted leaves less for the next") func adds() throws {
        let result = try schedule(
            overcommit(), nodes: [.of("n", 10_000)], pods: [used],
            gangs: ["a", "b", "c"].map { empty($0, cpu: 2_000) })
        #expect(result.phases == ["a": .inqueue, "b": .inqueue, "c": .pending])
    }
}
