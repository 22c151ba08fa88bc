import ClusterModel
import SchedulingPolicy
import TestSupport
import Testing

/// Four pods of one CPU that run under a budget, and a more important gang of two that wants two places.
private struct Disruption {
    var compatibility = Compatibility.volcano
    var labels = ["app": "x"]
    var budgets = [PodDisruptionBudget(key: key("b"), selector: LabelSelector(matchLabels: ["app": "x"]))]

    static func key(_ name: String, namespace: String = testNamespace) -> ObjectKey {
        ObjectKey(namespace: namespace, name: name)
    }

    init(_ compatibility: Compatibility = .volcano, allowed: Int) {
        self.compatibility = compatibility
        budgets[0].disruptionsAllowed = allowed
    }

    var snapshot: ClusterSnapshot {
        let running = Pod.members(of: "low", 4).map { pod in
            pod.running(on: "n").with { $0.labels = labels }
        }
        var snapshot = ClusterSnapshot(
            nodes: [.of("n", 4_000)], pods: running + Pod.members(of: "high", 2),
            podGroups: [
                .gang("low", min: 0).with { $0.phase = .running },
                PodGroup.gang("high", min: 2).with {
                    $0.priorityClassName = "high"
                    $0.phase = .inqueue
                },
            ], priorityClasses: [PriorityClass(name: "high", value: 100)])
        snapshot.podDisruptionBudgets = budgets
        return snapshot
    }

    var configuration: SchedulerConfiguration {
        policy(
            compatibility, actions: "allocate, preempt", ["priority", "gang enablePreemptable=false", "pdb"],
            ["predicates"])
    }

    func evicted() throws -> Int {
        try schedule(configuration, snapshot, at: .at(12)).evicted.count
    }
}

@Suite("pdb keeps evictions within budgets") struct PDBPluginTests {
    @Test("a budget of none keeps everybody, one that is large enough nobody") func holds() throws {
        for compatibility in [Compatibility.volcano, .gangwright] {
            #expect(try Disruption(compatibility, allowed: 0).evicted() == 0)
            #expect(try Disruption(compatibility, allowed: -1).evicted() == 0)
            #expect(try Disruption(compatibility, allowed: 2).evicted() == 2)
        }
    }

    @Test("Volcano asks the budget anew for every pod that needs room, ours adds up") func addsUp() throws {
        #expect(try Disruption(.volcano, allowed: 1).evicted() == 2)
        // One would not do for the gang of two.
        #expect(try Disruption(.gangwright, allowed: 1).evicted() == 0)
    }

    @Test("pods without labels never leave in Volcano, and no budget means them in ours") func unlabelled()
        throws
    {
        var disruption = Disruption(.volcano, allowed: 0)
        disruption.labels = [:]
        #expect(try disruption.evicted() == 0)
        disruption.compatibility = .gangwright
        #expect(try disruption.evicted() == 2)
    }

    @Test("a budget means the pods of its namespace that its selector names") func selects() throws {
        var disruption = Disruption(.volcano, allowed: 0)
        disruption.labels = ["app": "y"]
        #expect(try disruption.evicted() == 2)
        disruption.budgets[0].selector = LabelSelector(
            matchExpressions: [LabelSelectorRequirement(key: "app", operator: .exists)])
        #expect(try disruption.evicted() == 0)
        disruption.budgets[0].key = Disruption.key("b", namespace: "elsewhere")
        #expect(try disruption.evicted() == 2)
    }

    @Test("no selector means no pod; one that asks for nothing means none in Volcano, all in ours")
    func empty() throws {
        var disruption = Disruption(.volcano, allowed: 0)
        disruption.budgets[0].selector = nil
        #expect(try disruption.evicted() == 2)
        disruption.budgets[0].selector = LabelSelector()
        #expect(try disruption.evicted() == 2)
        disruption.compatibility = .gangwright
        #expect(try disruption.evicted() == 0)
        disruption.labels = [:]
        #expect(try disruption.evicted() == 0)
    }

    @Test("a pod that the budget knows to be going costs nothing") func disrupted() throws {
        var disruption = Disruption(.gangwright, allowed: 0)
        disruption.budgets[0].disruptedPods = ["low-2", "low-3"]
        let result = try schedule(disruption.configuration, disruption.snapshot, at: .at(12))
        #expect(Set(result.evicted) == ["low-2", "low-3"])
    }

    @Test("every budget that means a pod counts") func several() throws {
        var disruption = Disruption(.volcano, allowed: 5)
        disruption.budgets.append(
            PodDisruptionBudget(key: Disruption.key("c"), selector: LabelSelector(matchLabels: ["app": "x"])))
        #expect(try disruption.evicted() == 0)
    }

    @Test("what was evicted before the budget was told counts in ours") func later() throws {
        func evictions(_ compatibility: Compatibility) throws -> [Int] {
            let disruption = Disruption(compatibility, allowed: 2)
            let session = try Session(
                snapshot: disruption.snapshot, configuration: disruption.configuration)
            let first = session.runCycle(now: .at(12)).evicted.count
            for pod in Pod.members(of: "more", 2) { try session.update(pod) }
            try session.update(
                PodGroup.gang("more", min: 2).with {
                    $0.priorityClassName = "high"
                    $0.phase = .inqueue
                })
            return [first, session.runCycle(now: .at(12, 0, 1)).evicted.count]
        }
        #expect(try evictions(.volcano) == [2, 2])
        #expect(try evictions(.gangwright) == [2, 0])
    }

    @Test("with shuffle Volcano evicts all that budgets let go; ours only what others name, within budgets")
    func shuffled() throws {
        func evicted(_ compatibility: Compatibility, _ plugins: [String], allowed: Int) throws -> [String] {
            var snapshot = Disruption(compatibility, allowed: allowed).snapshot
            snapshot.nodes[0].labels = ["volcano.sh/revocable-zone": "rz"]
            let configuration = policy(compatibility, actions: "shuffle", plugins, ["predicates"])
            return try schedule(configuration, snapshot, at: .at(12)).evicted
        }
        let zone = "tdm tdm.revocable-zone.rz=01:00-02:00"
        #expect(try evicted(.volcano, ["pdb"], allowed: 3).count == 3)
        #expect(try evicted(.gangwright, ["pdb"], allowed: 3) == [])
        #expect(try evicted(.gangwright, [zone], allowed: 0) == ["low-3"])
        #expect(try evicted(.gangwright, [zone, "pdb"], allowed: 0) == [])
        #expect(try evicted(.gangwright, [zone, "pdb"], allowed: 1) == ["low-3"])
    }
}
