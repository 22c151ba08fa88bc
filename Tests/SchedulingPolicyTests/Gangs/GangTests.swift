import ClusterModel
import SchedulingPolicy
import TestSupport
import Testing

@Suite("A gang is placed with its minimum, or not at all") struct GangTests {
    @Test(
        "two pods of a gang of three fit: none is bound, and nothing stays taken",
        arguments: Compatibility.allCases)
    func allOrNothing(compatibility: Compatibility) throws {
        let result = try schedule(
            plain(compatibility), nodes: [.of("n", 2_000)],
            pods: Pod.members(of: "big", 3) + Pod.members(of: "small", 2),
            gangs: [.gang("big", min: 3), .gang("small", min: 2)])
        #expect(result.bound == ["small-0": "n", "small-1": "n"])
        #expect(result.reasons == ["big-0": .gangNotReady, "big-1": .gangNotReady, "big-2": .unschedulable])
        #expect(
            result.messages["big-0"] == "would fit; the gang needs 3 pods at once and found room for 2")
        #expect(result.messages["big-2"] == "0/1 nodes are available: 1 Insufficient cpu")
    }

    @Test(
        "the worked example of five pods, a minimum of three and room for two",
        arguments: Compatibility.allCases)
    func workedExample(compatibility: Compatibility) throws {
        let nodes: [Node] = [.of("a"), .of("b"), .of("c", 500), .of("d", 500)]
        let result = try schedule(
            plain(compatibility), nodes: nodes,
            pods: Pod.members(of: "g", 5, asking: [.cpu: 6_000], role: "w"), gangs: [.gang("g", min: 3)])
        #expect(result.bound == [:])
        #expect(result.promised == [:])
        #expect(
            result.reasons == [
                "g-w0": .gangNotReady, "g-w1": .gangNotReady, "g-w2": .unschedulable, "g-w3": .unschedulable,
                "g-w4": .unschedulable,
            ])
        #expect(result.messages["g-w2"] == "0/4 nodes are available: 4 Insufficient cpu")
        #expect(result.podGroups.first?.reason == .unschedulable)
    }

    @Test(
        "pods beyond the minimum are placed one by one as far as they fit",
        arguments: Compatibility.withoutVolcano15)
    func elastic(compatibility: Compatibility) throws {
        let result = try schedule(
            plain(compatibility), nodes: [.of("n", 4_000)], pods: Pod.members(of: "g", 6),
            gangs: [.gang("g", min: 2)])
        #expect(result.order == ["g-0", "g-1", "g-2", "g-3"])
        #expect(result.reasons == ["g-4": .unschedulable, "g-5": .unschedulable])
        #expect(result.podGroups.first?.reason == nil)
        #expect(result.podGroups.first?.placed == 4)
    }

    @Test(
        "pods beyond the minimum of one gang come after the minimum of the next",
        arguments: Compatibility.allCases)
    func extrasComeLast(compatibility: Compatibility) throws {
        let result = try schedule(
            policy(compatibility, ["gang"], ["predicates"]), nodes: [.of("n", 5_000)],
            pods: Pod.members(of: "a", 4) + Pod.members(of: "b", 2),
            gangs: [.gang("a", min: 2), .gang("b", min: 2)])
        #expect(result.order == ["a-0", "a-1", "b-0", "b-1", "a-2"])
        #expect(result.reasons == ["a-3": .unschedulable])
    }

    @Test(
        "members that run or have ended well count towards the minimum, failed and leaving ones do not",
        arguments: Compatibility.allCases)
    func membersThatCount(compatibility: Compatibility) throws {
        func bound(with other: Pod) throws -> [String: String] {
            try schedule(
                plain(compatibility), nodes: [.of("n", 2_000)], pods: [other, .waiting("next", of: "g")],
                gangs: [.gang("g", min: 2)]
            ).bound
        }
        let other = Pod.waiting("other", of: "g")
        #expect(try bound(with: other.running(on: "n")) == ["next": "n"])
        #expect(try bound(with: other.with { $0.nodeName = "n" }) == ["next": "n"])
        #expect(try bound(with: other.running(on: "n").with { $0.phase = .succeeded }) == ["next": "n"])
        #expect(try bound(with: other.running(on: "n").with { $0.phase = .failed }) == [:])
        #expect(try bound(with: other.running(on: "n").with { $0.phase = .unknown }) == [:])
        #expect(try bound(with: other.leaving("n")) == [:])
    }

    @Test("a gang that fewer pods exist for than its minimum is not tried", arguments: Compatibility.allCases)
    func tooFewPods(compatibility: Compatibility) throws {
        let result = try schedule(
            plain(compatibility), nodes: [.of("n")], pods: Pod.members(of: "g", 2),
            gangs: [.gang("g", min: 3)])
        #expect(result.bound == [:])
        #expect(result.reasons == ["g-0": .notEnoughTasks, "g-1": .notEnoughTasks])
        #expect(result.messages["g-0"] == "needs 3 pods and has 2; failed and leaving ones do not count")
    }

    @Test("a minimum of 0 is no gang: each pod is placed for itself", arguments: Compatibility.allCases)
    func noMinimum(compatibility: Compatibility) throws {
        let result = try schedule(
            plain(compatibility), nodes: [.of("n", 2_000)], pods: Pod.members(of: "g", 3),
            gangs: [.gang("g", min: 0)])
        #expect(result.order == ["g-0", "g-1"])
    }

    @Test("without the gang plugin a gang may start in part", arguments: Compatibility.allCases)
    func withoutPlugin(compatibility: Compatibility) throws {
        let result = try schedule(
            policy(compatibility, ["predicates"]), nodes: [.of("n", 2_000)], pods: Pod.members(of: "g", 3),
            gangs: [.gang("g", min: 3)])
        #expect(result.order == ["g-0", "g-1"])
    }

    @Test("a pod without a group is a gang of one") func single() throws {
        let result = try schedule(
            plain(.gangwright), nodes: [.of("n", 1_000)], pods: [.waiting("a"), .waiting("b")])
        #expect(result.bound == ["a": "n"])
        #expect(result.reasons == ["b": .unschedulable])
        #expect(result.podGroups.isEmpty)
    }

    @Test("a gang of 2,000 pods is placed whole") func large() throws {
        let nodes = (0..<20).map { Node.of("n\($0)", 100_000) }
        let pods = Pod.members(of: "g", 2_000)
        let gang = PodGroup.gang("g", min: 2_000)
        let result = try schedule(plain(.gangwright), nodes: nodes, pods: pods, gangs: [gang])
        #expect(result.binds.count == 2_000)
        let less = try schedule(plain(.gangwright), nodes: Array(nodes.dropLast()), pods: pods, gangs: [gang])
        #expect(less.binds.isEmpty)
        #expect(less.pending.count == 2_000)
    }
}
