import ClusterModel
import SchedulingPolicy
import TestSupport
import Testing

@Suite("Pods that ask for nothing are placed by backfill and need a slot only") struct BackfillTests {
    @Test("a node without CPU or memory takes them", arguments: Compatibility.allCases)
    func emptyNode(compatibility: Compatibility) throws {
        let node = Node(name: "n", allocatable: [.pods: 1])
        let result = try schedule(
            plain(compatibility), nodes: [node],
            pods: [.waiting("a", asking: [:]), .waiting("b", asking: [.cpu: 0, .memory: 0])])
        #expect(result.bound == ["a": "n"])
        #expect(result.messages == ["b": "0/1 nodes are available: 1 node(s) pod number exceeded"])
    }

    @Test(
        "an over-committed node takes them, and no pod that asks for memory only",
        arguments: Compatibility.withoutVolcano15)
    func overcommitted(compatibility: Compatibility) throws {
        let result = try schedule(
            plain(compatibility), nodes: [.of("n", 1_000)],
            pods: [
                Pod.waiting("hog", 2_000).running(on: "n"), .waiting("a", asking: [:]),
                .waiting("b", asking: [.memory: gibibyte]),
            ])
        #expect(result.bound == ["a": "n"])
        #expect(result.messages == ["b": "0/1 nodes are available: 1 Insufficient cpu"])
    }

    @Test("they go where constraints let them", arguments: Compatibility.allCases)
    func constraints(compatibility: Compatibility) throws {
        let taint = Taint(key: "k", effect: .noSchedule)
        let result = try schedule(
            plain(compatibility),
            nodes: [.of("a", taints: [taint]), .of("b", labels: ["pool": "x"]), .of("c")],
            pods: [Pod.waiting("p", asking: [:]).with { $0.nodeSelector = ["pool": "x"] }])
        #expect(result.bound == ["p": "b"])
    }

    @Test(
        "without backfill they wait, without allocate the others do",
        arguments: Compatibility.withoutVolcano15)
    func actions(compatibility: Compatibility) throws {
        let pods: [Pod] = [.waiting("some"), .waiting("none", asking: [:])]
        func reasons(_ actions: String) throws -> [String: PendingReason] {
            try schedule(
                policy(compatibility, actions: actions, ["gang"], ["predicates"]), nodes: [.of("n")],
                pods: pods
            ).reasons
        }
        #expect(try reasons("allocate") == ["none": .notTried])
        #expect(try reasons("enqueue, backfill") == ["some": .notTried])
        #expect(try reasons("allocate, backfill") == [:])
    }

    @Test("neither a closed queue nor one beyond its share keeps them out", arguments: Compatibility.allCases)
    func noQueueChecks(compatibility: Compatibility) throws {
        let result = try schedule(
            policy(compatibility, ["gang"], ["predicates", "proportion"]), nodes: [.of("n")],
            pods: Pod.members(of: "g", 1, asking: [:]),
            gangs: [.gang("g", min: 1, queue: "q")], queues: [Queue(name: "q", state: .closed)])
        #expect(result.bound == ["g-0": "n"])
    }

    @Test("a gang whose pods are not admitted yet is not backfilled", arguments: Compatibility.allCases)
    func notAdmitted(compatibility: Compatibility) throws {
        let result = try schedule(
            policy(compatibility, actions: "backfill", ["gang"], ["predicates"]), nodes: [.of("n")],
            pods: Pod.members(of: "g", 1, asking: [:]), gangs: [.gang("g", min: 1)])
        #expect(result.reasons == ["g-0": .notTried])
    }
}

@Suite("Members of a gang that ask for nothing") struct BestEffortMemberTests {
    /// Two members that ask for CPU and one that asks for nothing.
    private let pods = Pod.members(of: "g", 2) + [.waiting("g-free", asking: [:], of: "g")]
    private let gang = PodGroup.gang("g", min: 3)

    @Test("Volcano counts them before they have a place") func volcanoCounts() throws {
        let result = try schedule(
            plain(.volcano), nodes: [.of("n", slots: 2)], pods: pods, gangs: [gang])
        #expect(result.bound == ["g-0": "n", "g-1": "n"])
        #expect(result.reasons == ["g-free": .unschedulable])
    }

    @Test("ours places them with the gang, or nothing") func oursPlaces() throws {
        let tight = try schedule(plain(.gangwright), nodes: [.of("n", slots: 2)], pods: pods, gangs: [gang])
        #expect(tight.bound == [:])
        #expect(tight.promised == [:])
        let roomy = try schedule(plain(.gangwright), nodes: [.of("n", slots: 3)], pods: pods, gangs: [gang])
        #expect(roomy.bound == ["g-0": "n", "g-1": "n", "g-free": "n"])
    }

    @Test("where the others find no room, Volcano holds their place to the end of the cycle")
    func volcanoHolds() throws {
        let result = try schedule(
            plain(.volcano), nodes: [.of("n", 1_000)], pods: pods, gangs: [gang])
        #expect(result.bound == [:])
        #expect(result.promised == ["g-free": "n gang"])
    }

    @Test("a gang of nothing but such pods starts in part under Volcano, whole under ours")
    func onlyBestEffort() throws {
        let pods = Pod.members(of: "g", 3, asking: [:])
        func bound(_ compatibility: Compatibility, slots: Int64) throws -> Int {
            try schedule(
                plain(compatibility), nodes: [.of("n", slots: slots)], pods: pods, gangs: [gang]
            ).binds.count
        }
        #expect(try bound(.volcano, slots: 2) == 2)
        #expect(try bound(.gangwright, slots: 2) == 0)
        #expect(try bound(.gangwright, slots: 3) == 3)
    }

    @Test(
        "ours places a gang of two roles, one asking for nothing, whatever its minMember",
        arguments: [0, 1, 2])
    func mixedRoles(minMember: Int) throws {
        let pods = Pod.members(of: "g", 1, role: "ps") + Pod.members(of: "g", 1, asking: [:], role: "worker")
        let result = try schedule(
            plain(.gangwright), nodes: [.of("n")], pods: pods,
            gangs: [.gang("g", min: minMember, roles: [("ps", 1), ("worker", 1)])])
        #expect(result.bound == ["g-ps0": "n", "g-worker0": "n"])
    }

    @Test(
        "members beyond the minimum are backfilled once the gang is ready", arguments: Compatibility.allCases)
    func extras(compatibility: Compatibility) throws {
        let result = try schedule(
            plain(compatibility), nodes: [.of("n", 2_000, slots: 3)],
            pods: Pod.members(of: "g", 2) + Pod.members(of: "g", 2, asking: [:], role: "free"),
            gangs: [.gang("g", min: 2)])
        #expect(result.binds.count == 3)
    }
}
