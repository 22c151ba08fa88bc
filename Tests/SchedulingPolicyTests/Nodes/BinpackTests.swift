import ClusterModel
import SchedulingPolicy
import TestSupport
import Testing

@Suite("binpack fills nodes up") struct BinpackTests {
    private func winner(
        _ arguments: String, _ nodes: [Node], running: [Pod] = [], asking requests: ResourceList
    ) throws -> String? {
        try schedule(
            policy(.volcano, ["gang"], ["predicates", "binpack \(arguments)"]), nodes: nodes,
            pods: running + [.waiting("p", asking: requests)]
        ).bound["p"]
    }

    private let gpuWeights = "binpack.resources=nvidia.com/gpu binpack.resources.nvidia.com/gpu=2"

    @Test(
        "the worked example: 75 %, 50 % and 75 % weighed 1, 1, 2 are 68.75",
        arguments: [(74_960, "example"), (75_040, "a")])
    func workedExample(other: Int64, expected: String) throws {
        // The other node scores (CPU / 1000 + 50 + 2 × 75) / 4: 68.74 and 68.76.
        let nodes: [Node] = [
            .of("a", 100_000, memory: 32 * gibibyte, gpus: 4),
            .of("example", 8_000, memory: 32 * gibibyte, gpus: 4),
        ]
        let running = [
            Pod.waiting("x", asking: [.cpu: 4_000, .memory: 8 * gibibyte, .nvidiaGPU: 2]).running(
                on: "example"),
            Pod.waiting("y", asking: [.cpu: other - 2_000, .memory: 8 * gibibyte, .nvidiaGPU: 2]).running(
                on: "a"),
        ]
        let requests: ResourceList = [.cpu: 2_000, .memory: 8 * gibibyte, .nvidiaGPU: 1]
        #expect(try winner(gpuWeights, nodes, running: running, asking: requests) == expected)
    }

    /// CPU is fuller on the first node, memory and GPUs on the second.
    private let mixed: (nodes: [Node], running: [Pod]) = (
        [.of("a", gpus: 8), .of("b", gpus: 8)],
        [
            Pod.waiting("x", asking: [.cpu: 6_000]).running(on: "a"),
            Pod.waiting("y", asking: [.memory: 16 * gibibyte, .nvidiaGPU: 4]).running(on: "b"),
        ]
    )

    @Test("a resource counts by its weight, and only if the pod asks for it") func weights() throws {
        let both: ResourceList = [.cpu: 1_000, .memory: gibibyte]
        // a: 70 % CPU; b: 27 % of memory, 10 % of CPU.
        #expect(try winner("", mixed.nodes, running: mixed.running, asking: both) == "a")
        #expect(try winner("binpack.memory=10", mixed.nodes, running: mixed.running, asking: both) == "b")
        #expect(try winner("binpack.cpu=0", mixed.nodes, running: mixed.running, asking: both) == "b")
        #expect(
            try winner("binpack.memory=10", mixed.nodes, running: mixed.running, asking: [.cpu: 1_000]) == "a"
        )
    }

    @Test("devices count only where binpack.resources lists them") func listedResources() throws {
        let request: ResourceList = [.cpu: 1_000, .nvidiaGPU: 1]
        #expect(try winner("", mixed.nodes, running: mixed.running, asking: request) == "a")
        #expect(
            try winner(
                "binpack.resources.nvidia.com/gpu=10", mixed.nodes, running: mixed.running, asking: request)
                == "a")
        let weights = "binpack.resources=nvidia.com/gpu binpack.resources.nvidia.com/gpu=10"
        #expect(try winner(weights, mixed.nodes, running: mixed.running, asking: request) == "b")
        // Without a weight of its own a listed resource has 1: a 70 + 12.5, b 10 + 62.5.
        #expect(
            try winner(
                "binpack.resources=nvidia.com/gpu", mixed.nodes, running: mixed.running, asking: request)
                == "a")
    }

    @Test("a negative weight counts as 1") func negativeWeight() throws {
        let both: ResourceList = [.cpu: 1_000, .memory: gibibyte]
        #expect(try winner("binpack.memory=-5", mixed.nodes, running: mixed.running, asking: both) == "a")
        #expect(
            try winner("binpack.cpu=-7 binpack.memory=10", mixed.nodes, running: mixed.running, asking: both)
                == "b")
    }

    @Test("binpack.weight sets it against other plugins, and 0 turns it off") func pluginWeight() throws {
        let nodes: [Node] = [.of("a"), .of("b")]
        let running = [Pod.waiting("x", asking: [.cpu: 4_000, .memory: 32 * gibibyte]).running(on: "b")]
        func winner(_ weight: Int) throws -> String? {
            let order = "nodeorder leastrequested.weight=2 balancedresource.weight=0"
            return try schedule(
                policy(.volcano, ["gang"], ["predicates", order, "binpack binpack.weight=\(weight)"]),
                nodes: nodes,
                pods: running + [.waiting("p", asking: [.cpu: 1_000, .memory: 2 * gibibyte])]
            ).bound["p"]
        }
        #expect(try winner(0) == "a")
        #expect(try winner(1) == "a")
        #expect(try winner(5) == "b")
    }

    @Test("leaving pods count as used") func leaving() throws {
        let nodes: [Node] = [.of("a"), .of("b")]
        #expect(
            try winner("", nodes, running: [Pod.waiting("x", 3_000).leaving("b")], asking: [.cpu: 1_000])
                == "b")
    }

    @Test("promised places do not count as used") func promised() throws {
        // The first pod is promised the GPU of a, and six of its CPUs with it.
        let result = try schedule(
            policy(.volcano, ["gang"], ["predicates", "binpack"]), nodes: [.of("a", gpus: 1), .of("b")],
            pods: [
                Pod.waiting("old", asking: [.nvidiaGPU: 1]).leaving("a"),
                Pod.waiting("x", 3_000).running(on: "b"),
                .waiting("first", asking: [.cpu: 6_000, .nvidiaGPU: 1]), .waiting("second", 1_000),
            ])
        #expect(result.promised == ["first": "a releasing"])
        #expect(result.bound == ["second": "b"])
    }

    @Test("a node that would carry more than it may scores nothing") func exceeded() throws {
        // Both nodes take the pod only once others have left: a lacks CPU, b a GPU that has no weight.
        let result = try schedule(
            policy(.volcano, ["gang"], ["predicates", "binpack"]),
            nodes: [.of("a", gpus: 1), .of("b", gpus: 1)],
            pods: [
                Pod.waiting("x", 10_000).leaving("a"), Pod.waiting("y", asking: [.nvidiaGPU: 1]).leaving("b"),
                .waiting("p", asking: [.cpu: 1_000, .nvidiaGPU: 1]),
            ])
        #expect(result.promised == ["p": "b releasing"])
    }

    @Test(
        "our default packs GPU pods before it looks at CPU", arguments: Compatibility.withoutVolcano15)
    func ourDefault(compatibility: Compatibility) throws {
        var configuration = SchedulerConfiguration.default
        configuration.compatibility = compatibility
        let result = try schedule(
            configuration, nodes: mixed.nodes,
            pods: mixed.running + [.waiting("p", asking: [.cpu: 1_000, .nvidiaGPU: 1])])
        #expect(result.bound == ["p": "b"])
    }
}

@Suite("Ties go to the smallest name") struct TieTests {
    @Test("equal nodes: the smallest name, byte by byte", arguments: Compatibility.allCases)
    func names(compatibility: Compatibility) throws {
        for names in [["n9", "n10"], ["n10", "n9"]] {
            let result = try schedule(
                policy(compatibility, ["gang"], ["predicates", "nodeorder", "binpack"]),
                nodes: names.map { .of($0) },
                pods: [.waiting("p")])
            #expect(result.bound == ["p": "n10"])
        }
        let mixedCase = try schedule(
            plain(compatibility), nodes: [.of("a"), .of("B")], pods: [.waiting("p")])
        #expect(mixedCase.bound == ["p": "B"])
    }

    @Test("without scores nodes are filled in the order of their names", arguments: Compatibility.allCases)
    func withoutScores(compatibility: Compatibility) throws {
        let result = try schedule(
            plain(compatibility), nodes: [.of("c", 1_000), .of("a", 2_000), .of("b", 1_000)],
            pods: Pod.members(of: "g", 4), gangs: [.gang("g", min: 4)])
        #expect(result.binds.map(\.node) == ["a", "a", "b", "c"])
    }

    @Test("among more than a hundred nodes too, where Volcano would sample") func noSampling() throws {
        let nodes = (0..<300).map { Node.of("n\(1_000 + $0)", $0 == 287 ? 2_000 : 1_000) }
        let result = try schedule(
            policy(.volcano, ["gang"], ["predicates", "nodeorder"]), nodes: nodes, pods: [.waiting("p")])
        #expect(result.bound == ["p": "n1287"])
    }
}
