import ClusterModel
import SchedulingPolicy
import TestSupport
import Testing

/// Gangs of one pod each, with their minima, under quotas.
private func admitted(
    _ gangs: [PodGroup], _ quotas: [ResourceQuota], under compatibility: Compatibility = .volcano
) throws -> CycleResult {
    var snapshot = ClusterSnapshot(
        nodes: [.of("n", 100_000)], pods: gangs.map { Pod.waiting("\($0.key.name)-0", of: $0.key.name) },
        podGroups: gangs)
    snapshot.resourceQuotas = quotas
    return try schedule(
        policy(compatibility, actions: "enqueue, allocate", ["gang", "resourcequota"], ["predicates"]),
        snapshot, at: nil)
}

private func quota(
    _ limits: ResourceList, name: String = "q", used: ResourceList = [:], namespace: String = testNamespace
) -> ResourceQuota {
    ResourceQuota(
        key: ObjectKey(namespace: namespace, name: name), hard: limits, enforcedHard: limits, used: used)
}

private func gang(_ name: String, _ minimum: ResourceList?, _ quotaWords: ResourceList = [:]) -> PodGroup {
    PodGroup.gang(name, min: 1, minResources: minimum).with { $0.minQuotaResources = quotaWords }
}

@Suite("resourcequota admits gangs while their minimum fits the quotas of their namespace")
struct ResourceQuotaPluginTests {
    @Test("what is used, what this cycle has admitted and the minimum have to fit") func adds() throws {
        let gangs = ["a", "b"].map { gang($0, [.cpu: 4_000]) }
        func phases(_ used: Int64) throws -> [PodGroup.Phase?] {
            let result = try admitted(gangs, [quota([.cpu: 10_000], used: [.cpu: used])])
            return ["a", "b"].map { result.phases[$0] }
        }
        #expect(try phases(2_000) == [.inqueue, .inqueue])
        #expect(try phases(2_001) == [.inqueue, .pending])
        #expect(try phases(6_000) == [.inqueue, .pending])
        #expect(try phases(6_001) == [.pending, .pending])
    }

    @Test("the sentence names what is short") func message() throws {
        let limits: ResourceList = [.cpu: 10_000, .memory: gibibyte]
        let result = try admitted(
            [gang("a", [.cpu: 4_500, .memory: gibibyte])], [quota(limits, used: [.cpu: 6_000])])
        #expect(result.reasons["a-0"] == .notEnqueued)
        #expect(
            result.messages["a-0"]
                == "not admitted: resource quota insufficient, requested: cpu=4500m, used: cpu=6, limited: cpu=10"
        )
    }

    @Test("only what both name counts, and only quotas of the namespace") func dimensions() throws {
        let asking = gang("a", [.cpu: 4_000])
        #expect(try admitted([asking], [quota([.memory: 0])]).phases["a"] == .inqueue)
        #expect(try admitted([asking], [quota([.cpu: 0], namespace: "other")]).phases["a"] == .inqueue)
        #expect(
            try admitted([asking], [quota([.cpu: 9_000], name: "p"), quota([.cpu: 0])]).phases["a"]
                == .pending)
        #expect(try admitted([gang("a", nil)], [quota([.cpu: 0])]).phases["a"] == .inqueue)
    }

    @Test("words of quotas in the minimum are compared as they are") func words() throws {
        let asking = gang("a", [:], ["count/pods": 3, "limits.cpu": 2_000])
        #expect(try admitted([asking], [quota(["count/pods": 2])]).phases["a"] == .pending)
        #expect(try admitted([asking], [quota(["limits.cpu": 1_999])]).phases["a"] == .pending)
        #expect(
            try admitted([asking], [quota(["limits.cpu": 2_000, "count/pods": 3])]).phases["a"] == .inqueue)
    }

    @Test("`requests.cpu` is `cpu` in ours, and another word in Volcano") func synonyms() throws {
        let asking = gang("a", [.cpu: 4_000])
        let limits = [quota(["requests.cpu": 3_000])]
        #expect(try admitted([asking], limits, under: .volcano).phases["a"] == .inqueue)
        #expect(try admitted([asking], limits, under: .gangwright).reasons["a-0"] == .notEnqueued)
    }

    @Test("Volcano counts quotas of certain scopes for everybody, ours leaves them to the API server")
    func scopes() throws {
        let limits = [quota([.cpu: 0])].map { quota in
            var quota = quota
            quota.isScoped = true
            return quota
        }
        #expect(
            try admitted([gang("a", [.cpu: 1_000])], limits, under: .volcano).reasons["a-0"] == .notEnqueued)
        #expect(try admitted([gang("a", [.cpu: 1_000])], limits, under: .gangwright).bound == ["a-0": "n"])
    }

    @Test("a quota that nobody has accounted for yet limits nothing in Volcano, what it says in ours")
    func unaccounted() throws {
        var limit = quota([:])
        limit.hard = [.cpu: 500]
        #expect(try admitted([gang("a", [.cpu: 1_000])], [limit], under: .volcano).phases["a"] == .inqueue)
        #expect(
            try admitted([gang("a", [.cpu: 1_000])], [limit], under: .gangwright).reasons["a-0"]
                == .notEnqueued)
    }

    @Test("amounts beyond 63 bits are too much") func overflow() throws {
        let limits = [quota([.cpu: .max], used: [.cpu: .max])]
        #expect(try admitted([gang("a", [.cpu: 0])], limits).phases["a"] == .inqueue)
        let most = [quota([.cpu: .max - 1], used: [.cpu: .max - 1])]
        #expect(try admitted([gang("a", [.cpu: 4_000])], most).phases["a"] == .pending)
    }
}
