import ClusterModel
import TestSupport
import Testing

@testable import SchedulingPolicy

@Suite("Pods leave so that a more important one gets its vGPUs") struct VirtualGPUEvictionTests {
    private static func evicting(
        _ actions: String, _ compatibility: Compatibility = .gangwright
    ) -> SchedulerConfiguration {
        policy(
            compatibility, actions: "allocate, \(actions)", ["priority", "gang", "conformance"],
            ["predicates", "proportion", "deviceshare deviceshare.VGPUEnable=true"])
    }

    /// Two cards of 16,384 MiB.
    private static let node = VirtualGPUTests.node(
        "n", [VirtualGPUTests.card("GPU-a", count: 3), VirtualGPUTests.card("GPU-b", count: 3)])

    private static func pod(
        _ name: String, _ memory: Int64, cores: Int64 = 0, of gang: String? = nil, priority: Int32 = 0,
        on card: String? = nil
    ) -> Pod {
        let pod = VirtualGPUTests.pod(
            name,
            [
                "volcano.sh/vgpu-number": 1, "volcano.sh/vgpu-memory": memory,
                "volcano.sh/vgpu-cores": cores,
            ]
        ).with {
            $0.podGroup = gang
            $0.priority = priority
        }
        guard let card else { return pod }
        return pod.running(on: "n").with {
            $0.annotations["volcano.sh/vgpu-ids-new"] = "\(card),NVIDIA,\(memory),\(cores):"
        }
    }

    @Test("memory and cores of one card are made free, with as few leaving as will do")
    func fewest() throws {
        let low = [
            Self.pod("a", 6_000, on: "GPU-a"), Self.pod("b", 6_000, on: "GPU-a"),
            Self.pod("c", 10_000, cores: 80, on: "GPU-b"),
        ]
        func evicted(_ memory: Int64, cores: Int64 = 0, _ action: String) throws -> [String] {
            let high = Self.pod("high", memory, cores: cores, priority: 10)
            let result = try schedule(Self.evicting(action), nodes: [Self.node], pods: low + [high])
            #expect(result.promised == (result.evicted.isEmpty ? [:] : ["high": "n eviction"]))
            return result.evicted
        }
        for action in ["preempt", "gangpreempt"] {
            #expect(try evicted(12_000, action) == ["c"], "a and b are two")
            #expect(try evicted(1, cores: 100, action) == ["c"], "it wants a card for itself")
            #expect(
                try evicted(6_000, cores: 30, action).count == 1,
                "GPU-b has too few cores left, GPU-a too little memory")
            #expect(try evicted(17_000, action) == [], "no card has so much")
        }
    }

    @Test("the number of pods that share a card is room as well") func shares() throws {
        let low = (0..<6).map { Self.pod("low-\($0)", 1, on: $0 < 3 ? "GPU-a" : "GPU-b") }
        let node = Self.node.with { $0.allocatable["volcano.sh/vgpu-number"] = 20 }
        let result = try schedule(
            Self.evicting("preempt"), nodes: [node], pods: low + [Self.pod("high", 1, priority: 10)])
        #expect(result.evicted.count == 1)
    }

    @Test("Volcano lets nobody leave for a card", arguments: ["preempt", "gangpreempt"])
    func volcano(action: String) throws {
        let result = try schedule(
            Self.evicting(action, .volcano), nodes: [Self.node],
            pods: [
                Self.pod("a", 16_000, on: "GPU-a"), Self.pod("b", 16_000, on: "GPU-b"),
                Self.pod("high", 8_000, priority: 10),
            ])
        #expect(result.evicted == [])
    }

    @Test(
        "another queue gives cards back, and what was freed is kept", arguments: ["reclaim", "gangreclaim"])
    func reclaims(action: String) throws {
        // Of four places two are due to queue a, which has three.
        let node = Self.node.with { $0.allocatable["volcano.sh/vgpu-number"] = 4 }
        let lent = [1_000, 9_000, 9_000].enumerated().map { index, memory in
            Self.pod("a-\(index)", memory, of: "a", on: index < 2 ? "GPU-a" : "GPU-b")
        }
        let session = try Session(
            snapshot: ClusterSnapshot(
                nodes: [node], pods: lent + (0..<2).map { Self.pod("new-\($0)", 12_000, of: "new") },
                podGroups: [
                    gang("a", min: 0, "low", queue: "a"), gang("new", min: 1, "low", .inqueue, queue: "b"),
                ], queues: [Queue(name: "a"), Queue(name: "b")], priorityClasses: rankClasses),
            configuration: Self.evicting(action))
        let evicted = session.runCycle().evictions.map(\.pod)
        #expect(evicted.count == 1)
        try session.update(Self.pod("quick", 5_000, priority: 0).with { $0.created = .second(-1) })
        #expect(session.runCycle().evictions == [])
        for pod in evicted { session.removePod(pod) }
        let result = session.runCycle()
        #expect(result.bound["new-0"] == "n")
        #expect(session.audit() == [])
    }
}

@Suite("Whole bundles leave so that gangs get parts of GPUs") struct GPUPartBundleTests {
    private static func bundling(_ action: String, _ compatibility: Compatibility) -> SchedulerConfiguration {
        policy(
            compatibility, actions: "allocate, \(action)", ["priority", "gang", "conformance"],
            ["predicates", "proportion", "deviceshare deviceshare.gpuParts=true"])
    }

    private static func part(_ name: String, _ milli: Int, of gang: String, on card: Int? = nil) -> Pod {
        let pod = Pod.waiting(name, of: gang).with {
            $0.annotations["gpu-fraction"] = "0.\(milli / 100)"
            $0.annotations["volcano.sh/preemptable"] = "true"
        }
        guard let card else { return pod }
        return pod.running(on: "n").with { $0.annotations["gangwright.io/gpu-shares"] = "\(card):\(milli)" }
    }

    @Test(
        "whole GPUs come of parts, and parts of one GPU of parts of it",
        arguments: Compatibility.withoutVolcano15)
    func preempts(compatibility: Compatibility) throws {
        func evicted(_ wanted: [Pod]) throws -> Set<String> {
            let result = try run(
                [.of("n", gpus: 2)],
                [
                    gang("low", min: 0, "low"), gang("stays", min: 1, "high"),
                    gang("new", min: wanted.count, "high", .inqueue),
                ],
                [
                    Self.part("low-0", 300, of: "low", on: 0), Self.part("low-1", 300, of: "low", on: 0),
                    Self.part("stays-0", 300, of: "stays", on: 1),
                ] + wanted, Self.bundling("gangpreempt", compatibility))
            #expect(result.promised.count == (result.evicted.isEmpty ? 0 : wanted.count))
            return Set(result.evicted)
        }
        let whole = Pod.waiting("new-0", asking: [.cpu: 1_000, .nvidiaGPU: 1], of: "new")
        #expect(try evicted([whole]) == ["low-0", "low-1"])
        // One pod has room on the second card; the other takes the place of one, or under Volcano of the bundle.
        let two = (0..<2).map { Self.part("new-\($0)", 500, of: "new") }
        #expect(try evicted(two).count == (compatibility == .gangwright ? 1 : 2))
        let three = (0..<3).map { Self.part("new-\($0)", 500, of: "new") }
        #expect(try evicted(three) == ["low-0", "low-1"])
        let four = (0..<4).map { Self.part("new-\($0)", 500, of: "new") }
        #expect(try evicted(four) == [], "stays-0 does not leave")
    }

    @Test("gangs that cannot spare any leave whole", arguments: Compatibility.withoutVolcano15)
    func strict(compatibility: Compatibility) throws {
        let result = try run(
            [.of("n", gpus: 2)], [gang("low", min: 2, "low"), gang("new", min: 1, "high", .inqueue)],
            [
                Self.part("low-0", 600, of: "low", on: 0), Self.part("low-1", 600, of: "low", on: 1),
                Self.part("new-0", 500, of: "new"),
            ], Self.bundling("gangpreempt", compatibility))
        #expect(Set(result.evicted) == ["low-0", "low-1"])
        #expect(result.promised.count == 1)
    }

    @Test("another queue gives parts back", arguments: Compatibility.withoutVolcano15)
    func reclaims(compatibility: Compatibility) throws {
        let result = try run(
            [.of("n", gpus: 2)],
            [gang("a", min: 0, "low", queue: "a"), gang("new", min: 1, "low", .inqueue, queue: "b")],
            (0..<4).map { Self.part("a-\($0)", 500, of: "a", on: $0 / 2) } + [
                Self.part("new-0", 500, of: "new")
            ],
            queues: [Queue(name: "a"), Queue(name: "b")], Self.bundling("gangreclaim", compatibility))
        #expect(compatibility == .gangwright ? result.evicted.count == 1 : !result.evicted.isEmpty)
        #expect(result.promised == ["new-0": "n eviction"])
    }
}
