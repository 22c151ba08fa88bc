import ClusterModel
import TestSupport
import Testing

@testable import SchedulingPolicy

/// Pods of one CPU in parts of two by the label `part`.
private func parts(_ count: Int, of gang: String = "g") -> [Pod] {
    Pod.members(of: gang, 2 * count).enumerated().map { number, pod in
        pod.with { $0.labels = ["part": "\(number / 2)"] }
    }
}

/// A rule for parts of two.
private func rule(_ wish: NetworkTopology? = nil, min: Int = 2) -> SubGroupPolicy {
    SubGroupPolicy(
        name: "parts", networkTopology: wish, subGroupSize: 2, minSubGroups: min, matchLabelKeys: ["part"])
}

@Suite("The pods of a gang form parts, each of which runs as a whole") struct SubGroupTests {
    private static func fabric(
        used: [String: Int], _ wish: NetworkTopology?, _ policy: SubGroupPolicy, count: Int = 2, min: Int = 4
    ) -> Fabric {
        var fabric = Fabric(used: used)
        fabric.gangs.append(
            .gang("g", min: min).with {
                $0.networkTopology = wish
                $0.subGroupPolicies = [policy]
            })
        fabric.pods += parts(count)
        return fabric
    }

    @Test("each part within a rack, all of them within a spine") func nested() throws {
        // Left: r1 2, r2 2, r3 3, r4 1: s2 has room for four, and not for two times two.
        let fabric = Self.fabric(
            used: ["n1": 2, "n3": 2, "n5": 1, "n7": 2, "n8": 1], .hard(2), rule(.hard(1)))
        let result = try fabric.run()
        #expect(result.bound == ["g-0": "n2", "g-1": "n2", "g-2": "n4", "g-3": "n4"])
        #expect(result.hyperNodes == ["g": "s1"])
    }

    @Test("parts alone may be anywhere, if the gang wishes for nothing") func apart() throws {
        let fabric = Self.fabric(
            used: ["n1": 2, "n3": 2, "n4": 2, "n5": 2, "n6": 2, "n8": 2], nil, rule(.hard(1)))
        #expect(try fabric.run().bound == ["g-0": "n2", "g-1": "n2", "g-2": "n7", "g-3": "n7"])
    }

    @Test("a part without a wish of its own goes where its gang goes") func withoutWish() throws {
        let fabric = Self.fabric(used: ["n1": 1], .hard(1), rule())
        #expect(Set(try fabric.run().bound.values) == ["n3", "n4"])
    }

    @Test("without enough parts that are complete nothing starts") func together() throws {
        var fabric = Self.fabric(
            used: ["n1": 2, "n2": 1, "n3": 2, "n4": 1, "n5": 2, "n6": 1, "n7": 2], .hard(3), rule(.hard(1)))
        let result = try fabric.run()
        #expect(result.bound == [:])
        #expect(Set(result.reasons.values).isSubset(of: [.gangNotReady, .unschedulable]))
        fabric.gangs[0].minMember = 2
        fabric.gangs[0].subGroupPolicies = [rule(.hard(1), min: 1)]
        #expect(try fabric.run().bound == ["g-0": "n8", "g-1": "n8"])
    }

    @Test("more parts than must run are placed whole or not at all") func elastic() throws {
        // Three parts, room for five pods in all: two parts run, and of the third nobody.
        var used = ["n1": 2, "n2": 1]
        for node in 5...8 { used["n\(node)"] = 2 }
        let fabric = Self.fabric(used: used, nil, rule(min: 1), count: 3, min: 2)
        #expect(Set(try fabric.run().bound.keys) == ["g-0", "g-1", "g-2", "g-3"])
    }

    @Test("too few parts are not tried") func tooFew() throws {
        let fabric = Self.fabric(used: [:], nil, rule(min: 3), min: 2)
        let result = try fabric.run()
        #expect(result.bound == [:])
        #expect(result.reasons["g-0"] == .notEnoughPodsOfTask)
        #expect(result.messages["g-0"] == "needs 3 sub-groups of policy parts and has 2")
    }

    @Test("parts go in the order of their numbers, unless priority says otherwise") func order() throws {
        var fabric = Self.fabric(used: [:], nil, rule(min: 1), count: 3, min: 2)
        for index in fabric.pods.indices { fabric.pods[index].labels["part"] = "\(11 - index / 2)" }
        #expect(try fabric.run().order == ["g-4", "g-5", "g-2", "g-3", "g-0", "g-1"])
        fabric.pods[3].priority = 7
        #expect(try fabric.run().order.prefix(2) == ["g-3", "g-2"])
    }

    @Test("the first rule that means a pod holds; a pod that lacks a label is not meant") func rules() throws
    {
        var fabric = Fabric()
        fabric.gangs.append(
            .gang("g", min: 2).with {
                $0.subGroupPolicies = [
                    SubGroupPolicy(
                        name: "a", labelSelector: LabelSelector(matchLabels: ["kind": "a"]),
                        matchLabelKeys: ["part"]),
                    SubGroupPolicy(name: "rest", matchLabelKeys: ["kind"]),
                ]
            })
        fabric.pods = Pod.members(of: "g", 5)
        let labels = [
            ["kind": "a", "part": "1"], ["kind": "a"], ["kind": "b", "part": "1"], [:], ["kind": ""],
        ]
        for (index, labels) in labels.enumerated() { fabric.pods[index].labels = labels }
        let session = try Session(snapshot: fabric.snapshot, configuration: byDomain)
        let gang = try #require(session.jobs.lazy.compactMap(\.topology).first)
        let found = gang.subGroups.map {
            "\($0.policy.map { "\($0)" } ?? "-") \($0.values) \($0.tasks.count)"
        }
        #expect(found == ["0 [\"1\"] 1", "1 [\"a\"] 1", "1 [\"b\"] 1", "- [] 2"])
    }

    @Test("pods that came before their gang form the same parts") func early() throws {
        let fabric = Self.fabric(
            used: ["n1": 2, "n3": 2, "n5": 1, "n7": 2, "n8": 1], .hard(2), rule(.hard(1)))
        var withoutGang = fabric.snapshot
        withoutGang.podGroups = []
        let session = try Session(snapshot: withoutGang, configuration: byDomain)
        #expect(session.runCycle().bound == [:])
        try session.update(fabric.gangs[0])
        #expect(session.runCycle().bound == (try fabric.run().bound))
        for pod in fabric.pods where pod.podGroup != nil { session.removePod(pod.key) }
        session.removePodGroup(fabric.gangs[0].key)
        #expect(session.jobs.allSatisfy { $0.topology == nil })
    }

    @Test("pods that are known form parts as soon as their gang says how, those that have ended too")
    func lateRules() throws {
        let fabric = Self.fabric(
            used: ["n1": 2, "n3": 2, "n5": 1, "n7": 2, "n8": 1], .hard(2), rule(.hard(1)))
        for isDone in [false, true] {
            var snapshot = fabric.snapshot
            if isDone, let index = snapshot.pods.firstIndex(where: { $0.key.name == "g-1" }) {
                snapshot.pods[index].nodeName = "n2"
                snapshot.pods[index].phase = .succeeded
            }
            let expected = try Session(snapshot: snapshot, configuration: byDomain).runCycle()
            #expect(!expected.binds.isEmpty)
            // The gang is there before its pods, and has no rules yet; too many are needed for it to start.
            snapshot.podGroups[0].subGroupPolicies = []
            snapshot.podGroups[0].networkTopology = nil
            snapshot.podGroups[0].minMember = 5
            let session = try Session(snapshot: snapshot, configuration: byDomain)
            #expect(session.runCycle().binds.isEmpty)
            try session.update(fabric.gangs[0])
            let result = session.runCycle()
            #expect(result.bound == expected.bound)
            #expect(session.jobs.lazy.compactMap(\.topology).first?.subGroups.map(\.tasks.count) == [2, 2])
            #expect(session.audit() == [])
        }
    }
}
