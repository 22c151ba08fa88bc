public import Documents
public import Fragmentation

/// The results of a packing experiment, summed up and written out. Nothing in it depends on when or how fast it ran.
public struct PackingReport: Sendable {
    /// The experiment.
    public let experiment: PackingExperiment
    /// Its runs, by trace, then policy, then seed.
    public let results: [PackingResult]

    /// Runs of one trace under one policy.
    public struct Summary: Sendable {
        /// The trace's name.
        public var trace: String
        /// The policy.
        public var policy: DevicePolicy
        /// How many runs.
        public var runs: Int
        /// Allocated GPU at the end, in percent of all.
        public var allocated: Spread
        /// Fragments at the end, in percent of all GPUs.
        public var fragmented: Spread
        /// Pods that found no room.
        public var failed: Spread
        /// The most that any policy could have got, in percent; `nil` where nobody knows.
        public var ceilingPercent: Double?
    }

    /// A mean, and how far runs are from it.
    public struct Spread: Sendable, Equatable {
        /// The mean.
        public var mean: Double
        /// The standard deviation of the sample; 0 for a single run.
        public var standardDeviation: Double

        /// The spread of some values.
        public init(_ values: [Double]) {
            let count = Double(max(values.count, 1))
            let mean = values.reduce(0, +) / count
            let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
            self.mean = mean
            standardDeviation = values.count < 2 ? 0 : (squares / (count - 1)).squareRoot()
        }
    }

    /// A report of an experiment's runs.
    public init(_ experiment: PackingExperiment, _ results: [PackingResult]) {
        self.experiment = experiment
        self.results = results
    }

    /// By trace, then policy.
    public var summaries: [Summary] {
        var summaries: [Summary] = []
        for trace in experiment.traces {
            for policy in experiment.policies {
                let runs = results.filter { $0.trace == trace.name && $0.policy == policy }
                if runs.isEmpty { continue }
                summaries.append(
                    Summary(
                        trace: trace.name, policy: policy, runs: runs.count,
                        allocated: Spread(runs.map(\.allocatedPercent)),
                        fragmented: Spread(runs.map(\.fragmentedPercent)),
                        failed: Spread(runs.map { Double($0.failed) }),
                        ceilingPercent: trace.ceilingPercent))
            }
        }
        return summaries
    }

    /// One line for each run under a header line.
    public var csv: String {
        let stations = PackingResult.stations
        let header =
            [
                "trace", "policy", "seed", "pods", "demand_milli", "failed", "alloc_gpu_milli",
                "gpus_touched", "alloc_cpu_milli", "alloc_mem_mib", "idle_gpu_milli", "frag_gpu_milli",
                "q1_lack_both", "q2_lack_gpu", "q3_satisfied", "q4_lack_cpu", "xl_satisfied", "xr_lack_cpu",
                "no_access", "fail_cpu", "fail_share", "fail_1x", "fail_2x", "fail_4x", "fail_8x",
            ] + stations.map { "alloc\($0)" } + stations.map { "frag\($0)" }
        return ([header] + results.map { row($0) }).map { $0.joined(separator: ",") + "\n" }.joined()
    }

    private func row(_ result: PackingResult) -> [String] {
        let idle = result.idle
        let idleMilliGPU = result.capacityMilliGPU - result.allocatedMilliGPU
        let amounts = [
            Double(idleMilliGPU), idle.fragments, idle.lackBoth, idle.lackGPU, idle.satisfied, idle.lackCPU,
            idle.withoutGPUSatisfied, idle.withoutGPULackCPU, idle.noAccess,
        ]
        let whole = result.failures.whole
        let counts: [Int64] = [
            result.seed, Int64(result.pods), result.demandMilliGPU, Int64(result.failed),
            result.allocatedMilliGPU, Int64(result.gpusTouched), result.allocatedMilliCPU,
            result.allocatedMemoryMiB,
        ]
        let failures = [result.failures.withoutGPU, result.failures.share] + [1, 2, 4, 8].map { whole[$0] ?? 0 }
        return [CSVText.field(result.trace), result.policy.rawValue] + counts.map { "\($0)" }
            + amounts.map { FixedDecimal.text($0, digits: 1) } + failures.map { "\($0)" }
            + result.curve.map { FixedDecimal.text($0.allocatedPercent, digits: 2) }
            + result.curve.map {
                FixedDecimal.text($0.fragmentedPercent(of: result.capacityMilliGPU), digits: 2)
            }
    }

    /// The whole report as a document.
    public var document: OutputValue {
        [
            "experiment": .string(experiment.name),
            "arrivedPercent": .integer(Int64(experiment.arrivedPercent)),
            "summary": .list(summaries.map(Self.document)),
            "runs": .list(results.map(Self.document)),
        ]
    }

    private static func document(_ summary: Summary) -> OutputValue {
        var members: [(String, OutputValue)] = [
            ("trace", .string(summary.trace)), ("policy", .string(summary.policy.rawValue)),
            ("runs", .integer(Int64(summary.runs))),
            ("allocatedPercent", document(summary.allocated)),
            ("fragmentedPercent", document(summary.fragmented)), ("failedPods", document(summary.failed)),
        ]
        if let ceiling = summary.ceilingPercent { members.append(("ceilingPercent", .number(ceiling))) }
        return .object(members)
    }

    private static func document(_ spread: Spread) -> OutputValue {
        [
            "mean": number(spread.mean, digits: 3),
            "standardDeviation": number(spread.standardDeviation, digits: 3),
        ]
    }

    private static func document(_ result: PackingResult) -> OutputValue {
        let idle = result.idle
        let whole = result.failures.whole.sorted { $0.key < $1.key }
        return [
            "trace": .string(result.trace), "policy": .string(result.policy.rawValue),
            "seed": .integer(result.seed), "pods": .integer(Int64(result.pods)),
            "demandMilliGPU": .integer(result.demandMilliGPU), "failed": .integer(Int64(result.failed)),
            "allocatedMilliGPU": .integer(result.allocatedMilliGPU),
            "allocatedPercent": number(result.allocatedPercent, digits: 3),
            "gpusTouched": .integer(Int64(result.gpusTouched)),
            "allocatedMilliCPU": .integer(result.allocatedMilliCPU),
            "allocatedMemoryMiB": .integer(result.allocatedMemoryMiB),
            "idleMilliGPU": [
                "fragments": number(idle.fragments, digits: 1), "lackBoth": number(idle.lackBoth, digits: 1),
                "lackGPU": number(idle.lackGPU, digits: 1), "satisfied": number(idle.satisfied, digits: 1),
                "lackCPU": number(idle.lackCPU, digits: 1),
                "withoutGPUSatisfied": number(idle.withoutGPUSatisfied, digits: 1),
                "withoutGPULackCPU": number(idle.withoutGPULackCPU, digits: 1),
                "noAccess": number(idle.noAccess, digits: 1),
            ],
            "failures": .object(
                [
                    ("withoutGPU", .integer(Int64(result.failures.withoutGPU))),
                    ("share", .integer(Int64(result.failures.share))),
                ] + whole.map { ("gpus\($0.key)", .integer(Int64($0.value))) }),
            "curve": .list(
                zip(PackingResult.stations, result.curve).map { station, point in
                    [
                        "arrivedPercent": .integer(Int64(station)),
                        "allocatedPercent": number(point.allocatedPercent, digits: 2),
                        "fragmentedPercent": number(
                            point.fragmentedPercent(of: result.capacityMilliGPU), digits: 2),
                    ]
                }),
        ]
    }

    private static func number(_ value: Double, digits: Int) -> OutputValue {
        .number(Double(FixedDecimal.text(value, digits: digits)) ?? 0)
    }
}
