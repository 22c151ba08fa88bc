import ClusterModel
import TestSupport
import Testing

@testable import SchedulingPolicy

@Suite("A share, a constraint or a minimum that would let a job run") struct PolicyRemedyTests {
    // MARK: Queues

    /// A gang in a queue of its own beside one that wants the whole cluster.
    private func shared(_ change: (inout ClusterSnapshot) -> Void = { _ in }) -> ClusterSnapshot {
        ClusterSnapshot(
            nodes: [.of("n", 8_000)], pods: Pod.members(of: "g", 5) + Pod.members(of: "other", 8),
            podGroups: [
                .gang("g", min: 5, queue: "q"),
                .gang("other", min: 8, queue: "r").with { $0.created = .second(1) },
            ],
            queues: [Queue(name: "q"), Queue(name: "r")]
        ).with(change)
    }

    @Test("a greater weight, the smallest that does") func weight() throws {
        let weights = policy(.gangwright, ["gang"], ["predicates", "proportion"])
        let snapshot = shared {
            $0.pods.append(Pod.waiting("old", of: "old").running(on: "n"))
            $0.podGroups.append(.gang("old", min: 1, queue: "q"))
        }
        let found = try explain("g", weights, snapshot)
        // 6 of 8 CPUs: three parts of four are enough, two of three are not.
        #expect(found.kinds.contains(.queueWeight(queue: "q", from: 1, to: 3)))
        #expect(found.kinds.contains(.minMember(from: 5, to: 3)))
    }

    @Test("a higher capability: of the queue, or of one above it") func capability() throws {
        let limits = policy(.gangwright, ["gang"], ["predicates", "capacity"])
        let flat = shared { $0.queues[0].capability = [.cpu: 3_000] }
        #expect(
            try explain("g", limits, flat).kinds.contains(
                .queueAmounts(queue: "q", field: .capability, by: [.cpu: 2_000])))

        let tree = policy(.gangwright, ["gang"], ["predicates", "capacity enableHierarchy=true"])
        let deep = shared {
            $0.queues[0].parent = "team"
            $0.queues.append(Queue(name: "team", capability: [.cpu: 4_000]))
        }
        #expect(
            try explain("g", tree, deep).kinds.contains(
                .queueAmounts(queue: "team", field: .capability, by: [.cpu: 1_000])))
    }

    @Test("what others of the queue hold") func others() throws {
        let limits = policy(.gangwright, ["gang"], ["predicates", "capacity"])
        let snapshot = ClusterSnapshot(
            nodes: [.of("n")],
            pods: Pod.members(of: "g", 2) + [Pod.waiting("x-0", 3_000, of: "x").running(on: "n")],
            podGroups: [
                .gang("g", min: 2, queue: "q"),
                .gang("x", min: 1, queue: "q").with { $0.phase = .running },
            ], queues: [Queue(name: "q", capability: [.cpu: 4_000])])
        let end = Remedy.Kind.endings([.init(key: jobKey("x"), isGang: true, isRunning: true)])
        #expect(try explain("g", limits, snapshot).kinds.contains(end))
    }

    @Test("what the queue deserves, where others give back what they hold of it") func deserved() throws {
        let reclaiming = policy(
            .gangwright, actions: "allocate, reclaim", ["gang"], ["predicates", "capacity"])
        let snapshot = ClusterSnapshot(
            nodes: [.of("n", 4_000)],
            pods: Pod.members(of: "g", 2) + Pod.members(of: "x", 4).map { $0.running(on: "n") },
            podGroups: [
                .gang("g", min: 2, queue: "q"),
                .gang("x", min: 1, queue: "r").with { $0.phase = .running },
            ], queues: [Queue(name: "q"), Queue(name: "r", deserved: [.cpu: 1_000])])
        let found = try explain("g", reclaiming, snapshot)
        let raised = Remedy.Kind.queueAmounts(queue: "q", field: .deserved, by: [.cpu: 2_000])
        #expect(found.remedies.first { $0.kind == raised }?.evictions == 2)
    }

    @Test("an open queue, or one that exists") func queueState() throws {
        let weights = policy(.gangwright, ["gang"], ["predicates", "proportion"])
        let closed = shared {
            $0.podGroups.removeLast()
            $0.pods.removeLast(8)
            $0.queues[0].state = .closed
        }
        #expect(try explain("g", weights, closed).kinds == [.queueOpen(queue: "q", exists: true)])
        let missing = closed.with { $0.queues = [] }
        #expect(try explain("g", weights, missing).kinds == [.queueOpen(queue: "q", exists: false)])
    }

    @Test("a quota with room for it; and for others that come first") func quota() throws {
        let quotas = policy(
            .gangwright, actions: "enqueue, allocate", ["gang"], ["resourcequota", "predicates"])
        func gang(_ name: String, at second: Int64) -> PodGroup {
            .gang(name, min: 2, minResources: [.cpu: 2_000]).with { $0.created = .second(second) }
        }
        var snapshot = ClusterSnapshot(
            nodes: [.of("n")], pods: Pod.members(of: "g", 2), podGroups: [gang("g", at: 2)])
        snapshot.resourceQuotas = [
            ResourceQuota(key: jobKey("quota"), hard: [.cpu: 3_000], used: [.cpu: 1_500])
        ]
        let alone = try explain("g", quotas, snapshot)
        #expect(alone.kinds == [.quota(jobKey("quota"), by: [.cpu: 500])])
        snapshot.podGroups.append(gang("first", at: 1))
        snapshot.pods += Pod.members(of: "first", 2)
        #expect(try explain("g", quotas, snapshot).kinds == [.quota(jobKey("quota"), by: [.cpu: 2_500])])
    }

    @Test("a gang that has no pods yet is admitted") func admission() throws {
        let admitting = policy(
            .gangwright, actions: "enqueue, allocate", ["gang"], ["overcommit", "predicates"])
        let snapshot = ClusterSnapshot(
            nodes: [.of("n", 10_000, labels: ["agentpool": "p"])],
            podGroups: [.gang("g", min: 2, minResources: [.cpu: 30_000])])
        let found = try explain("g", admitting, snapshot)
        guard case .nodes(let count, _, _)? = found.kinds.first else {
            Issue.record("\(found.kinds)")
            return
        }
        // 1.2 times the cluster must hold 30 CPUs.
        #expect(count == 2)
    }

    // MARK: Constraints

    private func alone(_ pod: Pod, _ nodes: [Node], others: [Pod] = []) throws -> [Remedy.Kind] {
        try explain(
            pod.key.name, plain(.gangwright), ClusterSnapshot(nodes: nodes, pods: [pod] + others)
        ).kinds
    }

    @Test("one label of the selector, and only the one that does") func selector() throws {
        let node = Node.of("n", labels: ["a": "1", "b": "2"])
        let pod = Pod.waiting("p").with { $0.nodeSelector = ["a": "1", "b": "3"] }
        #expect(try alone(pod, [node]) == [.constraint(.nodeSelector(key: "b", value: "3"))])
        let both = pod.with { $0.nodeSelector = ["a": "2", "b": "3"] }
        #expect(try alone(both, [node]) == [])
    }

    @Test("required node affinity, a taint, a cordon, a node that is not ready") func nodes() throws {
        let requirement = NodeSelectorRequirement(key: "x", operator: .exists)
        let affinity = Pod.waiting("p").with {
            $0.nodeAffinity.required = [NodeSelectorTerm(matchExpressions: [requirement])]
        }
        #expect(try alone(affinity, [.of("n")]) == [.constraint(.nodeAffinity)])
        let taint = Taint(key: "k", value: "v", effect: .noSchedule)
        let other = Taint(key: "other", effect: .noExecute)
        let tainted = [Node.of("m", taints: [taint, other]), .of("n", taints: [taint])]
        #expect(try alone(.waiting("p"), tainted) == [.constraint(.toleration(taint))])
        let out = [
            Node.of("a").with { $0.isUnschedulable = true }, .of("b").with { $0.ready = .unknown },
            .of("c", 500).with { $0.isUnschedulable = true },
        ]
        let found = try alone(.waiting("p"), out)
        #expect(found.contains(.constraint(.uncordon(node: "a"))))
        #expect(found.contains(.constraint(.ready(node: "b"))))
        #expect(!found.contains(.constraint(.uncordon(node: "c"))))
    }

    @Test("company that is sought or avoided, ports, volumes") func neighbours() throws {
        let nodes = [Node.of("a", labels: ["zone": "x"]), .of("b", labels: ["zone": "y"])]
        #expect(
            try alone(Pod.waiting("p").near(["app": "x"]), nodes)
                == [.constraint(.podAffinity(topologyKey: "zone"))])
        let there = ["a", "b"].map { Pod.waiting("on-\($0)").labelled(["app": "x"]).running(on: $0) }
        #expect(
            try alone(Pod.waiting("p").apart(from: ["app": "x"]), nodes, others: there)
                .contains(.constraint(.podAntiAffinity(topologyKey: "zone"))))
        let ports = there.map { pod in pod.with { $0.hostPorts = [HostPort(80)] } }
        #expect(
            try alone(Pod.waiting("p").with { $0.hostPorts = [HostPort(80)] }, nodes, others: ports)
                .contains(.constraint(.hostPorts)))
        let claim = Pod.waiting("p").constrained { $0.volumes = [.claim(name: "gone", isReadOnly: false)] }
        #expect(try alone(claim, nodes) == [.constraint(.volumes)])
    }

    @Test("the smallest skew that would do") func skew() throws {
        let nodes = [Node.of("a", labels: ["zone": "x"]), .of("b", 100, labels: ["zone": "y"])]
        let there = (0..<3).map { Pod.waiting("on-\($0)").labelled(["app": "x"]).running(on: "a") }
        let pod = Pod.waiting("p").labelled(["app": "x"]).spread(["app": "x"])
        #expect(
            try alone(pod, nodes, others: there)
                .contains(.constraint(.maxSkew(topologyKey: "zone", from: 1, to: 4))))
    }

    @Test("gates that are lifted") func gates() throws {
        let pod = Pod.waiting("p").with { $0.schedulingGates = ["b", "a"] }
        #expect(try alone(pod, [.of("n")]) == [.gates(["a", "b"])])
        // Where there is no room, lifting them is not enough.
        #expect(try alone(pod, [.of("n", 10)]) == [])
    }

    // MARK: The minimum

    @Test("the largest minimum with which it would run, its largest role with it") func minimum() throws {
        var snapshot = ClusterSnapshot(
            nodes: [.of("n", 5_000, slots: nil)],
            pods: Pod.members(of: "g", 1, role: "master") + Pod.members(of: "g", 7, role: "worker"),
            podGroups: [.gang("g", min: 8, roles: [("master", 1), ("worker", 7)])])
        let found = try explain("g", plain(.gangwright), snapshot)
        let lower = try #require(found.remedies.first { $0.kind == .minMember(from: 8, to: 5) })
        guard case .podGroup(let changed)? = lower.changes.first else { return }
        #expect(changed.minTaskMember.map(\.minimum) == [1, 4])
        snapshot.pods.removeLast(4)
        let few = try explain("g", plain(.gangwright), snapshot)
        #expect(few.holds == [.gangMinimum(.init(lack: .pods, needed: 7, found: 3, role: "worker"))])
        #expect(few.kinds == [.minMember(from: 8, to: 4)])
    }

    @Test("what admission reserves shrinks with the minimum") func reserved() throws {
        let admitting = policy(
            .gangwright, actions: "enqueue, allocate", ["gang"], ["overcommit", "predicates"])
        let snapshot = ClusterSnapshot(
            nodes: [.of("n", 5_000)], pods: Pod.members(of: "g", 8),
            podGroups: [.gang("g", min: 8, minResources: [.cpu: 8_000])])
        let found = try explain("g", admitting, snapshot)
        let lower = try #require(found.remedies.first { $0.kind == .minMember(from: 8, to: 5) })
        guard case .podGroup(let changed)? = lower.changes.first else { return }
        #expect(changed.minResources == [.cpu: 5_000])
    }
}
