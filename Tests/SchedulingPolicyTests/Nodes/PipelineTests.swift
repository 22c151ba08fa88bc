import ClusterModel
import SchedulingPolicy
import TestSupport
import Testing

@Suite("A pod may be promised a place that is being freed") struct PipelineTests {
    @Test("the place of a leaving pod is promised, not given", arguments: Compatibility.allCases)
    func promise(compatibility: Compatibility) throws {
        let result = try schedule(
            plain(compatibility), nodes: [.of("n", 2_000)],
            pods: [Pod.waiting("old", 2_000).leaving("n"), .waiting("p", 2_000)])
        #expect(result.bound == [:])
        #expect(result.promised == ["p": "n releasing"])
        #expect(result.reasons == [:])
    }

    @Test("a place that is idle goes first, however the nodes rank", arguments: Compatibility.withoutVolcano15)
    func idleFirst(compatibility: Compatibility) throws {
        let result = try schedule(
            policy(compatibility, ["gang"], ["predicates", "binpack"]), nodes: [.of("a", 2_000), .of("b")],
            pods: [Pod.waiting("old", 2_000).leaving("a"), .waiting("p", 2_000)])
        #expect(result.bound == ["p": "b"])
    }

    @Test("what is promised is not given to the next", arguments: Compatibility.allCases)
    func promisedIsTaken(compatibility: Compatibility) throws {
        // 1 is idle, 2 are being freed; the first pod is promised all 3.
        let result = try schedule(
            plain(compatibility), nodes: [.of("n", 4_000)],
            pods: [
                Pod.waiting("old", 2_000).leaving("n"), Pod.waiting("stays", 1_000).running(on: "n"),
                .waiting("p", 3_000), .waiting("q", 1_000),
            ])
        #expect(result.promised == ["p": "n releasing"])
        #expect(result.bound == [:])
        #expect(result.reasons == ["q": .unschedulable])
    }

    @Test("a gang that is complete with promises waits whole", arguments: Compatibility.allCases)
    func gang(compatibility: Compatibility) throws {
        let result = try schedule(
            plain(compatibility), nodes: [.of("n", 3_000)],
            pods: [Pod.waiting("old", 1_000).leaving("n")] + Pod.members(of: "g", 3) + [.waiting("z", 1_000)],
            gangs: [.gang("g", min: 3)])
        #expect(result.bound == [:])
        #expect(result.promised == ["g-0": "n gang", "g-1": "n gang", "g-2": "n releasing"])
        #expect(result.reasons == ["z": .unschedulable])
        #expect(result.podGroups.first?.reason == .gangNotReady)
        #expect(result.podGroups.first?.placed == 3)
    }

    @Test(
        "a gang that is ready without its promises is bound; the rest keeps them",
        arguments: Compatibility.allCases)
    func extras(compatibility: Compatibility) throws {
        let result = try schedule(
            plain(compatibility), nodes: [.of("n", 2_000)],
            pods: [Pod.waiting("old", 1_000).leaving("n")] + Pod.members(of: "g", 3),
            gangs: [.gang("g", min: 1)])
        #expect(result.bound == ["g-0": "n"])
        #expect(result.promised == ["g-1": "n releasing"])
        #expect(result.reasons == ["g-2": .unschedulable])
    }

    @Test("a gang that even promises do not complete gives all back", arguments: Compatibility.allCases)
    func incomplete(compatibility: Compatibility) throws {
        let result = try schedule(
            plain(compatibility), nodes: [.of("n", 2_000)],
            pods: [Pod.waiting("old", 1_000).leaving("n")] + Pod.members(of: "g", 3) + [.waiting("z", 1_000)],
            gangs: [.gang("g", min: 3)])
        #expect(result.promised == [:])
        #expect(result.bound == ["z": "n"])
    }

    @Test("the slots of leaving pods are taken until they have gone", arguments: Compatibility.allCases)
    func slots(compatibility: Compatibility) throws {
        let result = try schedule(
            plain(compatibility), nodes: [.of("n", 2_000, slots: 1)],
            pods: [Pod.waiting("old", 2_000).leaving("n"), .waiting("p", 2_000)])
        #expect(result.promised == [:])
        #expect(result.messages["p"]?.contains("1 node(s) pod number exceeded") ?? false)
    }

    @Test("of two that lack a resource, only the one that stays short is named") func reasons() throws {
        // CPU is about to be free, memory is not.
        let result = try schedule(
            plain(.gangwright), nodes: [.of("n", 4_000, memory: 4 * gibibyte)],
            pods: [
                Pod.waiting("old", asking: [.cpu: 4_000]).leaving("n"),
                Pod.waiting("stays", asking: [.memory: 3 * gibibyte]).running(on: "n"),
                .waiting("p", asking: [.cpu: 2_000, .memory: 2 * gibibyte]),
            ])
        #expect(result.messages == ["p": "0/1 nodes are available: 1 Insufficient memory"])
    }

    @Test("a pod whose state nobody knows is not about to leave, whatever its deletion says")
    func unknownPhase() throws {
        let lost = Pod.waiting("lost", 2_000).leaving("n").with { $0.phase = .unknown }
        let result = try schedule(
            plain(.volcano), nodes: [.of("n", 2_000)], pods: [lost, .waiting("p", 2_000)])
        #expect(result.promised == [:])
    }
}

@Suite("A nominated node is tried first") struct NominationTests {
    private func place(
        _ nominated: String, _ nodes: [Node], running: [Pod] = [], change: (inout Pod) -> Void = { _ in }
    ) throws -> CycleResult {
        let pod = Pod.waiting("p", 1_000).with {
            $0.nominatedNodeName = nominated
            change(&$0)
        }
        return try schedule(
            policy(.volcano, ["gang"], ["predicates", "nodeorder"]), nodes: nodes, pods: running + [pod])
    }

    @Test("before a node that ranks higher") func first() throws {
        let running = [Pod.waiting("x", 8_000).running(on: "b")]
        #expect(try place("b", [.of("a"), .of("b")], running: running).bound == ["p": "b"])
        #expect(try place("a", [.of("a"), .of("b")], running: running).bound == ["p": "a"])
    }

    @Test("even if its place is being freed, and another is idle") func beingFreed() throws {
        let running = [Pod.waiting("x", 10_000).leaving("b")]
        #expect(try place("b", [.of("a"), .of("b")], running: running).promised == ["p": "b releasing"])
    }

    @Test("if it is full, unknown or refuses the pod, the others are tried") func others() throws {
        let full = [Pod.waiting("x", 10_000).running(on: "b")]
        #expect(try place("b", [.of("a"), .of("b")], running: full).bound == ["p": "a"])
        #expect(try place("gone", [.of("a"), .of("b")]).bound == ["p": "a"])
        let tainted = Node.of("b", taints: [Taint(key: "k", effect: .noSchedule)])
        #expect(try place("b", [.of("a"), tainted]).bound == ["p": "a"])
        #expect(
            try place("b", [.of("a", labels: ["k": "v"]), .of("b")]) { $0.nodeSelector = ["k": "v"] }.bound
                == ["p": "a"])
    }
}
