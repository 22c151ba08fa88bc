import ClusterModel
import SchedulingPolicy
import TestSupport
import Testing

@Suite("gangpreempt and gangreclaim evict bundles for whole gangs") struct GangEvictTests {
    private let bundling = policy(
        .volcano, actions: "allocate, gangpreempt", ["priority", "gang", "conformance"], ["predicates"])

    @Test("bundles that gangs can spare go first, then whole gangs") func bundles() throws {
        func evicted(_ wanted: Int, _ configuration: SchedulerConfiguration) throws -> Set<String> {
            Set(
                try run(
                    [.of("n", 6_000)],
                    [
                        gang("strict", min: 2, "low"), gang("elastic", min: 2, "middle"),
                        gang("high", min: wanted, "high", .inqueue),
                    ],
                    Pod.members(of: "strict", 2).map { $0.running(on: "n") }
                        + Pod.members(of: "elastic", 4).map { $0.running(on: "n") }
                        + Pod.members(of: "high", wanted), configuration
                ).evicted)
        }
        #expect(try evicted(2, bundling) == ["elastic-0", "elastic-1"])
        #expect(
            try evicted(4, bundling) == ["elastic-0", "elastic-1", "strict-0", "strict-1"])
        #expect(try evicted(6, bundling).count == 6)
    }

    @Test("a gang that says that it is not preemptable is never broken") func protected() throws {
        let result = try run(
            [.of("n", 2_000)],
            [
                gang("low", min: 0, "low").with { $0.annotations = ["volcano.sh/preemptable": "false"] },
                gang("high", min: 2, "high", .inqueue),
            ], Pod.members(of: "low", 2).map { $0.running(on: "n") } + Pod.members(of: "high", 2), bundling)
        #expect(result.evicted == [])
    }

    @Test("Volcano lets the first bundle go whether it has to or not; ours lets nobody go in vain")
    func inVain() throws {
        func evicted(_ compatibility: Compatibility) throws -> [String] {
            try run(
                [.of("n", 4_000)], [gang("low", min: 1, "low"), gang("high", min: 2, "high", .inqueue)],
                [Pod.waiting("low-0", of: "low").running(on: "n")] + Pod.members(of: "high", 2),
                policy(compatibility, actions: "gangpreempt", ["priority", "gang"], ["predicates"])
            ).evicted
        }
        #expect(try evicted(.volcano) == ["low-0"])
        #expect(try evicted(.gangwright) == [])
    }

    @Test("of gangs alike in all else, the one goes first that has its turn last") func order() throws {
        func gangs(_ seconds: (Int64, Int64)) -> [PodGroup] {
            [
                gang("a", min: 1, "low").with { $0.created = .second(seconds.0) },
                gang("b", min: 1, "low").with { $0.created = .second(seconds.1) },
                gang("high", min: 1, "high", .inqueue),
            ]
        }
        func evicted(_ seconds: (Int64, Int64)) throws -> [String] {
            try run(
                [.of("n", 2_000)], gangs(seconds),
                [
                    Pod.waiting("a-0", of: "a").running(on: "n"),
                    Pod.waiting("b-0", of: "b").running(on: "n"),
                ] + Pod.members(of: "high", 1), bundling
            ).evicted
        }
        #expect(try evicted((0, 1)) == ["b-0"])
        #expect(try evicted((1, 0)) == ["a-0"])
    }

    @Test("a role keeps its minimum, and a rule for parts as many complete parts as it wants")
    func minima() throws {
        func safe(_ change: (inout PodGroup) -> Void) throws -> [String] {
            let low = gang("low", min: 2, "low").with(change)
            let pods = ["a", "a", "b", "b"].enumerated().map { index, name in
                Pod.waiting("low-\(index)", of: "low").running(on: "n").with {
                    $0.role = name
                    $0.labels = ["part": name]
                }
            }
            let configuration = policy(
                .volcano, actions: "gangpreempt", ["priority", "gang"], ["predicates"]
            )
            return try run(
                [.of("n", 4_000)], [low, gang("high", min: 2, "high", .inqueue)],
                pods + Pod.members(of: "high", 2), configuration
            ).evicted
        }
        #expect(try safe { _ in } == ["low-0", "low-1"])
        #expect(try safe { $0.minTaskMember = [RoleMinimum(role: "a", minimum: 2)] } == ["low-2", "low-3"])
        let rule = SubGroupPolicy(
            name: "parts", subGroupSize: 2, minSubGroups: 1, matchLabelKeys: ["part"])
        // The first that leaves breaks its part, so the second is of that part as well.
        #expect(try safe { $0.subGroupPolicies = [rule] } == ["low-0", "low-1"])
        var strict = rule
        strict.minSubGroups = 2
        #expect(try safe { $0.subGroupPolicies = [strict] } == ["low-0", "low-1", "low-2", "low-3"])
    }

    @Test("gangreclaim takes from queues that hold more than they deserve") func reclaims() throws {
        let result = try run(
            [.of("n", 4_000)],
            [gang("a", min: 0, "low", queue: "a"), gang("new", min: 2, "low", .inqueue, queue: "b")],
            Pod.members(of: "a", 4).map { $0.running(on: "n") } + Pod.members(of: "new", 2),
            queues: [Queue(name: "a"), Queue(name: "b")],
            policy(
                .volcano, actions: "allocate, gangreclaim", ["priority", "gang"],
                ["predicates", "proportion"]))
        #expect(result.evicted.count == 4 || result.evicted.count == 2)
        #expect(result.promised.count == 2)
    }

    /// Queue q deserves two CPUs and holds four; queue b wants some.
    private func reclaim(
        wanting count: Int, _ lender: PodGroup = gang("a", min: 0, "low", queue: "q"), _ tiers: [String]...
    ) throws -> [String] {
        try run(
            [.of("n", 4_000)], [lender, gang("new", min: count, "low", .inqueue, queue: "b")],
            Pod.members(of: "a", 4).map { $0.running(on: "n") } + Pod.members(of: "new", count),
            queues: [
                Queue(name: "q", deserved: [.cpu: 2_000]), Queue(name: "b", deserved: [.cpu: 4_000]),
            ], policy(.volcano, actions: "gangreclaim", tiers: tiers)
        ).evicted
    }

    @Test("capacity lets go what is beyond what a queue deserves, counted over all pods that would go")
    func deserved() throws {
        let together = ["priority", "gang", "predicates", "capacity"]
        #expect(try reclaim(wanting: 2, gang("a", min: 0, "low", queue: "q"), together) == ["a-0", "a-1"])
        #expect(try reclaim(wanting: 3, gang("a", min: 0, "low", queue: "q"), together) == [])
        // The whole gang would have to go, and of that two pods may not.
        #expect(try reclaim(wanting: 2, gang("a", min: 4, "low", queue: "q"), together) == [])
    }

    @Test("a tier that answers leaves nothing for the next to decide") func tiers() throws {
        let gang = gang("a", min: 4, "low", queue: "q")
        #expect(
            try reclaim(wanting: 2, gang, ["priority", "gang"], ["predicates", "capacity"])
                == ["a-0", "a-1", "a-2", "a-3"])
        // Where nobody has an opinion nobody leaves.
        #expect(try reclaim(wanting: 2, gang, ["predicates", "proportion"]) == [])
    }

    @Test("of the gangs of a queue that goes first of which most is needed") func worth() throws {
        let gangs = [
            gang("large", min: 4, "low", queue: "q"), gang("small", min: 2, "low", queue: "q"),
            gang("new", min: 2, "low", .inqueue, queue: "b"),
        ]
        let large = (0..<4).map { Pod.waiting("large-\($0)", of: "large").running(on: $0 < 2 ? "n" : "m") }
        let result = try run(
            [.of("m", 2_000).with { $0.isUnschedulable = true }, .of("n", 4_000)], gangs,
            large + Pod.members(of: "small", 2).map { $0.running(on: "n") } + Pod.members(of: "new", 2),
            queues: [Queue(name: "q"), Queue(name: "b")],
            policy(.volcano, actions: "gangreclaim", ["priority", "gang"], ["predicates", "proportion"]))
        #expect(result.evicted == ["small-0", "small-1"])
    }
}
