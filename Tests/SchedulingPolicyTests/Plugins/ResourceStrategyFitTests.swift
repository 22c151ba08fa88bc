import ClusterModel
import TestSupport
import Testing

@testable import SchedulingPolicy

@Suite("resource-strategy-fit ranks nodes resource by resource") struct ResourceStrategyFitTests {
    private func configuration(_ arguments: String) -> SchedulerConfiguration {
        policy(.volcano, ["gang"], ["predicates", "resource-strategy-fit \(arguments)"])
    }

    /// a is half full, b is empty; of GPUs it is the other way round.
    private let nodes: [Node] = [.of("a", gpus: 4), .of("b", gpus: 4)]
    private let running = [
        Pod.waiting("x", asking: [.cpu: 5_000, .memory: 32 * gibibyte]).running(on: "a"),
        Pod.waiting("y", asking: [.nvidiaGPU: 2]).running(on: "b"),
    ]

    private func winner(_ arguments: String, asking requests: ResourceList) throws -> String? {
        try schedule(
            configuration(arguments), nodes: nodes, pods: running + [.waiting("p", asking: requests)]
        ).bound["p"]
    }

    @Test("emptier by CPU and memory, unless said otherwise") func defaults() throws {
        #expect(try winner("", asking: [.cpu: 1_000, .memory: gibibyte]) == "b")
        // Nothing has a strategy of what is asked for: the smallest name.
        #expect(try winner("", asking: [.nvidiaGPU: 1]) == "a")
        #expect(try winner("resourceStrategyFitWeight=0", asking: [.cpu: 1_000]) == "a")
    }

    @Test("each resource by its own type and weight") func types() throws {
        let most = #"resources={"cpu":{"type":"MostAllocated","weight":1}}"#
        #expect(try winner(most, asking: [.cpu: 1_000]) == "a")
        // CPU, fuller: a 60, b 10. GPUs, fuller: a 25, b 75. So CPU must count 1.0 times as much to draw.
        let mixed: (Int) -> String = {
            #"resources={"cpu":{"type":"MostAllocated","weight":\#($0)},"nvidia.com/gpu":{"type":"MostAllocated","weight":10}}"#
        }
        #expect(try winner(mixed(9), asking: [.cpu: 1_000, .nvidiaGPU: 1]) == "b")
        #expect(try winner(mixed(11), asking: [.cpu: 1_000, .nvidiaGPU: 1]) == "a")
    }

    @Test("the very name beats a beginning, and the longer beginning the shorter") func patterns() throws {
        let least = #"{"type":"LeastAllocated","weight":1}"#
        let most = #"{"type":"MostAllocated","weight":1}"#
        let request: ResourceList = [.nvidiaGPU: 1]
        #expect(try winner(#"resources={"nvidia.com/*":\#(most)}"#, asking: request) == "b")
        #expect(try winner(#"resources={"nv*":\#(most),"nvidia.com/*":\#(least)}"#, asking: request) == "a")
        #expect(
            try winner(#"resources={"nvidia.com/gpu":\#(most),"nvidia.com/g*":\#(least)}"#, asking: request)
                == "b")
    }

    @Test(
        "the mean of the parts, to a hundredth of a point", arguments: [(74_960, "example"), (75_040, "a")])
    func worked(other: Int64, expected: String) throws {
        // 75 % of CPU (fuller), 50 % of memory left (emptier), 75 % of GPUs, weighed 1, 1, 2: 68.75.
        let nodes: [Node] = [
            .of("a", 100_000, memory: 32 * gibibyte, gpus: 4),
            .of("example", 8_000, memory: 32 * gibibyte, gpus: 4),
        ]
        let pods = [
            Pod.waiting("x", asking: [.cpu: 4_000, .memory: 8 * gibibyte, .nvidiaGPU: 2]).running(
                on: "example"),
            Pod.waiting("y", asking: [.cpu: other - 2_000, .memory: 8 * gibibyte, .nvidiaGPU: 2]).running(
                on: "a"),
            .waiting("p", asking: [.cpu: 2_000, .memory: 8 * gibibyte, .nvidiaGPU: 1]),
        ]
        let arguments =
            #"resources={"cpu":{"type":"MostAllocated","weight":1},"memory":{"weight":1},"nvidia.com/gpu":{"type":"MostAllocated","weight":2}}"#
        #expect(try schedule(configuration(arguments), nodes: nodes, pods: pods).bound["p"] == expected)
    }

    @Test("a pod says itself how nodes are ranked for it; weights that cannot be read rank none")
    func annotations()
        throws
    {
        func winner(_ type: String, _ weights: String) throws -> String? {
            let pod = Pod.waiting("p", asking: [.cpu: 1_000, .nvidiaGPU: 1]).with {
                $0.annotations["volcano.sh/resource-strategy-scoring-type"] = type
                $0.annotations["volcano.sh/resource-strategy-weight"] = weights
            }
            return try schedule(configuration(""), nodes: nodes, pods: running + [pod]).bound["p"]
        }
        #expect(try winner("MostAllocated", #"{"cpu": 2}"#) == "a")
        #expect(try winner("MostAllocated", #"{"cpu": 1, "nvidia.com/gpu": 5}"#) == "b")
        #expect(try winner("LeastAllocated", #"{"nvidia.com/gpu": 5}"#) == "a")
        #expect(try winner("LeastAllocated", #"{"cpu": 1}"#) == "b")
        #expect(try winner("LeastAllocated", "cpu") == "a")
    }

    @Test("sra keeps pods off nodes with scarce resources that they do not need") func scarcity() throws {
        let nodes: [Node] = [.of("a", gpus: 4), .of("b")]
        func winner(_ arguments: String, _ requests: ResourceList) throws -> String? {
            try schedule(
                configuration(arguments), nodes: nodes, pods: [.waiting("p", asking: requests)]
            ).bound["p"]
        }
        let sra =
            #"sra={"enable":true,"resources":"nvidia.com/gpu,example.com/fpga","weight":10,"resourceWeight":{"nvidia.com/gpu":3}}"#
        #expect(try winner("", [.cpu: 1_000]) == "a")
        #expect(try winner(sra, [.cpu: 1_000]) == "b")
        #expect(try winner(sra, [.cpu: 1_000, .nvidiaGPU: 1]) == "a")
    }

    @Test("a scarce resource that comes with a later node counts at once") func laterNode() throws {
        let sra = #"sra={"enable":true,"resources":"example.com/fpga","weight":10}"#
        let session = try Session(
            snapshot: ClusterSnapshot(nodes: [.of("b")], pods: [.waiting("p1", 9_000)]),
            configuration: configuration(sra))
        #expect(session.runCycle().bound == ["p1": "b"])
        try session.update(Node.of("a").with { $0.allocatable["example.com/fpga"] = 1 })
        try session.update(Node.of("c"))
        try session.update(Pod.waiting("p2", 9_000))
        #expect(session.runCycle().bound == ["p2": "c"])
    }
}

@Suite("Proportions keep CPU and memory for devices") struct ProportionRuleTests {
    private let rule =
        #"proportional={"enable":true,"resources":"nvidia.com/gpu","resourceProportion":{"nvidia.com/gpu.cpu":4,"nvidia.com/gpu.memory":8}}"#

    private func result(_ configuration: SchedulerConfiguration, _ requests: ResourceList) throws
        -> CycleResult
    {
        // Two of four GPUs are free: 8 CPUs and 16 GB must stay.
        try schedule(
            configuration, nodes: [.of("n", 20_000, memory: 30_000_000_000, gpus: 4)],
            pods: [
                Pod.waiting("x", asking: [.cpu: 10_000, .memory: 10_000_000_000, .nvidiaGPU: 2]).running(
                    on: "n"), .waiting("p", asking: requests),
            ])
    }

    private func check(_ configuration: SchedulerConfiguration) throws {
        let small: ResourceList = [.cpu: 2_000, .memory: 4_000_000_000]
        #expect(try result(configuration, small).bound == ["p": "n"])
        let refused = try result(configuration, [.cpu: 2_001, .memory: 4_000_000_000])
        #expect(
            refused.pending.first?.nodeReasons.map(\.reason)
                == ["proportional of resource nvidia.com/gpu check failed"])
        #expect(try result(configuration, [.cpu: 2_000, .memory: 4_000_000_001]).bound == [:])
        #expect(try result(configuration, [.cpu: 10_000, .nvidiaGPU: 1]).bound == ["p": "n"])
    }

    @Test("resource-strategy-fit: a pod that asks for no device leaves each free device its part") func head()
        throws
    {
        try check(policy(.volcano, ["gang"], ["predicates", "resource-strategy-fit \(rule)"]))
        let off = policy(
            .volcano, ["gang"],
            ["predicates", "resource-strategy-fit \(rule.replacing("true", with: "false"))"])
        #expect(try result(off, [.cpu: 10_000]).bound == ["p": "n"])
    }

    @Test("predicates has the rule in Volcano 1.5, and only there") func volcano15() throws {
        let arguments =
            "predicate.ProportionalEnable=true predicate.resources=nvidia.com/gpu "
            + "predicate.resources.nvidia.com/gpu.cpu=4 predicate.resources.nvidia.com/gpu.memory=8"
        try check(policy(.volcano15, ["gang"], ["predicates \(arguments)"]))
        let text =
            "actions: allocate\ntiers: [{plugins: [{name: predicates, arguments: {predicate.ProportionalEnable: true}}]}]"
        #expect(SchedulerConfiguration.read(Array(text.utf8), file: "f").problems.count == 1)
    }

    @Test("a pod that was refused is tried again once the devices are taken") func laterRoom() throws {
        let session = try Session(
            snapshot: ClusterSnapshot(
                nodes: [.of("n", 20_000, gpus: 4)],
                pods: Pod.members(of: "g", 2, asking: [.cpu: 5_000]), podGroups: [.gang("g", min: 2)]),
            configuration: policy(.volcano, ["gang"], ["predicates", "resource-strategy-fit \(rule)"]))
        #expect(session.runCycle().bound == [:])
        try session.update(Pod.waiting("x", asking: [.cpu: 1_000, .nvidiaGPU: 4]))
        #expect(session.runCycle().bound.keys.sorted() == ["x"])
        #expect(session.runCycle().bound.keys.sorted() == ["g-0", "g-1"])
    }
}
