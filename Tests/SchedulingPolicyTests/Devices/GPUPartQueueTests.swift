import ClusterModel
import TestSupport
import Testing

@testable import SchedulingPolicy

@Suite("Parts of GPUs count in queues and quotas") struct GPUPartQueueTests {
    private static func part(_ name: String, _ fraction: String, queue: String = "q") -> Pod {
        Pod.waiting(name).with {
            $0.annotations = ["gpu-fraction": fraction, "scheduling.volcano.sh/queue-name": queue]
        }
    }

    private static func whole(_ name: String, queue: String = "q") -> Pod {
        Pod.waiting(name, asking: [.cpu: 1_000, .nvidiaGPU: 1]).with {
            $0.annotations = ["scheduling.volcano.sh/queue-name": queue]
        }
    }

    private static func held(_ session: Session, _ queue: String) -> Int64? {
        session.runCycle().queues.first { $0.name == queue }?.allocated[.sharedGPU]
    }

    @Test(
        "a queue holds no more than its capability, parts and whole ones together",
        arguments: ["proportion", "capacity"])
    func capability(plugin: String) throws {
        let result = try schedule(
            policy(.gangwright, ["gang"], ["predicates", "deviceshare", plugin]),
            nodes: [.of("n", gpus: 8)],
            pods: [
                Self.part("a", "0.5"), Self.part("b", "0.7"), Self.whole("c"), Self.part("d", "0.5"),
                Self.part("e", "0.1"),
            ], queues: [Queue(name: "q", capability: [.nvidiaGPU: 2])])
        #expect(result.bound.keys.sorted() == ["a", "b", "d", "e"])
        let use = result.queues.first { $0.name == "q" }
        #expect(use?.allocated[.sharedGPU] == 1_800)
        #expect(use?.request[.sharedGPU] == 2_800)
    }

    @Test("what a queue deserves is shared out in parts") func deserved() throws {
        let pods = (0..<4).map { Self.part("a-\($0)", "0.6", queue: "a") }
        let result = try schedule(
            policy(.gangwright, ["gang"], ["predicates", "deviceshare", "proportion"]),
            nodes: [.of("n", gpus: 2)], pods: pods + [Self.part("b", "0.6", queue: "b")],
            queues: [Queue(name: "a"), Queue(name: "b")])
        #expect(result.bound.keys.sorted() == ["a-0", "b"])
        #expect(result.deserved("b", .sharedGPU) == 600_000)
    }

    @Test("a quota of GPUs holds for parts") func quota() throws {
        var snapshot = ClusterSnapshot(
            nodes: [.of("n", gpus: 8)],
            pods: [Self.part("a", "0.6"), Self.part("b", "0.6"), Self.part("c", "0.4")],
            queues: [Queue(name: "q")])
        let limits: ResourceList = ["requests.nvidia.com/gpu": 2]
        snapshot.resourceQuotas = [
            ResourceQuota(
                key: ObjectKey(namespace: testNamespace, name: "quota"), hard: limits, enforcedHard: limits,
                used: ["requests.nvidia.com/gpu": 1])
        ]
        let session = try Session(
            snapshot: snapshot,
            configuration: policy(
                .gangwright, actions: "enqueue, allocate", ["gang", "resourcequota"],
                ["predicates", "deviceshare"]))
        let result = session.runCycle()
        #expect(result.bound.keys.sorted() == ["a", "c"])
        #expect(
            result.messages["b"]?.contains(
                "requested: requests.nvidia.com/gpu=600m, used: requests.nvidia.com/gpu=1, limited: requests.nvidia.com/gpu=2"
            ) ?? false, "\(result.messages)")
        try session.update(Self.part("d", "0.1"))
        #expect(session.runCycle().bound == [:], "a and c hold parts of which the API server does not know")
    }

    @Test("what is asked for as memory counts as the part of the smallest card") func memory() throws {
        func node(_ name: String, _ memory: String) -> Node {
            .of(name, gpus: 1, labels: ["nvidia.com/gpu.memory": memory])
        }
        let configuration = policy(.gangwright, ["gang"], ["predicates", "deviceshare"])
        let pod = Pod.waiting("a").with {
            $0.annotations = ["gpu-memory": "20480", "scheduling.volcano.sh/queue-name": "q"]
        }
        let session = try Session(
            snapshot: ClusterSnapshot(
                nodes: [node("large", "81920")], pods: [pod], queues: [Queue(name: "q")]),
            configuration: configuration)
        #expect(Self.held(session, "q") == 250)
        try session.update(node("small", "40960"))
        #expect(Self.held(session, "q") == 500)
        #expect(session.audit() == [])
        session.removeNode("small")
        #expect(Self.held(session, "q") == 250)
        #expect(session.audit() == [])
    }

    @Test("a configuration that begins or ceases to share GPUs counts all of them anew") func configured()
        throws
    {
        let plain = policy(.gangwright, ["gang"], ["predicates", "proportion"])
        let sharing = policy(.gangwright, ["gang"], ["predicates", "proportion", "deviceshare"])
        let snapshot = ClusterSnapshot(
            nodes: [.of("n", gpus: 4)],
            pods: [
                Self.part("a", "0.5").running(on: "n"), Self.whole("b").running(on: "n"),
                Self.part("c", "0.9"),
                Self.part("d", "0.6"), Self.whole("e").with { $0.podGroup = "g" },
            ], podGroups: [.gang("g", min: 1, queue: "q", minResources: [.nvidiaGPU: 1])],
            queues: [Queue(name: "q", capability: [.nvidiaGPU: 3])])
        let session = try Session(snapshot: snapshot, configuration: plain)
        session.configure(sharing)
        #expect(session.audit() == [])
        let anew = try Session(snapshot: snapshot, configuration: sharing)
        let (result, expected) = (session.runCycle(), anew.runCycle())
        #expect(result.binds == expected.binds)
        #expect(result.queues.map(\.allocated) == expected.queues.map(\.allocated))
        #expect(result.queues.map(\.deservedMilli) == expected.queues.map(\.deservedMilli))
        #expect(session.audit() == [])
        session.configure(plain)
        #expect(session.audit() == [])
        let use = session.runCycle().queues.first { $0.name == "q" }
        #expect(use?.allocated[.sharedGPU] == nil && use?.request[.sharedGPU] == nil)
    }
}
