import ClusterModel
import SchedulingPolicy
import TestSupport
import Testing

@Suite("Volcano 1.5 preempts more freely") struct Preempt15Tests {
    private func evicted(
        _ pods: [Pod], _ gangs: [PodGroup], nodes: [Node] = [.of("n", 4_000)], queues: [Queue] = [],
        first: [String] = ["priority", "gang", "conformance"], _ second: String...
    ) throws -> Versions<[String]> {
        try Versions { version in
            try schedule(
                policy(version, actions: "allocate, preempt", first, ["predicates"] + second), nodes: nodes,
                pods: pods, gangs: gangs, queues: queues, classes: threeClasses
            ).evicted
        }
    }

    private let low = PodGroup.admitted("low", min: 1, priority: "low", as: .running)
    private let high = PodGroup.admitted("high", min: 1, priority: "high")
    private let running = Pod.members(of: "low", 4).map { $0.running(on: "n") }

    @Test("nobody is asked whether it is preemptable, and only who runs may leave") func candidates() throws {
        let unwilling = running.map { pod in
            pod.with { $0.annotations = ["volcano.sh/preemptable": "false"] }
        }
        let waiting = Pod.members(of: "high", 1)
        #expect(try evicted(unwilling + waiting, [low, high]) == Versions(head: [], old: ["low-3"]))
        let bound = running.map { pod in pod.with { $0.phase = .pending } }
        #expect(try evicted(bound + waiting, [low, high]) == Versions(head: ["low-3"], old: []))
    }

    @Test("the least important pod leaves first, whatever its gang") func order() throws {
        let pods =
            Pod.members(of: "low", 2).map { pod in
                pod.running(on: "n").with { $0.priority = 9 }
            }
            + Pod.members(of: "middle", 2).map { pod in
                pod.running(on: "n").with { $0.priority = 1 }
            } + Pod.members(of: "high", 1)
        let middle = PodGroup.admitted("middle", min: 1, priority: "middle", as: .running)
        #expect(try evicted(pods, [low, middle, high]) == Versions(head: ["low-1"], old: ["middle-1"]))
    }

    @Test("pods leave a node that proves too small, if another takes the pod") func stays() throws {
        // The queue may hold 4 CPUs and holds 6; the pod of 2 is let in once 4 have left: one from a, three from b.
        let nodes: [Node] = [.of("a"), .of("b")]
        let low = PodGroup.admitted("low", min: 0, queue: "q", priority: "low", as: .running)
        let high = PodGroup.admitted("high", min: 3, queue: "q", priority: "high")
        var pods = Pod.members(of: "low", 4).map { $0.running(on: "b") }
        pods[0].nodeName = "a"
        pods += Pod.members(of: "high", 2).map { $0.running(on: "b") }
        pods.append(.waiting("high-2", 2_000, of: "high"))
        let queues = [Queue(name: "q", capability: [.cpu: 4_000])]
        #expect(
            try evicted(pods, [low, high], nodes: nodes, queues: queues, "proportion")
                == Versions(head: [], old: ["low-0", "low-3", "low-2", "low-1"]))
    }

    @Test("within a gang pods leave even if that does not help") func within() throws {
        let gang = PodGroup.admitted("g", min: 0, queue: "q", as: .running)
        let pods = [
            Pod.waiting("a", of: "g").running(on: "n").with { $0.priority = 1 },
            Pod.waiting("b", 2_000, of: "g").running(on: "n").with { $0.priority = 9 },
            Pod.waiting("c", 2_000, of: "g").with { $0.priority = 9 },
        ]
        let queues = [Queue(name: "q", capability: [.cpu: 2_000])]
        #expect(
            try evicted(pods, [gang], queues: queues, first: ["priority"], "proportion")
                == Versions(head: [], old: ["a"]))
    }

    @Test("members that ask for nothing and wait count as ready") func bestEffort() throws {
        // Not starving: of the minimum of one, one is there.
        let waiting = [Pod.waiting("high-0", of: "high"), .waiting("high-1", asking: [:], of: "high")]
        #expect(try evicted(running + waiting, [low, high]) == Versions(head: ["low-3"], old: []))
        // The victim's gang can spare one.
        let pods = [
            Pod.waiting("low-0", 4_000, of: "low").running(on: "n"),
            .waiting("low-1", asking: [:], of: "low"), .waiting("high-0", of: "high"),
        ]
        #expect(try evicted(pods, [low, high]) == Versions(head: [], old: ["low-0"]))
    }

    @Test("a gang that is short of a role does not starve") func roles() throws {
        let high = PodGroup.admitted("high", min: 2, roles: [("w", 2)], priority: "high")
        let waiting = Pod.members(of: "high", 2, role: "w")
        #expect(
            try evicted(running + waiting, [low, high]) == Versions(head: ["low-3", "low-2"], old: []))
    }
}

@Suite("Volcano 1.5 reclaims pod by pod and at once") struct Reclaim15Tests {
    private func evicted(
        _ held: Int, of cpus: Int64, by gang: PodGroup, _ waiting: [Pod],
        _ change: (inout Pod) -> Void = { _ in }
    ) throws -> Versions<[String]> {
        let pods = Pod.members(of: "a", held).map { pod in
            var pod = pod.running(on: "n")
            change(&pod)
            return pod
        }
        return try Versions { version in
            try schedule(
                policy(version, actions: "allocate, reclaim", ["gang"], ["predicates", "proportion"]),
                nodes: [.of("n", cpus)], pods: pods + waiting,
                gangs: [.admitted("a", min: 0, queue: "a", as: .running), gang],
                queues: [Queue(name: "a"), Queue(name: "b")]
            ).evicted
        }
    }

    @Test("pods leave also for a gang that does not come together") func atOnce() throws {
        // The queue deserves two of four CPUs, and the gang needs three.
        #expect(
            try evicted(4, of: 4_000, by: .admitted("b", min: 3, queue: "b"), Pod.members(of: "b", 3))
                == Versions(head: [], old: ["a-0", "a-1"]))
    }

    @Test("what is free on the node spares nobody") func idle() throws {
        #expect(
            try evicted(3, of: 4_000, by: .admitted("b", min: 1, queue: "b"), [.waiting("b-0", 2_000, of: "b")])
                == Versions(head: ["a-2"], old: ["a-0", "a-1"]))
    }

    @Test("a gang that has its minimum reclaims for the others as well") func notStarving() throws {
        let gang = PodGroup.admitted("b", min: 0, queue: "b")
        #expect(
            try evicted(4, of: 4_000, by: gang, Pod.members(of: "b", 1))
                == Versions(head: [], old: ["a-0"]))
    }

    @Test("nobody is asked whether it is preemptable") func unwilling() throws {
        let gang = PodGroup.admitted("b", min: 1, queue: "b")
        #expect(
            try evicted(4, of: 4_000, by: gang, Pod.members(of: "b", 1)) {
                $0.annotations = ["volcano.sh/preemptable": "false"]
            } == Versions(head: [], old: ["a-0"]))
    }
}
