import ClusterModel
import SchedulingPolicy
import TestSupport
import Testing

@Suite("Volcano 1.5 passes over nodes and ranks them in its own way") struct Nodes15Tests {
    private func bound(_ nodes: [Node], _ pods: [Pod], _ plugins: String...) throws -> Versions<
        [String: String]
    > {
        try Versions { version in
            try schedule(
                policy(
                    version, actions: "enqueue, allocate, backfill", ["gang"], ["predicates"] + plugins),
                nodes: nodes, pods: pods
            ).bound
        }
    }

    @Test("a node whose Ready condition is not True takes nothing") func unready() throws {
        for condition in [ConditionStatus.isFalse, .unknown] {
            let nodes = [Node.of("a").with { $0.ready = condition }, .of("b")]
            #expect(try bound(nodes, [single("p")]) == Versions(head: ["p": "a"], old: ["p": "b"]))
        }
    }

    @Test("a node on which more is bound than it has takes nothing, until something has left") func overfull()
        throws
    {
        let hog = Pod.waiting("hog", 2_000).running(on: "n")
        #expect(
            try bound([.of("n", 1_000)], [hog, single("p", [:])]) == Versions(head: ["p": "n"], old: [:]))
        let session = try Session(
            snapshot: ClusterSnapshot(nodes: [.of("n", 1_000)], pods: [hog, single("p", [:])]),
            configuration: policy(.volcano15, ["gang"], ["predicates"]))
        #expect(session.runCycle().bound == [:])
        session.removePod(hog.key)
        #expect(session.runCycle().bound == ["p": "n"])
    }

    @Test("preferred node affinity counts as it is written, and less") func rawAffinity() throws {
        let label = NodeSelectorTerm(matchExpressions: [
            NodeSelectorRequirement(key: "k", operator: .exists, values: [])
        ])
        let nodes: [Node] = [.of("full", labels: ["k": "v"]), .of("idle")]
        func pods(_ weight: Int64) -> [Pod] {
            let pod = single("p").with {
                $0.nodeAffinity.preferred = [PreferredSchedulingTerm(weight: weight, preference: label)]
            }
            return [Pod.waiting("x", 3_000).running(on: "full"), pod]
        }
        // Idle ranks 15 + 14 points higher.
        #expect(try bound(nodes, pods(1), "nodeorder") == Versions(head: ["p": "full"], old: ["p": "idle"]))
        #expect(try bound(nodes, pods(50), "nodeorder") == Versions(head: ["p": "full"], old: ["p": "full"]))
    }

    @Test("balanced use looks at no GPUs") func balance() throws {
        let pods = [
            Pod.waiting("x", asking: [.nvidiaGPU: 7]).running(on: "a"),
            single("p", [.cpu: 1_000, .memory: gibibyte, .nvidiaGPU: 1]),
        ]
        let nodes: [Node] = [.of("a", gpus: 8), .of("b", gpus: 8)]
        #expect(
            try bound(nodes, pods, "nodeorder leastrequested.weight=0")
                == Versions(head: ["p": "b"], old: ["p": "a"]))
    }

    @Test("taints weigh less by default") func arguments() throws {
        // One taint that is not tolerated: 3 × 100 points in later Volcano, 100 here; idle CPU weighs 120.
        let taint = Taint(key: "k", effect: .preferNoSchedule)
        let nodes: [Node] = [.of("idle", taints: [taint]), .of("used")]
        let pods = [Pod.waiting("x", 6_000).running(on: "used"), single("p")]
        #expect(
            try bound(nodes, pods, "nodeorder leastrequested.weight=4 balancedresource.weight=0")
                == Versions(head: ["p": "used"], old: ["p": "idle"]))
    }
}
