import ClusterModel
import SchedulingPolicy
import TestSupport
import Testing

/// The node that a pod is bound to, with the given parts of `nodeorder` on and all others off.
func winner(_ weights: [String: Int], _ nodes: [Node], running: [Pod] = [], of pod: Pod) throws -> String? {
    let names = [
        "leastrequested", "mostrequested", "balancedresource", "nodeaffinity", "tainttoleration",
        "imagelocality",
    ]
    let plugin = "nodeorder " + names.map { "\($0).weight=\(weights[$0] ?? 0)" }.joined(separator: " ")
    let result = try schedule(
        policy(.volcano, ["gang"], ["predicates", plugin]), nodes: nodes, pods: running + [pod])
    return result.bound[pod.key.name]
}

/// Two nodes of which the first is 90 % and the second 20 % empty once a pod of `p` is there, by CPU and memory alike.
private let emptyAndFull: (nodes: [Node], running: [Pod], pod: Pod) = (
    [.of("a", 10_000, memory: 10 * gibibyte), .of("b", 10_000, memory: 10 * gibibyte)],
    [Pod.waiting("x", asking: [.cpu: 7_000, .memory: 7 * gibibyte]).running(on: "b")],
    .waiting("p", asking: [.cpu: 1_000, .memory: gibibyte])
)

@Suite("nodeorder ranks by what is in use") struct ResourceScoreTests {
    @Test("least requested: the mean of what is left of CPU and memory") func leastRequested() throws {
        // z: CPU 60, memory 80, 70 on average. a: CPU 90, memory 40, 65 on average.
        let nodes: [Node] = [
            .of("a", 10_000, memory: 10 * gibibyte), .of("z", 10_000, memory: 10 * gibibyte),
        ]
        let running = [
            Pod.waiting("x", asking: [.cpu: 3_000, .memory: gibibyte]).running(on: "z"),
            Pod.waiting("y", asking: [.cpu: 0, .memory: 5 * gibibyte]).running(on: "a"),
        ]
        let pod = Pod.waiting("p", asking: [.cpu: 1_000, .memory: gibibyte])
        #expect(try winner(["leastrequested": 1], nodes, running: running, of: pod) == "z")
        #expect(try winner(["mostrequested": 1], nodes, running: running, of: pod) == "a")
    }

    @Test("parts are whole points: a difference below one is a tie") func wholePoints() throws {
        let nodes: [Node] = [.of("a", 10_000, memory: 0), .of("b", 10_000, memory: 0)]
        func winner(_ used: Int64) throws -> String? {
            let running = [
                Pod.waiting("x", asking: [.cpu: used], of: nil).running(on: "a").with {
                    $0.nonZeroRequests.memory = 0
                }
            ]
            let pod = Pod.waiting("p", asking: [.cpu: 1_000]).with { $0.nonZeroRequests.memory = 0 }
            return try SchedulingPolicyTests.winner(["leastrequested": 1], nodes, running: running, of: pod)
        }
        // b is left with 90 points in every case; a with 89.99 or 89, both 89 points.
        #expect(try winner(1) == "b")
        #expect(try winner(0) == "a")
        let tie: [Node] = [.of("a", 10_000, memory: 0), .of("b", 10_000, memory: 0)]
        let running = [1, 100].map { amount in
            Pod.waiting("x\(amount)", asking: [.cpu: amount]).running(on: amount == 1 ? "b" : "a").with {
                $0.nonZeroRequests.memory = 0
            }
        }
        #expect(
            try SchedulingPolicyTests.winner(["leastrequested": 1], tie, running: running, of: .waiting("p"))
                == "a")
    }

    @Test("a pod that asks for no CPU counts as 100 millicores, for no memory as 200 MB") func nonZero()
        throws
    {
        let nodes: [Node] = [.of("a", 1_000), .of("b", 1_000)]
        let silent = (0..<5).map { Pod.waiting("s\($0)", asking: [:]).running(on: "a") }
        let loud = Pod.waiting("l", asking: [.cpu: 400, .memory: 5 * 200 * 1024 * 1024]).running(on: "b")
        // a has 500 in use, b 400.
        let pod = Pod.waiting("p", asking: [.cpu: 100])
        #expect(try winner(["leastrequested": 1], nodes, running: silent + [loud], of: pod) == "b")
    }

    @Test("balanced: CPU and memory used alike") func balanced() throws {
        let nodes: [Node] = [
            .of("a", 10_000, memory: 10 * gibibyte), .of("b", 10_000, memory: 10 * gibibyte),
        ]
        let running = [Pod.waiting("x", asking: [.memory: 4 * gibibyte]).running(on: "b")]
        // a: 50 % and 10 %, 80 points. b: 50 % and 50 %, 100 points.
        let pod = Pod.waiting("p", asking: [.cpu: 5_000, .memory: gibibyte])
        #expect(try winner(["balancedresource": 1], nodes, running: running, of: pod) == "b")
    }

    @Test("balanced: GPUs count for pods that ask for them, and only for them") func balancedDevices() throws
    {
        func winner(gpus: Int64, _ even: String, _ uneven: String) throws -> String? {
            let nodes = [even, uneven].map { Node.of($0, 4_000, memory: 4 * gibibyte, gpus: 4) }
            let running = [
                // With the pod 50 %, 50 %, 100 %: deviation 0.236, 76 points; without the GPUs 100.
                Pod.waiting("x", asking: [.cpu: 1_000, .memory: gibibyte, .nvidiaGPU: 3]).running(on: uneven),
                // With the pod 25 %, 50 %, 75 %: deviation 0.204, 79 points; without the GPUs 87.
                Pod.waiting("y", asking: [.memory: gibibyte, .nvidiaGPU: 2]).running(on: even),
            ]
            var asked: ResourceList = [.cpu: 1_000, .memory: gibibyte]
            if gpus > 0 { asked[.nvidiaGPU] = gpus }
            return try SchedulingPolicyTests.winner(
                ["balancedresource": 1], nodes, running: running, of: .waiting("p", asking: asked))
        }
        #expect(try winner(gpus: 1, "z", "a") == "z")
        #expect(try winner(gpus: 0, "a", "z") == "z")
    }

    @Test("weights add up: least requested 1 against balanced 3") func weights() throws {
        let nodes: [Node] = [
            .of("a", 10_000, memory: 10 * gibibyte), .of("b", 10_000, memory: 10 * gibibyte),
        ]
        let running = [Pod.waiting("x", asking: [.memory: 4 * gibibyte]).running(on: "b")]
        let pod = Pod.waiting("p", asking: [.cpu: 5_000, .memory: gibibyte])
        // Least: a (50 + 90) / 2 = 70, b (50 + 50) / 2 = 50. Balanced: a 80, b 100.
        #expect(
            try winner(["leastrequested": 2, "balancedresource": 1], nodes, running: running, of: pod) == "a")
        #expect(
            try winner(["leastrequested": 1, "balancedresource": 3], nodes, running: running, of: pod) == "b")
        #expect(
            try winner(["leastrequested": 1, "balancedresource": 1], nodes, running: running, of: pod) == "a")
    }
}

@Suite("nodeorder ranks by what pods and nodes say of each other") struct PreferenceScoreTests {
    private func preferring(_ pod: Pod, _ preferences: [(Int64, String)]) -> Pod {
        pod.with { pod in
            pod.nodeAffinity.preferred = preferences.map { weight, value in
                let requirement = NodeSelectorRequirement(key: "k", operator: .isIn, values: [value])
                return PreferredSchedulingTerm(
                    weight: weight, preference: NodeSelectorTerm(matchExpressions: [requirement]))
            }
        }
    }

    private func labelled(_ nodes: [Node]) -> [Node] {
        nodes.map { node in node.with { $0.labels["k"] = $0.name } }
    }

    @Test("affinity is scaled, so that the best gets 100 however small its weight") func affinityIsScaled()
        throws
    {
        let (nodes, running, pod) = emptyAndFull
        // a is left with 90, b with 20 and 100 for its label.
        let picky = preferring(pod, [(1, "b")])
        let weights = ["leastrequested": 1, "nodeaffinity": 1]
        #expect(try winner(weights, labelled(nodes), running: running, of: picky) == "b")
        #expect(
            try winner(
                ["leastrequested": 2, "nodeaffinity": 1], labelled(nodes), running: running, of: picky) == "a"
        )
    }

    @Test("affinity is scaled over the nodes that can take the pod") func affinityCandidates() throws {
        let (nodes, running, pod) = emptyAndFull
        // c matches best and is full. Among all three b would have 50 and lose to a by 90 to 70.
        let picky = preferring(pod, [(50, "b"), (100, "c")])
        #expect(
            try winner(
                ["leastrequested": 1, "nodeaffinity": 1], labelled(nodes + [.of("c", 0)]), running: running,
                of: picky)
                == "b")
    }

    @Test("weights of matching terms add up") func affinitySum() throws {
        let nodes: [Node] = [.of("a", labels: ["k": "a"]), .of("b", labels: ["k": "b", "l": "x"])]
        var pod = preferring(.waiting("p"), [(50, "a"), (30, "b")])
        #expect(try winner(["nodeaffinity": 1], nodes, of: pod) == "a")
        let requirement = NodeSelectorRequirement(key: "l", operator: .exists)
        pod.nodeAffinity.preferred.append(
            PreferredSchedulingTerm(weight: 21, preference: NodeSelectorTerm(matchExpressions: [requirement]))
        )
        #expect(try winner(["nodeaffinity": 1], nodes, of: pod) == "b")
    }

    @Test("a preferred term that says nothing counts for nothing") func emptyPreference() throws {
        let (nodes, running, pod) = emptyAndFull
        var picky = preferring(pod, [(50, "b")])
        picky.nodeAffinity.preferred.append(
            PreferredSchedulingTerm(weight: 50, preference: NodeSelectorTerm()))
        // a 90 and 0, b 20 and 100. Were the empty term to match all nodes, a would have 90 and 50.
        let found = try winner(
            ["leastrequested": 1, "nodeaffinity": 1], labelled(nodes), running: running, of: picky)
        #expect(found == "b")
    }

    @Test("fewer PreferNoSchedule taints that are not tolerated are better, scaled") func taints() throws {
        let (nodes, running, pod) = emptyAndFull
        func taint(_ key: String, _ effect: Taint.Effect = .preferNoSchedule) -> Taint {
            Taint(key: key, effect: effect)
        }
        func winner(_ a: [Taint], _ b: [Taint], tolerations: [Toleration] = [], weight: Int = 2) throws
            -> String?
        {
            try SchedulingPolicyTests.winner(
                ["leastrequested": 1, "tainttoleration": weight],
                [nodes[0].with { $0.taints = a }, nodes[1].with { $0.taints = b }], running: running,
                of: pod.with { $0.tolerations = tolerations })
        }
        // Two against one: 0 and 50 points, times 2; least requested gives 90 and 20.
        #expect(try winner([taint("x"), taint("y")], [taint("x")]) == "b")
        #expect(try winner([taint("x"), taint("y")], [taint("x")], weight: 1) == "a")
        #expect(try winner([taint("x")], [taint("x")]) == "a")
        #expect(try winner([taint("x")], []) == "b")
        #expect(try winner([taint("x")], [], tolerations: [Toleration(key: "x")]) == "a")
        // What repels is a matter of filters, not of scores.
        let all = [Toleration(operator: .exists, effect: .noSchedule)]
        #expect(try winner([taint("x", .noSchedule)], [], tolerations: all) == "a")
        #expect(try winner([taint("x")], [], tolerations: all) == "b")
    }

    @Test("by default taints weigh 3, affinity 2, the others 1") func defaults() throws {
        let nodes = [Node.of("a"), Node.of("b", taints: [Taint(key: "x", effect: .preferNoSchedule)])]
        let pod = preferring(.waiting("p"), [(1, "b")])
        func winner(_ plugin: String) throws -> String? {
            try schedule(
                policy(.volcano, ["gang"], ["predicates", plugin]), nodes: labelled(nodes), pods: [pod]
            )
            .bound["p"]
        }
        #expect(try winner("nodeorder") == "a")
        #expect(try winner("nodeorder nodeaffinity.weight=4") == "b")
        #expect(try winner("nodeorder tainttoleration.weight=1") == "b")
        #expect(try winner("nodeorder enableNodeOrder=false") == "a")
    }

    @Test("images on the node count by size and spread, from 23 MB to 1,000 MB a container") func images()
        throws
    {
        let (nodes, running, pod) = emptyAndFull
        func winner(_ megabytes: Int64, others: Int = 0, weight: Int = 1, image: String = "train") throws
            -> String?
        {
            let held = ContainerImage(names: ["train:latest"], sizeBytes: megabytes << 20)
            let all =
                [nodes[0], nodes[1].with { $0.images = [held] }] + (0..<others).map { .of("z\($0)", 0) }
            return try SchedulingPolicyTests.winner(
                ["leastrequested": 1, "imagelocality": weight], all, running: running,
                of: pod.with { $0.images = [image] })
        }
        // On one of two nodes 800 MB count as 400: (400 - 23) × 100 / 977 = 38. a has 90, b 20 + 2 × 38.
        #expect(try winner(800, weight: 2) == "b")
        // 700 MB: 33, and 86 do not do.
        #expect(try winner(700, weight: 2) == "a")
        #expect(try winner(46, weight: 1_000) == "a")
        #expect(try winner(800, weight: 2, image: "train:latest") == "b")
        #expect(try winner(800, weight: 2, image: "train:v2") == "a")
        #expect(try winner(800, weight: 2, image: "other") == "a")
    }

    @Test("the end of the scale is reached after spreading, not before") func largeImages() throws {
        let (nodes, running, pod) = emptyAndFull
        func winner(_ megabytes: Int64, others: Int) throws -> String? {
            let held = ContainerImage(names: ["train:latest"], sizeBytes: megabytes << 20)
            let all =
                [nodes[0], nodes[1].with { $0.images = [held] }] + (0..<others).map { .of("z\($0)", 0) }
            return try SchedulingPolicyTests.winner(
                ["leastrequested": 1, "imagelocality": 1], all, running: running,
                of: pod.with { $0.images = ["train"] })
        }
        // 1,600 MB on one of two nodes count as 800: 79, and 99 beat 90. 4,000 MB on one of four count as 1,000: 100.
        let found = [try winner(1_600, others: 0), try winner(4_000, others: 2)]
        #expect(found == ["b", "b"])
    }
}
