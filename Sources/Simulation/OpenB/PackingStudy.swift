public import Documents
import Fragmentation

/// A packing experiment with its files: every run of it, in a fixed order.
public struct PackingStudy: Sendable {
    /// The experiment.
    public let experiment: PackingExperiment
    private let traces: [LoadedTrace]

    private struct LoadedTrace: Sendable {
        let name: String
        let trace: PackingTrace
        let typical: TargetWorkload
        let mix: TargetWorkload
        /// What arrives, by the position of the seed.
        let inflations: [WorkloadInflation]
    }

    /// Reads an experiment's files and draws what arrives.
    ///
    /// - Parameters:
    ///   - files: The bytes of each of `experiment.files`.
    ///   - sink: Takes what is wrong with them.
    /// - Returns: `nil` if there are errors.
    public init?(_ experiment: PackingExperiment, files: [String: [UInt8]], sink: ProblemSink) {
        self.experiment = experiment
        var traces: [LoadedTrace] = []
        for described in experiment.traces {
            let (trace, problems) = OpenBTrace.read(
                nodes: files[experiment.nodesFile] ?? [], nodesFile: experiment.nodesFile,
                pods: files[described.podsFile] ?? [], podsFile: described.podsFile)
            for problem in problems { sink.report(problem) }
            guard !sink.hasErrors,
                let packing = PackingTrace(trace, nodesFile: experiment.nodesFile, sink: sink)
            else { continue }
            let orders = described.arrivalOrderFile.map { file in
                SeedColumns(files[file] ?? [], file: file, seeds: experiment.seeds, sink: sink)
            }
            let ranks = described.nodeRankFile.map { file in
                SeedColumns(files[file] ?? [], file: file, seeds: experiment.seeds, sink: sink)
            }
            orders?.requireRows(below: trace.tasks.count, sink: sink)
            ranks?.requirePermutations(of: trace.nodes.count, sink: sink)
            if sink.hasErrors { continue }
            let inflations = experiment.seeds.enumerated().map { position, seed in
                let order = orders?.columns[position]
                let rank = ranks?.columns[position]
                if let order, let rank { return WorkloadInflation(arrivals: order, nodeRanks: rank) }
                let drawn = WorkloadInflation(
                    packing, arrivedPercent: experiment.arrivedPercent, seed: seed)
                return WorkloadInflation(
                    arrivals: order ?? drawn.arrivals, nodeRanks: rank ?? drawn.nodeRanks)
            }
            traces.append(
                LoadedTrace(
                    name: described.name, trace: packing,
                    typical: packing.typicalWorkload(percent: experiment.typicalPodsPercent),
                    mix: packing.typicalWorkload(percent: 100), inflations: inflations))
        }
        if sink.hasErrors { return nil }
        self.traces = traces
    }

    /// How many runs there are: every trace under every policy with every seed.
    public var count: Int { traces.count * experiment.policies.count * experiment.seeds.count }

    /// One run, by trace, then policy, then seed.
    public func run(_ position: Int) -> PackingResult {
        let seed = position % experiment.seeds.count
        let pair = position / experiment.seeds.count
        let trace = traces[pair / experiment.policies.count]
        let run = PackingRun(
            trace.trace, name: trace.name, policy: experiment.policies[pair % experiment.policies.count],
            seed: experiment.seeds[seed], inflation: trace.inflations[seed], workload: trace.typical,
            mix: trace.mix)
        return run.run()
    }

    /// All runs in their order, made on so many threads.
    public func run(threads: Int = 2) -> [PackingResult] {
        ParallelRuns.results(of: count, threads: threads) { run($0) }
    }
}
