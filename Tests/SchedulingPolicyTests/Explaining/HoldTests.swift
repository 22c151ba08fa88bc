import ClusterModel
import TestSupport
import Testing

@testable import SchedulingPolicy

@Suite("What holds a job has a word and figures") struct HoldTests {
    private func holds(
        _ snapshot: ClusterSnapshot, _ name: String = "g",
        _ configuration: SchedulerConfiguration = plain(.gangwright), now: Timestamp? = nil
    ) throws -> [Hold] {
        try explain(name, configuration, snapshot, trials: 0, now: now).holds
    }

    private func cluster(
        _ nodes: [Node], _ pods: [Pod], min: Int = 1, queue: String = "default", queues: [Queue] = [],
        minResources: ResourceList? = nil
    ) -> ClusterSnapshot {
        ClusterSnapshot(
            nodes: nodes, pods: pods,
            podGroups: [.gang("g", min: min, queue: queue, minResources: minResources)], queues: queues)
    }

    @Test("a resource: on how many nodes, and by how much, once the pods that have room have taken it")
    func resource() throws {
        let nodes = [Node.of("a", gpus: 8), .of("b", gpus: 8), .of("c", gpus: 2), .of("d")]
        let pods = Pod.members(of: "g", 3, asking: [.nvidiaGPU: 8])
        let gpus = ResourceHold(
            resource: .nvidiaGPU, asked: 8, nodesWithEnough: 0, nodesShort: 4, leastMissing: 6, mostMissing: 8
        )
        #expect(
            try holds(cluster(nodes, pods, min: 3))
                == [
                    .resource(gpus), .gangMinimum(.init(lack: .room, needed: 3, found: 2, role: nil)),
                ])
    }

    @Test("each constraint, by the nodes that it rules out, most first") func constraints() throws {
        let taint = Taint(key: "dedicated", value: "x", effect: .noSchedule)
        let nodes = [
            Node.of("a", labels: ["pool": "a"]), .of("b", labels: ["pool": "a"]),
            .of("c", labels: ["pool": "b"], taints: [taint]), .of("d").with { $0.isUnschedulable = true },
            .of("e").with { $0.ready = .isFalse },
        ]
        let pod = Pod.waiting("p").with { $0.nodeSelector = ["pool": "b"] }
        let found = try holds(ClusterSnapshot(nodes: nodes, pods: [pod]), "p")
        let words = found.map { hold in
            if case .constraint(let hold) = hold {
                "\(hold.constraint.rawValue) \(hold.nodes)"
            } else {
                "other"
            }
        }
        #expect(words == ["nodeAffinity 2", "taint 1", "nodeReady 1", "cordon 1"])
    }

    @Test("pods that are there: company, spread, ports") func neighbours() throws {
        func word(_ pod: Pod, _ others: [Pod] = []) throws -> ConstraintHold.Constraint? {
            let nodes = [Node.of("a", labels: ["zone": "x"]), .of("b", labels: ["zone": "y"])]
            let found = try holds(ClusterSnapshot(nodes: nodes, pods: [pod] + others), pod.key.name).first
            if case .constraint(let hold) = found { return hold.constraint }
            return nil
        }
        let there = ["a", "b"].map { Pod.waiting("on-\($0)").labelled(["app": "x"]).running(on: $0) }
        #expect(try word(Pod.waiting("p").near(["app": "x"])) == .podAffinity)
        #expect(try word(Pod.waiting("p").apart(from: ["app": "x"]), there) == .podAntiAffinity)
        let port = HostPort(80)
        let ports = there.map { pod in pod.with { $0.hostPorts = [port] } }
        #expect(try word(Pod.waiting("p").with { $0.hostPorts = [port] }, ports) == .hostPorts)
        let spread = Pod.waiting("p").labelled(["app": "x"]).spread(["app": "x"], over: "rack")
        #expect(try word(spread) == .topologySpread)
        let claim = Pod.waiting("p").constrained { $0.volumes = [.claim(name: "gone", isReadOnly: false)] }
        #expect(try word(claim) == .volumes)
    }

    @Test("the queue's share: which resource, and by how much") func share() throws {
        let other = Pod.members(of: "other", 8, asking: [.cpu: 1_000])
        let weights = policy(.gangwright, ["gang"], ["predicates", "proportion"])
        var snapshot = cluster([.of("n", 8_000)], Pod.members(of: "g", 5), min: 5, queue: "q")
        // A queue that holds nothing may take one gang that is larger than its share.
        snapshot.pods += other + [Pod.waiting("old", of: "old").running(on: "n")]
        snapshot.podGroups += [.gang("other", min: 8, queue: "r"), .gang("old", min: 1, queue: "q")]
        snapshot.queues = [Queue(name: "q"), Queue(name: "r")]
        let deserved = QueueShareHold(
            queue: "q", limit: .deserved,
            excess: [.init(resource: .cpu, held: 1_000, asked: 5_000, limit: 4_000, over: 2_000)])
        #expect(try holds(snapshot, "g", weights) == [.queueShare(deserved)])

        let limits = policy(.gangwright, ["gang"], ["predicates", "capacity"])
        snapshot.queues[0].capability = [.cpu: 3_000]
        let capability = QueueShareHold(
            queue: "q", limit: .capability,
            excess: [.init(resource: .cpu, held: 1_000, asked: 5_000, limit: 3_000, over: 3_000)])
        #expect(try holds(snapshot, "g", limits) == [.queueShare(capability)])
    }

    @Test("a queue that takes nothing, or does not exist") func queueState() throws {
        let weights = policy(.gangwright, ["gang"], ["predicates", "proportion"])
        let closed = Queue(name: "q").with { $0.state = .closed }
        let pods = Pod.members(of: "g", 1)
        #expect(
            try holds(cluster([.of("n")], pods, queue: "q", queues: [closed]), "g", weights)
                == [.queueState(queue: "q", state: .closed)])
        #expect(
            try holds(cluster([.of("n")], pods, queue: "nowhere"), "g", weights)
                == [.queueState(queue: "nowhere", state: nil)])
    }

    @Test("admission: the cluster's, the queue's, the namespace's") func admission() throws {
        let pods = Pod.members(of: "g", 1)
        func found(_ plugin: String, _ change: (inout ClusterSnapshot) -> Void = { _ in }) throws -> Hold? {
            let configuration = policy(
                .gangwright, actions: "enqueue, allocate", ["gang"], [plugin, "predicates"])
            let snapshot = cluster([.of("n", 1_000)], pods, queue: "q", minResources: [.cpu: 9_000])
            let changed = snapshot.with {
                $0.queues = [Queue(name: "q", capability: [.cpu: 500])]
                change(&$0)
            }
            return try holds(changed, "g", configuration).first
        }
        #expect(
            try found("overcommit")
                == .admission(message: "resource in cluster is overused: overused cpu"))
        let excess = QueueShareHold.Excess(resource: .cpu, held: 0, asked: 9_000, limit: 500, over: 8_500)
        #expect(
            try found("capacity")
                == .queueShare(.init(queue: "q", limit: .capability, excess: [excess])))
        let quota = try found("resourcequota") {
            $0.resourceQuotas = [ResourceQuota(key: jobKey("quota"), hard: [.cpu: 2_000])]
        }
        #expect(
            quota
                == .quota(
                    message: "resource quota insufficient, requested: cpu=9, used: cpu=0, limited: cpu=2"))
    }

    @Test("too few pods, of the gang or of a role") func missingPods() throws {
        let pods = Pod.members(of: "g", 2, role: "worker")
        #expect(
            try holds(cluster([.of("n")], pods, min: 3))
                == [.gangMinimum(.init(lack: .pods, needed: 3, found: 2, role: nil))])
        var snapshot = cluster([.of("n")], pods, min: 3)
        snapshot.podGroups = [.gang("g", min: 3, roles: [("worker", 3)])]
        #expect(
            try holds(snapshot) == [.gangMinimum(.init(lack: .pods, needed: 3, found: 2, role: "worker"))])
    }

    @Test("gates, what is not evaluated, what is wrong, what nobody tries") func words() throws {
        let gated = Pod.members(of: "g", 1).map { pod in pod.with { $0.schedulingGates = ["b", "a"] } }
        #expect(try holds(cluster([.of("n")], gated)) == [.gate(["a", "b"])])
        let claims = Pod.members(of: "g", 1).map { pod in
            pod.with { $0.unsupportedConstraints = [.resourceClaims] }
        }
        #expect(try holds(cluster([.of("n")], claims)) == [.unsupported(["DRA resource claims"])])
        let stray = ClusterSnapshot(nodes: [.of("n")], pods: [.waiting("p", of: "nobody")])
        #expect(try holds(stray, "p") == [.invalid(message: "its PodGroup ns/nobody does not exist")])
        let idle = policy(.gangwright, actions: "backfill", ["gang"], ["predicates"])
        #expect(try holds(cluster([.of("n")], Pod.members(of: "g", 1)), "g", idle) == [.notTried])
    }

    @Test("places that are about to be free") func releasing() throws {
        let leaving = Pod.waiting("old", 10_000).leaving("n")
        let found = try explain(
            "g", plain(.gangwright), cluster([.of("n")], Pod.members(of: "g", 2) + [leaving], min: 2))
        #expect(found.holds == [.releasing])
        // Nothing has to change for it.
        #expect(found.remedies == [])
        #expect(found.trials == 0)
    }

    @Test("places that are kept, for it or for others, and until when") func reservations() throws {
        let keeping = policy(
            .gangwright, actions: "allocate, backfill", ["priority", "gang"], ["predicates"])
        let runner = Pod.waiting("runner", of: "old").running(on: "n").with {
            $0.started = .second(0)
            $0.annotations = ["gangwright.io/run-time": "1h"]
        }
        let snapshot = ClusterSnapshot(
            nodes: [.of("n", 4_000)],
            pods: [runner] + Pod.members(of: "large", 4) + Pod.members(of: "small", 1),
            podGroups: [
                .gang("old", min: 1).with { $0.phase = .running },
                .gang("large", min: 4).with { $0.created = .second(0) },
                .gang("small", min: 1).with { $0.created = .second(1_700) },
            ])
        let kept = Hold.reservation(
            ReservationHold(keptFor: jobKey("large"), nodes: ["n"], until: .second(3_600)))
        #expect(try holds(snapshot, "large", keeping, now: .second(1_800)).last == kept)
        #expect(try holds(snapshot, "small", keeping, now: .second(1_800)).contains(kept))
        // Without the large one the small one runs.
        let small = try explain("small", keeping, snapshot, now: .second(1_800))
        #expect(small.kinds.contains(.endings([.init(key: jobKey("large"), isGang: true, isRunning: false)])))
    }
}
