import Documents
import Fragmentation
import Simulation

/// `gangwright simulate FILE` for a document of kind `PackingExperiment`: policies that share GPUs, side by side on a trace.
struct PackingExperimentRun {
    /// What the command understands for such documents besides `output` and `seeds`.
    static let options: [Option] = [
        Option(
            name: "policy", metavar: "NAME", help: "only this policy of a packing experiment",
            repeatable: true,
            choices: DevicePolicy.allCases.map(\.rawValue))
    ]

    /// Runs an experiment and prints what came of it.
    ///
    /// Looks at the arguments `output` (`json`, `csv`; anything else is a table), `policy` and `seeds`, which must be declared.
    static func run(
        _ document: Value, file: String, arguments: Arguments, environment: [String: String],
        _ outcome: inout CommandOutcome
    ) throws(CommandFailure) {
        let sink = ProblemSink()
        let folder = file.split(separator: "/", omittingEmptySubsequences: false).dropLast()
            .joined(separator: "/")
        guard
            var experiment = PackingExperiment.read(
                document, folder: folder, environment: environment, sink: sink)
        else { throw CommandFailure(sink.problems) }
        let policies = arguments.values("policy").compactMap { DevicePolicy(rawValue: $0) }
        if !policies.isEmpty { experiment.policies = policies }
        if arguments.isGiven("seeds"), let seeds = arguments.value("seeds").flatMap({ Int($0) }), seeds > 0 {
            experiment = experiment.with(seedCount: seeds)
        }
        var files: [String: [UInt8]] = [:]
        for file in experiment.files {
            do { files[file] = try FileAccess.read(file) } catch {
                throw CommandFailure(.badInput, error.description)
            }
        }
        guard let study = PackingStudy(experiment, files: files, sink: sink) else {
            throw CommandFailure(sink.problems)
        }
        outcome.warn(sink.problems)
        let report = PackingReport(experiment, study.run())
        switch arguments.value("output") {
        case "json": outcome.standardOutput = report.document.json() + "\n"
        case "csv": outcome.standardOutput = report.csv
        default: outcome.standardOutput = table(report)
        }
    }

    /// Allocated GPU and fragments in percent of all GPUs, mean and standard deviation over the seeds.
    private static func table(_ report: PackingReport) -> String {
        let hasCeilings = report.experiment.traces.contains { $0.ceilingPercent != nil }
        var table = TextTable(
            [
                .left("TRACE"), .left("POLICY"), .right("RUNS"), .right("ALLOCATED %"), .right("±"),
                .right("FRAGMENTED %"), .right("±"), .right("REFUSED PODS"),
            ] + (hasCeilings ? [.right("CEILING %")] : []))
        for summary in report.summaries {
            table.add(
                [
                    .init(summary.trace), .init(summary.policy.rawValue), "\(summary.runs)",
                    .init(FixedDecimal.text(summary.allocated.mean, digits: 2)),
                    .init(FixedDecimal.text(summary.allocated.standardDeviation, digits: 2)),
                    .init(FixedDecimal.text(summary.fragmented.mean, digits: 2)),
                    .init(FixedDecimal.text(summary.fragmented.standardDeviation, digits: 2)),
                    .init(FixedDecimal.text(summary.failed.mean, digits: 0)),
                ]
                    + (hasCeilings
                        ? [.init(summary.ceilingPercent.map { FixedDecimal.text($0, digits: 2) } ?? "")]
                        : []))
        }
        return table.text(style: .plain)
    }
}
