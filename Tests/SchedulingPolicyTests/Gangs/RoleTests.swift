import ClusterModel
import SchedulingPolicy
import TestSupport
import Testing

@Suite("A gang's roles have minima of their own") struct RoleTests {
    /// Three fit, which is the gang's minimum, but the fourth would be the second server.
    private static func training(first: String) -> (gang: PodGroup, pods: [Pod]) {
        let pods = Pod.members(of: "g", 3, role: "worker") + Pod.members(of: "g", 2, role: "ps")
        return (
            .gang("g", min: 3, roles: [("ps", 2), ("worker", 1)]),
            pods.map { pod in pod.with { $0.priority = $0.role == first ? 10 : 5 } }
        )
    }

    @Test("every role must reach its minimum", arguments: [Compatibility.gangwright, .volcano15])
    func everyRole(compatibility: Compatibility) throws {
        let (gang, pods) = Self.training(first: "worker")
        let full = try schedule(plain(compatibility), nodes: [.of("n", 4_000)], pods: pods, gangs: [gang])
        #expect(full.bound == [:])
        let roomy = try schedule(plain(compatibility), nodes: [.of("n", 5_000)], pods: pods, gangs: [gang])
        #expect(roomy.order == ["g-worker0", "g-worker1", "g-worker2", "g-ps0", "g-ps1"])
    }

    @Test(
        "Volcano ends a gang's turn once it has its minimum, whichever roles that is, and binds nothing if one lacks"
    )
    func turnEndsAtMinimum() throws {
        let (gang, workersFirst) = Self.training(first: "worker")
        let held = try schedule(
            plain(.volcano), nodes: [.of("n", 5_000)], pods: workersFirst, gangs: [gang])
        #expect(held.bound == [:])
        #expect(held.promised == ["g-worker0": "n gang", "g-worker1": "n gang", "g-worker2": "n gang"])
        let servers = try schedule(
            plain(.volcano), nodes: [.of("n", 5_000)], pods: Self.training(first: "ps").pods, gangs: [gang])
        #expect(servers.order == ["g-ps0", "g-ps1", "g-worker0", "g-worker1", "g-worker2"])
    }

    @Test("Volcano forgets minima that add up to more than the gang's, ours do not") func inconsistent()
        throws
    {
        let pods = Pod.members(of: "g", 2, role: "worker") + Pod.members(of: "g", 1, role: "ps")
        let gang = PodGroup.gang("g", min: 1, roles: [("ps", 1), ("worker", 1)])
        func bound(_ compatibility: Compatibility, _ nodes: [Node]) throws -> [String: String] {
            try schedule(plain(compatibility), nodes: nodes, pods: pods, gangs: [gang]).bound
        }
        #expect(try bound(.volcano, [.of("n", 1_000)]) == ["g-ps0": "n"])
        #expect(try bound(.gangwright, [.of("n", 1_000)]) == [:])
        #expect(try bound(.gangwright, [.of("n", 2_000)]) == ["g-ps0": "n", "g-worker0": "n"])
    }

    @Test(
        "a role of which too few pods exist keeps the gang from being tried",
        arguments: Compatibility.allCases)
    func missingRole(compatibility: Compatibility) throws {
        let result = try schedule(
            plain(compatibility), nodes: [.of("n")], pods: Pod.members(of: "g", 3, role: "worker"),
            gangs: [.gang("g", min: 3, roles: [("chief", 1), ("worker", 2)])])
        #expect(result.bound == [:])
        #expect(result.reasons["g-worker0"] == .notEnoughPodsOfTask)
        #expect(
            result.messages["g-worker0"]
                == "needs 1 pod of role chief and has 0; failed and leaving ones do not count")
    }

    @Test(
        "a pod is not tried once one of its role has found no node", arguments: Compatibility.withoutVolcano15
    )
    func skipsFailedRole(compatibility: Compatibility) throws {
        // The second worker would fit; in Volcano's books its role has failed.
        let pods = [
            Pod.waiting("g-large", 9_000, of: "g", role: "worker"),
            Pod.waiting("g-small", 1_000, of: "g", role: "worker"),
            Pod.waiting("g-tiny", 1_000, of: "g", role: "ps"),
        ]
        let result = try schedule(
            plain(compatibility), nodes: [.of("n", 4_000)], pods: pods, gangs: [.gang("g", min: 1)])
        #expect(result.bound == ["g-tiny": "n"])
        #expect(result.reasons == ["g-large": .unschedulable, "g-small": .gangNotReady])
    }

    @Test("predicateErrorCacheEnable: false tries every pod") func withoutErrorCache() throws {
        let text = """
            actions: allocate
            tiers:
            - plugins: [{name: gang}, {name: predicates}]
            configurations:
            - name: allocate
              arguments: {predicateErrorCacheEnable: false}
            """
        let configuration = try #require(
            SchedulerConfiguration.read(Array(text.utf8), file: "c").configuration)
        let pods = [
            Pod.waiting("g-large", 9_000, of: "g", role: "worker"),
            Pod.waiting("g-small", 1_000, of: "g", role: "worker"),
        ]
        let result = try schedule(
            configuration, nodes: [.of("n", 4_000)], pods: pods, gangs: [.gang("g", min: 1)])
        #expect(result.bound == ["g-small": "n"])
    }

    @Test("pods without a role are tried each for itself", arguments: Compatibility.withoutVolcano15)
    func emptyRole(compatibility: Compatibility) throws {
        let pods = [Pod.waiting("g-large", 9_000, of: "g"), Pod.waiting("g-small", 1_000, of: "g")]
        let result = try schedule(
            plain(compatibility), nodes: [.of("n", 4_000)], pods: pods, gangs: [.gang("g", min: 1)])
        #expect(result.bound == ["g-small": "n"])
    }
}

@Suite("After a pod has found no node, a gang goes on only if that can still help") struct ContinuationTests {
    /// Tries a large pod first, then the small ones; tells which were tried at all.
    private func notTried(_ gang: PodGroup, _ small: [Pod], _ compatibility: Compatibility) throws -> [String]
    {
        let large = Pod.waiting("g-large", 90_000, of: "g", role: "chief").with { $0.priority = 100 }
        let result = try schedule(
            plain(compatibility), nodes: [.of("n")], pods: [large] + small, gangs: [gang])
        return result.pending.filter { $0.message.hasPrefix("not tried") }.map(\.pod.name).sorted()
    }

    @Test("not where every pod is needed", arguments: Compatibility.withoutVolcano15)
    func allNeeded(compatibility: Compatibility) throws {
        let small = Pod.members(of: "g", 2, role: "worker")
        #expect(try notTried(.gang("g", min: 3), small, compatibility) == ["g-worker0", "g-worker1"])
        #expect(try notTried(.gang("g", min: 2), small, compatibility) == [])
    }

    @Test("not where the failed role has yet to reach its minimum", arguments: Compatibility.withoutVolcano15)
    func roleNeeded(compatibility: Compatibility) throws {
        let small = Pod.members(of: "g", 3, role: "worker")
        let needed = PodGroup.gang("g", min: 3, roles: [("chief", 1), ("worker", 2)])
        #expect(try notTried(needed, small, compatibility) == ["g-worker0", "g-worker1", "g-worker2"])
        let optional = PodGroup.gang("g", min: 3, roles: [("worker", 2)])
        #expect(try notTried(optional, small, compatibility) == [])
    }

    @Test("where minima of roles are forgotten, as long as the other roles can reach the gang's")
    func forgotten() throws {
        let small = Pod.members(of: "g", 3, role: "worker")
        let reachable = PodGroup.gang("g", min: 3, roles: [("chief", 1), ("worker", 3)])
        #expect(try notTried(reachable, small, .volcano) == [])
        let unreachable = PodGroup.gang("g", min: 3, roles: [("chief", 1), ("worker", 3)])
        #expect(
            try notTried(
                unreachable, Pod.members(of: "g", 2, role: "worker") + Pod.members(of: "g", 1, role: "chief"),
                .volcano)
                == ["g-chief0", "g-worker0", "g-worker1"])
    }
}
