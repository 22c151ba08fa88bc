import ClusterModel
import SchedulingPolicy
import SyntheticClusters
import TestSupport
import Testing

@Suite("Gangs, pods and queues are served in order") struct OrderTests {
    private let classes = [
        PriorityClass(name: "low", value: -5), PriorityClass(name: "high", value: 100),
        PriorityClass(name: "usual", value: 10, isGlobalDefault: true),
    ]

    private func gang(_ name: String, _ priorityClass: String = "", created: Int64? = nil) -> PodGroup {
        .gang(name, min: 1).with {
            $0.priorityClassName = priorityClass
            $0.created = created.map(Timestamp.second)
        }
    }

    private func order(
        _ gangs: [PodGroup], _ configuration: SchedulerConfiguration, classes: [PriorityClass] = []
    ) throws -> [String] {
        let pods = gangs.map { Pod.waiting($0.key.name, of: $0.key.name) }
        return try schedule(configuration, nodes: [.of("n")], pods: pods, gangs: gangs, classes: classes)
            .order
    }

    @Test(
        "higher priority classes first; none, or one that does not exist, means the default class",
        arguments: Compatibility.allCases)
    func priorityOfGangs(compatibility: Compatibility) throws {
        let gangs = [gang("a", "low"), gang("b"), gang("c", "high"), gang("d", "forgotten")]
        #expect(try order(gangs, plain(compatibility), classes: classes) == ["c", "b", "d", "a"])
        #expect(
            try order(gangs, plain(compatibility), classes: Array(classes.prefix(2))) == ["c", "b", "d", "a"])
    }

    @Test("without a default class a gang without class has priority 0") func noDefaultClass() throws {
        let classes = [PriorityClass(name: "some", value: 1), PriorityClass(name: "less", value: -1)]
        let gangs = [gang("a", "less"), gang("b"), gang("c", "some")]
        #expect(try order(gangs, plain(.gangwright), classes: classes) == ["c", "b", "a"])
    }

    @Test("equal priority: the older first, no creation time is oldest, then by namespace and name")
    func age() throws {
        let gangs = [
            gang("d", created: 5), gang("b", created: 7), gang("a", created: 7), gang("f"), gang("e"),
            gang("c", created: 5),
        ]
        #expect(try order(gangs, plain(.gangwright)) == ["e", "f", "c", "d", "a", "b"])
    }

    @Test("the order of arrival decides nothing") func arrival() throws {
        let gangs = ["z", "m", "a", "k", "b"].map { gang($0, created: 1) }
        #expect(try order(gangs, plain(.gangwright)) == ["a", "b", "k", "m", "z"])
        #expect(try order(gangs.reversed(), plain(.gangwright)) == ["a", "b", "k", "m", "z"])
    }

    @Test("names are compared byte by byte") func byteOrder() throws {
        let gangs = ["a10", "a9", "B"].map { gang($0) }
        #expect(try order(gangs, plain(.gangwright)) == ["B", "a10", "a9"])
    }

    @Test("the namespace goes before the name") func namespaces() throws {
        let pods = [("b", "x"), ("a", "y"), ("a-b", "a")].map { namespace, name in
            Pod.waiting(name).with { $0.key.namespace = namespace }
        }
        let result = try schedule(plain(.gangwright), nodes: [.of("n")], pods: pods)
        #expect(result.order == ["y", "a", "x"])
    }

    @Test("a switch turns one order off") func switches() throws {
        let gangs = [gang("a", "low"), gang("b", "high")]
        let configuration = policy(.gangwright, ["priority enableJobOrder=false", "gang"], ["predicates"])
        #expect(try order(gangs, configuration, classes: classes) == ["a", "b"])
    }

    @Test("a gang that is not ready goes before one that is", arguments: Compatibility.allCases)
    func unreadyFirst(compatibility: Compatibility) throws {
        let pods = [
            Pod.waiting("a-0", of: "a").running(on: "n"), .waiting("a-1", of: "a"), .waiting("b-0", of: "b"),
        ]
        let gangs = [gang("a"), gang("b")]
        func order(_ configuration: SchedulerConfiguration) throws -> [String] {
            try schedule(configuration, nodes: [.of("n")], pods: pods, gangs: gangs).order
        }
        #expect(try order(policy(compatibility, ["gang"], ["predicates"])) == ["b-0", "a-1"])
        #expect(
            try order(policy(compatibility, ["gang enableJobOrder=false"], ["predicates"])) == ["a-1", "b-0"])
    }

    @Test("an earlier tier's order goes before a later one's") func tiers() throws {
        let pods = [
            Pod.waiting("a-0", of: "a").running(on: "n"), .waiting("a-1", of: "a"), .waiting("b-0", of: "b"),
        ]
        let gangs = [gang("a", "high"), gang("b", "low")]
        func order(_ tiers: [String]...) throws -> [String] {
            let configuration = policy(.gangwright, tiers[0], tiers[1] + ["predicates"])
            return try schedule(configuration, nodes: [.of("n")], pods: pods, gangs: gangs, classes: classes)
                .order
        }
        #expect(try order(["priority"], ["gang"]) == ["a-1", "b-0"])
        #expect(try order(["gang"], ["priority"]) == ["b-0", "a-1"])
    }

    @Test(
        "pods of a gang: higher priority first, none is 1, the annotation overrides",
        arguments: Compatibility.allCases)
    func priorityOfPods(compatibility: Compatibility) throws {
        let key = "volcano.sh/task-priority"
        let pods = [
            Pod.waiting("a", of: "g").with { $0.priority = 0 }, .waiting("b", of: "g"),
            Pod.waiting("c", of: "g").with { $0.priority = 2 },
            Pod.waiting("d", of: "g").with {
                $0.priority = 0
                $0.annotations = [key: "7"]
            },
            Pod.waiting("e", of: "g").with {
                $0.priority = 5
                $0.annotations = [key: "seven"]
            },
        ]
        let result = try schedule(
            plain(compatibility), nodes: [.of("n")], pods: pods, gangs: [.gang("g", min: 5)])
        #expect(result.order == ["d", "e", "c", "b", "a"])
    }

    @Test("pods of a gang at a tie: by the index at the name's end, else by age, then by name")
    func tiesOfPods() throws {
        func order(_ pods: [Pod]) throws -> [String] {
            try schedule(
                plain(.gangwright), nodes: [.of("n")], pods: pods, gangs: [.gang("g", min: pods.count)]
            ).order
        }
        let indexed = ["job-w-10", "job-w-9", "job-w-1"].map { Pod.waiting($0, of: "g") }
        #expect(try order(indexed) == ["job-w-1", "job-w-9", "job-w-10"])
        #expect(try order(indexed + [.waiting("a", of: "g")]) == ["a", "job-w-1", "job-w-10", "job-w-9"])
        let aged = [("b", 2), ("a", 2), ("c", 1)].map { name, second in
            Pod.waiting(name, of: "g").with { $0.created = .second(second) }
        }
        #expect(try order(aged) == ["c", "a", "b"])
        #expect(try order(aged + [.waiting("z", of: "g")]) == ["z", "c", "a", "b"])
    }

    @Test("queues: higher priority first, then the smaller share, then the older, then by name")
    func queues() throws {
        func order(_ queues: [Queue], running: [Pod] = [], gangs: [PodGroup] = []) throws -> [String] {
            let waiting = queues.map { PodGroup.gang($0.name, min: 1, queue: $0.name) }
            let pods = queues.map { Pod.waiting($0.name, of: $0.name) }
            return try schedule(
                policy(.volcano, ["gang"], ["predicates", "proportion"]), nodes: [.of("n", 100_000)],
                pods: pods + running, gangs: waiting + gangs, queues: queues
            ).order
        }
        let priorities = [Queue(name: "a"), Queue(name: "b", priority: 5), Queue(name: "c", priority: -1)]
        #expect(try order(priorities) == ["b", "a", "c"])
        let ages = [
            Queue(name: "a", created: .second(5)), Queue(name: "c"), Queue(name: "b", created: .second(5)),
        ]
        #expect(try order(ages) == ["c", "a", "b"])
        let busy = Pod.waiting("busy", of: "old").running(on: "n")
        #expect(
            try order(
                [Queue(name: "a"), Queue(name: "b")], running: [busy],
                gangs: [.gang("old", min: 1, queue: "a")])
                == ["b", "a"])
    }

    @Test("queues take turns, the one with the smaller share next") func turns() throws {
        let gangs = ["a1", "a2", "a3", "b1", "b2"].map { name in
            PodGroup.gang(name, min: 1, queue: String(name.prefix(1)))
        }
        let pods = gangs.map { Pod.waiting($0.key.name, 1_000, of: $0.key.name) }
        let result = try schedule(
            policy(.volcano, ["gang"], ["predicates", "proportion"]), nodes: [.of("n", 100_000)], pods: pods,
            gangs: gangs, queues: [Queue(name: "a"), Queue(name: "b")])
        // Shares after each: a 1/3; b 1/2; a 2/3; b 2/2; a 3/3.
        #expect(result.order == ["a1", "b1", "a2", "b2", "a3"])
    }
}
