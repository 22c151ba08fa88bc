import ClusterModel
import SchedulingPolicy
import TestSupport
import Testing

@Suite("drf serves the gang with the smaller dominant share first") struct DRFTests {
    private let gangs: [PodGroup] = [.gang("a", min: 1), .gang("b", min: 1)]

    private func order(_ running: [Pod], nodes: [Node], drf: String = "drf") throws -> [String] {
        // Without gang in the tiers nothing but drf tells the gangs apart.
        try schedule(
            policy(.volcano, [drf], ["predicates"]), nodes: nodes,
            pods: running + [
                .waiting("a-next", asking: [.cpu: 1], of: "a"),
                .waiting("b-next", asking: [.cpu: 1], of: "b"),
            ],
            gangs: gangs
        ).order
    }

    @Test("the worked example: 3 of 9 CPUs are less than 8 of 18 Gi") func workedExample() throws {
        let node = Node.of("n", 9_000, memory: 18 * gibibyte)
        let a = Pod.waiting("a-0", asking: [.cpu: 3_000, .memory: 2 * gibibyte], of: "a").running(on: "n")
        let b = Pod.waiting("b-0", asking: [.cpu: 1_000, .memory: 8 * gibibyte], of: "b").running(on: "n")
        #expect(try order([a, b], nodes: [node]) == ["a-next", "b-next"])
        // With 5 CPUs (0.556) a is behind.
        let more = Pod.waiting("a-1", asking: [.cpu: 2_000], of: "a").running(on: "n")
        #expect(try order([a, more, b], nodes: [node]) == ["b-next", "a-next"])
    }

    @Test("any resource may dominate, devices and pod slots too") func everyResource() throws {
        let node = Node.of("n", 100_000, gpus: 8, slots: 10)
        let gpu = Pod.waiting("a-0", asking: [.nvidiaGPU: 4], of: "a").running(on: "n")
        let cpu = Pod.waiting("b-0", asking: [.cpu: 40_000], of: "b").running(on: "n")
        #expect(try order([gpu, cpu], nodes: [node]) == ["b-next", "a-next"])
        let slots = (0..<5).map { Pod.waiting("a-\($0)", asking: [:], of: "a").running(on: "n") }
        #expect(try order(slots + [cpu], nodes: [node]) == ["b-next", "a-next"])
    }

    @Test("something of a resource that nobody has is the whole of it") func missingResource() throws {
        let odd = Pod.waiting("a-0", asking: ["example.com/fpga": 1], of: "a").running(on: "gone")
        let much = Pod.waiting("b-0", asking: [.cpu: 9_000], of: "b").running(on: "n")
        #expect(try order([odd, much], nodes: [.of("n")]) == ["b-next", "a-next"])
    }

    @Test("leaving pods do not count") func leaving() throws {
        let a = Pod.waiting("a-0", 5_000, of: "a").leaving("n")
        let b = Pod.waiting("b-0", 1_000, of: "b").running(on: "n")
        #expect(try order([a, b], nodes: [.of("n")]) == ["a-next", "b-next"])
    }

    @Test("what is placed in the cycle counts at once") func withinTheCycle() throws {
        let gangs: [PodGroup] = [.gang("a", min: 0), .gang("b", min: 0)]
        let result = try schedule(
            policy(.volcano, ["drf"], ["predicates"]), nodes: [.of("n")],
            pods: Pod.members(of: "a", 3, asking: [.cpu: 1_000])
                + Pod.members(of: "b", 2, asking: [.cpu: 2_000]),
            gangs: gangs)
        // Shares after each: a .1; b .2; a .2 (a is older by name); a .3; b .4
        #expect(result.order == ["a-0", "b-0", "a-1", "a-2", "b-1"])
    }

    @Test("enableJobOrder: false leaves the order to age") func off() throws {
        let a = Pod.waiting("a-0", 5_000, of: "a").running(on: "n")
        #expect(try order([a], nodes: [.of("n")], drf: "drf enableJobOrder=false") == ["a-next", "b-next"])
        #expect(try order([a], nodes: [.of("n")]) == ["b-next", "a-next"])
    }
}
