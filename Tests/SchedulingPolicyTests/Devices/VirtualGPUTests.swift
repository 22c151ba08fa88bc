import ClusterModel
import TestSupport
import Testing

@testable import SchedulingPolicy

@Suite("Volcano's vGPUs") struct VirtualGPUTests {
    static func node(
        _ name: String, _ cards: [String], handshake: String = "Reported_2026.08.20 10:00:00"
    ) -> Node {
        Node.of(name).with {
            $0.annotations["volcano.sh/node-vgpu-register"] = cards.map { $0 + ":" }.joined()
            $0.annotations["volcano.sh/node-vgpu-handshake"] = handshake
            $0.allocatable["volcano.sh/vgpu-number"] = Int64(cards.count) * 10
        }
    }

    static func card(
        _ uuid: String, count: Int = 10, memory: Int = 16_384, type: String = "NVIDIA-Tesla T4",
        health: Bool = true, mode: String = "hami-core"
    ) -> String { "\(uuid),\(count),\(memory),\(type),\(health),\(mode)" }

    static func pod(_ name: String, _ limits: ResourceList, _ annotations: [String: String] = [:])
        -> Pod
    {
        .waiting(name).with {
            $0.containerDevices = [limits]
            for (resource, amount) in limits.sorted { $0.requests[resource] = amount }
            $0.annotations = annotations
        }
    }

    private static func sharing(_ arguments: String = "") -> SchedulerConfiguration {
        policy(
            .volcano, ["gang"], ["predicates", "deviceshare deviceshare.VGPUEnable=true " + arguments])
    }

    private static func ids(_ result: CycleResult) -> [String: String] {
        var ids: [String: String] = [:]
        for bind in result.binds { ids[bind.pod.name] = bind.annotations["volcano.sh/vgpu-ids-new"] }
        return ids
    }

    @Test("a vGPU is a card's memory and cores, from the last card on") func plain() throws {
        let result = try schedule(
            Self.sharing(), nodes: [Self.node("n", [Self.card("GPU-a"), Self.card("GPU-b")])],
            pods: [
                Self.pod(
                    "a",
                    [
                        "volcano.sh/vgpu-number": 1, "volcano.sh/vgpu-memory": 10_000,
                        "volcano.sh/vgpu-cores": 60,
                    ]),
                Self.pod("b", ["volcano.sh/vgpu-memory": 4_000, "volcano.sh/vgpu-cores": 60]),
                Self.pod(
                    "c", ["volcano.sh/vgpu-number": 1, "volcano.sh/vgpu-memory-percentage": 30]),
            ])
        #expect(
            Self.ids(result) == [
                "a": "GPU-b,NVIDIA,10000,60:", "b": "GPU-a,NVIDIA,4000,60:", "c": "GPU-b,NVIDIA,4915,0:",
            ])
        let annotations = try #require(result.binds.first?.annotations)
        #expect(annotations["volcano.sh/vgpu-node"] == "n")
        #expect(annotations["volcano.sh/bind-phase"] == "allocating")
        #expect(annotations["volcano.sh/devices-to-allocate"] == "GPU-b,NVIDIA,10000,60:")
    }

    @Test("without memory all of it is meant, and all cores mean the card alone") func whole() throws {
        let nodes = [Self.node("n", [Self.card("GPU-a"), Self.card("GPU-b")])]
        let small: ResourceList = ["volcano.sh/vgpu-number": 1, "volcano.sh/vgpu-memory": 1]
        let all = try schedule(
            Self.sharing(), nodes: nodes,
            pods: [
                Self.pod("a", small),
                Self.pod(
                    "b",
                    [
                        "volcano.sh/vgpu-number": 1, "volcano.sh/vgpu-memory": 1,
                        "volcano.sh/vgpu-cores": 100,
                    ]), Self.pod("c", small), Self.pod("d", ["volcano.sh/vgpu-number": 1]),
            ])
        #expect(
            Self.ids(all) == [
                "a": "GPU-b,NVIDIA,1,0:", "b": "GPU-a,NVIDIA,1,100:", "c": "GPU-b,NVIDIA,1,0:",
            ])
        #expect(
            all.pending.map(\.message) == [
                "0/1 nodes are available: 1 node(s) had not enough vGPUs that fit"
            ])
    }

    @Test(
        "cards that are ill, full, of another type or of another mode are passed over",
        arguments: [
            (card("GPU-a", health: false), [:]), (card("GPU-a", count: 0), [:]),
            (card("GPU-a", mode: "mig"), [:]), (card("GPU-a", type: "MLU"), [:]),
            (card("GPU-a"), ["nvidia.com/use-gputype": "A100,V100"]),
            (card("GPU-a"), ["nvidia.com/nouse-gputype": "t4"]),
            (card("GPU-a"), ["volcano.sh/vgpu-use-gpuuuid": "GPU-b"]),
            (card("GPU-a"), ["volcano.sh/vgpu-nouse-gpuuuid": "GPU-a,GPU-b"]),
            (card("GPU-a"), ["volcano.sh/vgpu-mode": "mig"]),
        ] as [(String, [String: String])])
    func passedOver(card: String, annotations: [String: String]) throws {
        let pod = Self.pod("a", ["volcano.sh/vgpu-number": 1, "volcano.sh/vgpu-memory": 1], annotations)
        #expect(try schedule(Self.sharing(), nodes: [Self.node("n", [card])], pods: [pod]).bound == [:])
        var allowed = pod
        allowed.annotations = ["nvidia.com/use-gputype": "t4"]
        let good = Self.node("n", [Self.card("GPU-a")])
        #expect(try schedule(Self.sharing(), nodes: [good], pods: [allowed]).bound == ["a": "n"])
    }

    @Test("a device plugin that has gone takes its cards along") func handshake() throws {
        let node = Self.node("n", [Self.card("GPU-a")], handshake: "Deleted_2026.08.20 10:00:00")
        let pod = Self.pod("a", ["volcano.sh/vgpu-number": 1])
        #expect(try schedule(Self.sharing(), nodes: [node], pods: [pod]).bound == [:])
    }

    @Test("packing takes the fullest card, spreading the emptiest; their points decide between nodes")
    func policies() throws {
        let running = Self.pod("r", ["volcano.sh/vgpu-number": 1, "volcano.sh/vgpu-memory": 4_096])
            .with { $0.annotations["volcano.sh/vgpu-ids-new"] = "GPU-c,NVIDIA,4096,0:" }
            .running(on: "n2")
        let nodes = [
            Self.node("n1", [Self.card("GPU-a")]), Self.node("n2", [Self.card("GPU-b"), Self.card("GPU-c")]),
        ]
        let pod = Self.pod("a", ["volcano.sh/vgpu-number": 1, "volcano.sh/vgpu-memory": 1_024])
        func ids(_ name: String) throws -> [String: String] {
            Self.ids(
                try schedule(
                    Self.sharing(
                        "deviceshare.SchedulePolicy=\(name) deviceshare.ScheduleWeight=10"), nodes: nodes,
                    pods: [running, pod]))
        }
        #expect(try ids("binpack") == ["a": "GPU-c,NVIDIA,1024,0:"])
        #expect(try ids("spread") == ["a": "GPU-a,NVIDIA,1024,0:"])
    }

    @Test("pods of a group that spreads share no card") func spreads() throws {
        let pods = (0..<2).map { index in
            Self.pod(
                "g-\(index)", ["volcano.sh/vgpu-number": 1, "volcano.sh/vgpu-memory": 1],
                ["volcano.sh/vgpu-podgroup-policy": "spread"]
            ).with { $0.podGroup = "g" }
        }
        let one = try schedule(
            Self.sharing(), nodes: [Self.node("n", [Self.card("GPU-a")])], pods: pods,
            gangs: [.gang("g", min: 1)])
        #expect(one.bound.count == 1)
        let two = try schedule(
            Self.sharing(), nodes: [Self.node("n", [Self.card("GPU-a"), Self.card("GPU-b")])], pods: pods,
            gangs: [.gang("g", min: 2)])
        #expect(
            Self.ids(two) == ["g-0": "GPU-b,NVIDIA,1,0:", "g-1": "GPU-a,NVIDIA,1,0:"])
    }

    @Test("two of Volcano's ways at once are refused, as Volcano ends there") func exclusive() {
        for (first, second) in [
            ("GPUSharingEnable", "GPUNumberEnable"), ("GPUSharingEnable", "VGPUEnable"),
            ("GPUNumberEnable", "VGPUEnable"),
        ] {
            let text =
                "actions: allocate\ntiers:\n- plugins:\n  - name: deviceshare\n    arguments:\n"
                + "      deviceshare.\(first): true\n      deviceshare.\(second): true\n"
            let (configuration, problems) = SchedulerConfiguration.read(Array(text.utf8), file: "c")
            #expect(configuration == nil)
            #expect(
                problems.map { "\($0)" } == [
                    "c:4: tiers[0].plugins[0].arguments: found deviceshare.\(first) and deviceshare.\(second) "
                        + "true, which exclude each other; expected one of them"
                ])
        }
    }
}

@Suite("Volcano's GPU memory and GPU number") struct VolcanoGPUTests {
    private static func node(_ name: String, cards: Int64, memory: Int64) -> Node {
        Node.of(name).with {
            $0.allocatable["volcano.sh/gpu-memory"] = cards * memory
            $0.allocatable["volcano.sh/gpu-number"] = cards
        }
    }

    private static func pod(_ name: String, _ resource: ResourceName, _ amount: Int64) -> Pod {
        .waiting(name).with {
            $0.containerDevices = [[resource: amount]]
            $0.requests[resource] = amount
        }
    }

    private static func cards(_ result: CycleResult) -> [String: String] {
        var cards: [String: String] = [:]
        for bind in result.binds { cards[bind.pod.name] = bind.annotations["volcano.sh/gpu-index"] }
        return cards
    }

    @Test("memory is of one card, the first that has enough", arguments: Compatibility.allCases)
    func memory(compatibility: Compatibility) throws {
        let plugins =
            compatibility == .volcano15
            ? ["predicates predicate.GPUSharingEnable=true"]
            : ["predicates", "deviceshare deviceshare.GPUSharingEnable=true"]
        let name: ResourceName = "volcano.sh/gpu-memory"
        let result = try schedule(
            policy(compatibility, ["gang"], plugins), nodes: [Self.node("n", cards: 2, memory: 10)],
            pods: [
                Self.pod("a", name, 6), Self.pod("b", name, 6), Self.pod("c", name, 4),
                Self.pod("d", name, 6),
            ].enumerated().map { index, pod in
                pod.with {
                    $0.podGroup = "g-\(index)"
                    $0.created = .second(Int64(index))
                }
            },
            gangs: (0..<4).map { index in
                PodGroup.gang("g-\(index)", min: 1).with { $0.created = .second(Int64(index)) }
            })
        #expect(Self.cards(result) == ["a": "0", "b": "1", "c": "0"])
    }

    @Test("whole cards are empty ones, and cards that are ill are left out") func number() throws {
        let name: ResourceName = "volcano.sh/gpu-number"
        let node = Self.node("n", cards: 4, memory: 10).with {
            $0.annotations["volcano.sh/gpu-unhealthy-ids"] = "1,x"
        }
        let result = try schedule(
            policy(.volcano, ["gang"], ["predicates", "deviceshare deviceshare.GPUNumberEnable=true"]),
            nodes: [node], pods: [Self.pod("a", name, 2), Self.pod("b", name, 1), Self.pod("c", name, 1)])
        #expect(Self.cards(result) == ["a": "0,2", "b": "3"])
    }
}
