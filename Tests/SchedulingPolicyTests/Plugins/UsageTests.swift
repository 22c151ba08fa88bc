import ClusterModel
import TestSupport
import Testing

@testable import SchedulingPolicy

@Suite("usage looks at what nodes really use") struct UsageTests {
    private func options(_ usages: [String: (Double, Double)], at second: Int64 = 0) -> SessionOptions {
        SessionOptions(
            nodeUsage: RecordedNodeUsage(
                usages.mapValues { NodeUsage(cpu: $0.0, memory: $0.1, time: .second(second)) }))
    }

    private func configuration(_ arguments: String = "") -> SchedulerConfiguration {
        policy(.volcano, ["gang"], ["predicates", "usage \(arguments)"])
    }

    private let nodes: [Node] = [.of("a"), .of("b")]

    private func winner(_ usages: [String: (Double, Double)], _ arguments: String = "") throws -> String? {
        try schedule(
            configuration(arguments), nodes: nodes, pods: [.waiting("p")], options: options(usages)
        ).bound["p"]
    }

    @Test("nodes above a threshold take no pods") func thresholds() throws {
        let result = try schedule(
            configuration(), nodes: nodes, pods: [.waiting("p")],
            options: options(["a": (80.1, 0), "b": (0, 81)]))
        #expect(
            result.pending.first?.nodeReasons.map(\.reason) == [
                "the CPU load of the node exceeds the upper limit.",
                "the memory load of the node exceeds the upper limit.",
            ])
        #expect(try winner(["a": (80, 80), "b": (81, 0)]) == "a")
        #expect(try winner(["a": (81, 80), "b": (95, 0)], #"thresholds={"cpu":90,"mem":90}"#) == "a")
        #expect(try winner(["a": (50, 0), "b": (0, 0)], #"thresholds={"cpu":40}"#) == "b")
    }

    @Test("what is left of CPU and memory, weighed") func scores() throws {
        // a: 80 and 60, b: 50 and 100.
        let usages = ["a": (20.0, 40.0), "b": (50.0, 0.0)]
        #expect(try winner(usages) == "b")
        #expect(try winner(usages, "cpu.weight=3") == "a")
        #expect(try winner(usages, "usage.weight=0") == "a")
    }

    @Test("a measurement of more than five minutes ago says nothing, and neither does nobody") func stale()
        throws
    {
        func bound(_ now: Int64) throws -> [String: String] {
            try Session(
                snapshot: ClusterSnapshot(nodes: nodes, pods: [.waiting("p")]),
                configuration: configuration(),
                options: options(["a": (99, 0), "b": (10, 10)])
            ).runCycle(now: .second(now)).bound
        }
        #expect(try bound(300) == ["p": "b"])
        #expect(try bound(301) == ["p": "a"])
        #expect(
            try schedule(configuration(), nodes: nodes, pods: [.waiting("p")]).bound == ["p": "a"])
    }

    @Test("pods that have just been placed count by an estimate") func estimates() throws {
        // 700 of 10,000 millicores: 10 % becomes 17 %, 12 % becomes 19 %.
        let result = try schedule(
            configuration(), nodes: nodes, pods: Pod.members(of: "g", 3), gangs: [.gang("g", min: 3)],
            options: options(["a": (10, 0), "b": (12, 0)]))
        #expect(result.binds.map(\.node) == ["a", "b", "a"])
    }

    @Test("pods that started within the interval count by an estimate, older ones are in the measurement")
    func young() throws {
        func bound(_ started: Int64) throws -> [String: String] {
            let pod = Pod.waiting("x").running(on: "a").with { $0.started = .second(started) }
            return try Session(
                snapshot: ClusterSnapshot(nodes: nodes, pods: [pod, .waiting("p")]),
                configuration: configuration(), options: options(["a": (10, 0), "b": (12, 0)], at: 100)
            ).runCycle(now: .second(100)).bound
        }
        #expect(try bound(71) == ["p": "b"])
        #expect(try bound(70) == ["p": "a"])
    }

    @Test("the estimator: request, burst, risk, limit") func estimator() {
        let plain = UsageEstimator(nil)
        #expect(plain.cpu(asking: 1_000, limit: nil, inUse: 0.6) == 700)
        #expect(plain.cpu(asking: 1_000, limit: nil, inUse: 0.61) == 840)
        #expect(plain.cpu(asking: 1_000, limit: 800, inUse: 0.61) == 800)
        #expect(plain.cpu(asking: 0, limit: nil, inUse: 0) == 250)
        #expect(plain.memory(asking: 0, limit: nil, inUse: 0) == 200 << 20)
        #expect(plain.cpu(asking: 1_000, limit: 3_000, inUse: 0) == 700)
        let arguments = configuration(
            #"estimator={"request_ratio":1,"burst_ratio":0.5,"risk_threshold":0.1,"risk_factor":2,"be_cpu":"1","be_mem":"1Gi"}"#
        ).tiers[1][1].arguments
        let own = UsageEstimator(arguments.structure("estimator"))
        #expect(own.cpu(asking: 1_000, limit: 2_000, inUse: 0) == 1_500)
        #expect(own.cpu(asking: 1_000, limit: 4_000, inUse: 0.2) == 4_000)
        #expect(own.cpu(asking: 0, limit: nil, inUse: 0) == 1_000)
        #expect(own.memory(asking: 0, limit: nil, inUse: 0) == gibibyte)
    }

    @Test("arguments that make no sense are named") func arguments() {
        for argument in [
            "thresholds: {cpu: 101}", "thresholds: {gpu: 1}", "estimator: {request_ratio: high}",
            "estimator: {be_cpu: -1}", "estimator: {ratio: 1}",
        ] {
            let text =
                "compatibility: gangwright\nactions: allocate\ntiers: [{plugins: [{name: usage, arguments: {\(argument)}}]}]"
            #expect(
                SchedulerConfiguration.read(Array(text.utf8), file: "f").problems.count == 1, "\(argument)")
        }
    }
}
