import ClusterModel
import TestSupport
import Testing

@testable import SchedulingPolicy

@Suite("Parts of GPUs are taken of the cards that a node offers whole") struct GPUPartTests {
    private static let sharing = policy(.gangwright, ["gang"], ["predicates", "deviceshare"])

    private static func part(_ name: String, _ annotations: [String: String]) -> Pod {
        .waiting(name).with { $0.annotations = annotations }
    }

    private static func fraction(_ name: String, _ fraction: String) -> Pod {
        part(name, ["gpu-fraction": fraction])
    }

    private static func whole(_ name: String, _ gpus: Int64) -> Pod {
        .waiting(name, asking: [.cpu: 1_000, .nvidiaGPU: gpus])
    }

    private static func shares(_ result: CycleResult) -> [String: String] {
        var shares: [String: String] = [:]
        for bind in result.binds { shares[bind.pod.name] = bind.annotations["gangwright.io/gpu-shares"] }
        return shares
    }

    @Test("the fullest card that has room is taken, and written on the pod") func tightest() throws {
        let pods = [
            Self.fraction("a", "0.5"), Self.fraction("b", "0.7"), Self.fraction("c", "0.3"),
            Self.fraction("d", "0.4"),
        ]
        let result = try schedule(Self.sharing, nodes: [.of("n", gpus: 2)], pods: pods)
        #expect(Self.shares(result) == ["a": "0:500", "b": "1:700", "c": "1:300", "d": "0:400"])
    }

    @Test("without the plugin such a pod waits, rather than use a card behind the books' back")
    func unshared() throws {
        let pods = [Self.fraction("a", "0.5"), .waiting("b")]
        func result(_ compatibility: Compatibility, _ plugins: [String]) throws -> CycleResult {
            try schedule(
                policy(compatibility, ["gang"], plugins), nodes: [.of("n", gpus: 1)], pods: pods)
        }
        let unshared = try result(.gangwright, ["predicates"])
        #expect(unshared.bound == ["b": "n"])
        #expect(
            unshared.pending.map(\.message) == [
                "states what is not evaluated here: parts of GPUs (the plugin deviceshare shares them out)"
            ])
        #expect(
            try result(.gangwright, ["predicates", "deviceshare deviceshare.gpuParts=false"]).bound
                == ["b": "n"])
        let volcano = try result(.volcano, ["predicates"])
        #expect(volcano.bound == ["a": "n", "b": "n"] && Self.shares(volcano) == [:])
    }

    @Test(
        "nodes are packed by the thousandths that are taken of them",
        arguments: [
            "binpack binpack.resources=nvidia.com/gpu binpack.resources.nvidia.com/gpu=10",
            #"resource-strategy-fit resources={"nvidia.com/gpu":{"type":"MostAllocated","weight":10}}"#,
        ])
    func packed(plugin: String) throws {
        let result = try schedule(
            policy(.gangwright, ["gang"], ["predicates", "deviceshare", plugin]),
            nodes: [.of("a", gpus: 2), .of("b", gpus: 2), .of("c", gpus: 2)],
            pods: [
                Self.part("held", ["gpu-fraction": "0.6", "gangwright.io/gpu-shares": "0:600"])
                    .running(on: "b"),
                Self.whole("full", 2).running(on: "c"), Self.fraction("first", "0.3"),
                Self.whole("second", 1), Self.fraction("third", "0.2"),
                .waiting("busy", asking: [.cpu: 2_000]).running(on: "a"),
            ])
        #expect(result.bound == ["first": "b", "second": "b", "third": "a"])
    }

    @Test("a card of which a part is held is no whole one any more, and the other way round")
    func exact() throws {
        let result = try schedule(
            Self.sharing, nodes: [.of("n", gpus: 2)],
            pods: [
                Self.fraction("a", "0.1"), Self.whole("b", 2), Self.whole("c", 1), Self.fraction("d", "1"),
            ])
        #expect(result.bound == ["a": "n", "c": "n"])
        let full = try schedule(
            Self.sharing, nodes: [.of("n", gpus: 2)],
            pods: [Self.whole("a", 2).running(on: "n"), Self.fraction("b", "0.1")])
        #expect(full.bound == [:])
        #expect(
            full.pending.map(\.message) == [
                "0/1 nodes are available: 1 node(s) had no GPU with so much of it free"
            ])
    }

    @Test("what the last pod with a part gives back is a whole card again") func givenBack() throws {
        let session = try Session(
            snapshot: ClusterSnapshot(
                nodes: [.of("n", gpus: 1)],
                pods: [
                    Self.part("a", ["gpu-fraction": "0.5", "gangwright.io/gpu-shares": "0:500"])
                        .running(on: "n"), Self.whole("b", 1),
                ]), configuration: Self.sharing)
        #expect(session.runCycle().binds.isEmpty)
        session.removePod(ObjectKey(namespace: testNamespace, name: "a"))
        #expect(session.runCycle().bound == ["b": "n"])
        #expect(session.audit() == [])
    }

    @Test("memory counts as the part of the card that it is, rounded up") func memory() throws {
        let node = Node.of("n", gpus: 1, labels: ["nvidia.com/gpu.memory": "16384"])
        let pods = [
            Self.part("a", ["gpu-memory": "4096"]), Self.part("b", ["gpu-memory": "12289"]),
            Self.part("c", ["gpu-memory": "12288"]),
        ]
        let result = try schedule(Self.sharing, nodes: [node], pods: pods)
        #expect(Self.shares(result) == ["a": "0:250", "c": "0:750"])
        let unknown = try schedule(Self.sharing, nodes: [.of("n", gpus: 1)], pods: [pods[0]])
        #expect(unknown.bound == [:], "the node does not say how much a card has")
    }

    @Test("thousandths as in the openb traces, on the models that they name") func openb() throws {
        let nodes = ["T4", "V100"].map {
            Node.of("node-\($0)", gpus: 2, labels: ["alibabacloud.com/gpu-card-model": $0])
        }
        let result = try schedule(
            Self.sharing, nodes: nodes,
            pods: [
                Self.part(
                    "a",
                    [
                        "alibabacloud.com/gpu-milli": "810", "alibabacloud.com/gpu-count": "1",
                        "alibabacloud.com/gpu-card-model": "P100|V100",
                    ]),
                Self.part(
                    "b", ["alibabacloud.com/gpu-milli": "1000", "alibabacloud.com/gpu-count": "2"]),
            ])
        #expect(result.bound == ["a": "node-V100", "b": "node-T4"])
        #expect(Self.shares(result) == ["a": "0:810", "b": "0:1000,1:1000"])
    }

    @Test("a part of each of several cards") func severalCards() throws {
        let pod = Self.part("a", ["gpu-fraction": "0.5", "gpu-fraction-num-devices": "2"])
        let result = try schedule(
            Self.sharing, nodes: [.of("n", gpus: 2)], pods: [Self.fraction("0", "0.5"), pod])
        #expect(Self.shares(result) == ["0": "0:500", "a": "0:500,1:500"])
    }

    @Test("a part that makes no sense fits nowhere", arguments: ["0", "1.5", "-1", "half", ""])
    func unreadable(fraction: String) throws {
        let result = try schedule(
            Self.sharing, nodes: [.of("n", gpus: 8)], pods: [Self.fraction("a", fraction)])
        #expect(result.bound == [:])
        let mistake = "its annotation gpu-fraction says \"\(fraction)\", expected from 0.001 to 1"
        #expect(
            result.pending.map(\.message) == [
                "0/1 nodes are available: 1 node(s) had no such part of a GPU: \(mistake)"
            ])
    }

    @Test("so does a part of a number of cards that makes no sense", arguments: ["0", "-1", "two"])
    func unreadableCount(count: String) throws {
        let pod = Self.part("a", ["gpu-fraction": "0.5", "gpu-fraction-num-devices": count])
        let result = try schedule(Self.sharing, nodes: [.of("n", gpus: 8)], pods: [pod])
        #expect(result.bound == [:])
        #expect(
            result.pending.first?.message.contains("gpu-fraction-num-devices says \"\(count)\"") == true)
    }

    @Test("a bound pod that does not say which card it has is taken to have one to itself") func unknown()
        throws
    {
        let result = try schedule(
            Self.sharing, nodes: [.of("n", gpus: 2)],
            pods: [Self.fraction("a", "0.1").running(on: "n"), Self.whole("b", 1), Self.fraction("c", "0.1")])
        #expect(result.bound == ["b": "n"])
    }

    @Test("a gang that does not come together gives its parts back") func gang() throws {
        let members = (0..<3).map { index in
            Pod.waiting("g-\(index)", of: "g").with { $0.annotations["gpu-fraction"] = "0.6" }
        }
        let result = try schedule(
            Self.sharing, nodes: [.of("n", gpus: 2)],
            pods: members + [Self.whole("z", 2)], gangs: [.gang("g", min: 3)])
        #expect(result.bound == ["z": "n"])
    }

    @Test("the API server's older news do not take a pod's card away") func assumed() throws {
        let session = try Session(
            snapshot: ClusterSnapshot(
                nodes: [.of("n", gpus: 1)], pods: [Self.fraction("a", "0.6"), Self.fraction("b", "0.6")]),
            configuration: Self.sharing)
        #expect(session.runCycle().bound == ["a": "n"])
        try session.update(Self.fraction("a", "0.6"))
        #expect(session.cardLedger == ["n/0: 600 0 a", "n: 1 broken"])
        #expect(session.runCycle().binds.isEmpty)
        session.refuseBind(ObjectKey(namespace: testNamespace, name: "a"))
        #expect(session.cardLedger == ["n: 0 broken"])
        #expect(session.runCycle().binds.count == 1)
        #expect(session.audit() == [])
    }
}
