import ClusterModel
import Fragmentation
import TestSupport
import Testing

@testable import SchedulingPolicy

@Suite("Pods go where idle GPUs stay of use") struct FragmentationPluginTests {
    private static func configuration(_ arguments: String) -> SchedulerConfiguration {
        policy(.gangwright, ["gang"], ["predicates", "deviceshare", "fragmentation weight=10 " + arguments])
    }

    private static func part(_ name: String, _ milli: Int, on place: (String, String)? = nil) -> Pod {
        var pod = Pod.waiting(name, 0).with { $0.annotations[GPUPart.milliAnnotation] = "\(milli)" }
        if let (node, cards) = place {
            pod = pod.running(on: node)
            pod.annotations["gangwright.io/gpu-shares"] = cards
        }
        return pod
    }

    private static func whole(_ name: String, _ gpus: Int64, on node: String? = nil) -> Pod {
        let pod = Pod.waiting(name, asking: [.nvidiaGPU: gpus])
        return node.map { pod.running(on: $0) } ?? pod
    }

    @Test(
        "a small pod does not break up the GPUs that large ones need",
        arguments: FragmentScorer.Policy.allCases)
    func keepsLargeNodesWhole(policy: FragmentScorer.Policy) throws {
        // Pods of four GPUs are what is expected: the first node in order would be one of them.
        let large = (0..<8).map { Self.whole("large-\($0)", 4, on: "busy-\($0)") }
        let nodes =
            [Node.of("a", gpus: 4), .of("b", gpus: 4)] + (0..<8).map { .of("busy-\($0)", gpus: 4) }
        let result = try schedule(
            Self.configuration("policy=\(policy.rawValue)"), nodes: nodes,
            pods: large + [Self.whole("x", 1, on: "b"), Self.whole("small", 1)])
        #expect(result.bound == ["small": "b"])
    }

    @Test("instance types say what is expected") func instanceTypes() throws {
        let snapshot = ClusterSnapshot(
            nodes: [.of("a", gpus: 4), .of("b", gpus: 4)],
            pods: [Self.whole("x", 1, on: "b"), Self.whole("small", 1)],
            instanceTypes: [InstanceType(name: "four", requests: [.nvidiaGPU: 4])])
        let session = try Session(
            snapshot: snapshot, configuration: Self.configuration("workload=instance-types"))
        let result = session.runCycle()
        #expect(result.bound == ["small": "b"])
        #expect(result.idleMilliGPU == 6_000)
        #expect(result.fragmentedMilliGPU == 2_000, "two idle GPUs beside two pods, no use to four")
    }

    @Test("slices of MIG count as the parts that they are, for the pods that ask for them") func slices()
        throws
    {
        let (small, large): (ResourceName, ResourceName) = (
            "nvidia.com/mig-1g.10gb", "nvidia.com/mig-3g.40gb"
        )
        var node = Node.of("a", 8_000)
        node.allocatable[small] = 7
        node.allocatable[large] = 2
        func pod(_ name: String, _ slice: ResourceName, cpu: Int64 = 1_000) -> Pod {
            Pod.waiting(name, asking: [.cpu: cpu, slice: 1]).running(on: "a")
        }
        // Two of three pods ask for small slices; five are left of them, and one large one.
        let pods = [pod("s-0", small), pod("s-1", small), pod("l", large)]
        let result = try schedule(Self.configuration("policy=fgd"), nodes: [node], pods: pods)
        #expect(result.idleMilliGPU == 1_143, "5/7 and 3/7")
        // To each small pod the large slice is of no use, and the other way round: shares are counted in thousandths.
        let expected = 5_000.0 / 7 * 0.333 + 3_000.0 / 7 * 0.667
        #expect(abs((result.fragmentedMilliGPU ?? 0) - expected) < 0.001)
        // Where no CPU is left, nothing is of use to anybody.
        let full = try schedule(
            Self.configuration("policy=fgd"), nodes: [node],
            pods: pods + [.waiting("cpu", 5_000).running(on: "a")])
        #expect(abs((full.fragmentedMilliGPU ?? 0) - 8_000.0 / 7) < 0.001)
    }

    @Test("GPUs of other vendors are idle too, and too few of them are of no use") func otherVendors() throws
    {
        var node = Node.of("a", 8_000)
        node.allocatable["amd.com/gpu"] = 4
        let pods = ["x", "y"].map {
            Pod.waiting($0, asking: [.cpu: 1_000, "amd.com/gpu": $0 == "x" ? 1 : 3])
        }
        let result = try schedule(
            Self.configuration("policy=fgd"), nodes: [node],
            pods: [pods[0].running(on: "a"), pods[1].running(on: "b")])
        #expect(result.idleMilliGPU == 3_000)
        #expect(result.fragmentedMilliGPU == 0)
        let scarce = try schedule(
            Self.configuration("policy=fgd"), nodes: [node],
            pods: [
                pods[0].running(on: "a"),
                Pod.waiting("z", asking: [.cpu: 1_000, "amd.com/gpu": 1]).running(on: "a"),
                pods[1].running(on: "b"),
            ])
        #expect(scarce.idleMilliGPU == 2_000)
        #expect(abs((scarce.fragmentedMilliGPU ?? 0) - 2_000 * 0.333) < 0.001)
    }

    @Test("nothing is counted without the plugin") func off() throws {
        let result = try schedule(plain(.gangwright), nodes: [.of("a", gpus: 4)], pods: [])
        #expect(result.idleMilliGPU == nil && result.fragmentedMilliGPU == nil)
    }

    @Test("of the cards that a part fits on, the one is taken whose rest goes with others") func cards()
        throws
    {
        // 190 and 810 make a card; 500 and 500 do.
        let running = (0..<6).flatMap { index in
            [
                Self.part("l-\(index)", 810, on: ("busy-\(index)", "0:810")),
                Self.part("s-\(index)", 190, on: ("busy-\(index)", "0:190")),
            ]
        }
        let nodes =
            [Node.of("a", gpus: 2)] + (0..<6).map { Node.of("busy-\($0)", gpus: 1) }
        let occupied = [Self.part("p", 500, on: ("a", "0:500")), Self.part("q", 190, on: ("a", "1:190"))]
        func card(_ arguments: String) throws -> String? {
            try schedule(
                policy(
                    .gangwright, ["gang"],
                    [
                        "predicates", "deviceshare deviceshare.gpuParts.policy=\(arguments)",
                        "fragmentation weight=10 policy=pattern-pricing",
                    ]),
                nodes: nodes, pods: running + occupied + [Self.part("x", 190)]
            ).binds.first?.annotations["gangwright.io/gpu-shares"]
        }
        #expect(try card("tightest") == "0:190")
        // Half a card stays for another half.
        #expect(try card("fragmentation") == "1:190")
    }
}
