import ClusterModel
import SchedulingPolicy

extension SimulationReport {
    /// What can be had as comma-separated values.
    public enum CSVContent: String, CaseIterable, Sendable {
        /// One row a run: variant, seed, and every figure.
        case summary
        /// One row a figure and variant: mean, spread, difference.
        case comparison
        /// One row a variant, seed, property and value of it.
        case breakdowns
        /// One row a span of time of each run that was kept whole.
        case series
        /// One row a job of each run that was kept whole.
        case jobs
    }

    /// A table as RFC 4180 has it, with a header, lines that end in a line feed alone, and what is not known left empty.
    ///
    /// Times are in seconds. Names are as they are: a program that takes text for formulas should be told not to.
    public func csv(_ content: CSVContent) -> String {
        var writer = CSVWriter()
        switch content {
        case .summary: writeSummary(&writer)
        case .comparison: writeComparison(&writer)
        case .breakdowns: writeBreakdowns(&writer)
        case .series: writeSeries(&writer)
        case .jobs: writeJobs(&writer)
        }
        return writer.text
    }

    private func writeSummary(_ writer: inout CSVWriter) {
        writer.add(["variant", "seed"] + SimulationMetric.allCases.map(\.rawValue))
        for run in runs {
            writer.add(
                [run.variant, "\(run.seed)"]
                    + SimulationMetric.allCases.map { CSVWriter.field(run.summary[$0]) })
        }
    }

    private func writeComparison(_ writer: inout CSVWriter) {
        writer.add([
            "metric", "unit", "prefers", "variant", "seeds", "mean", "deviation", "margin", "difference",
            "differenceMargin", "relative", "verdict",
        ])
        let comparison = SimulationComparison(self)
        for row in comparison.rows {
            for (variant, cell) in zip(comparison.variants, row.cells) {
                let (all, difference) = (cell.statistics, cell.difference)
                writer.add([
                    row.metric.rawValue, row.metric.unit.rawValue, row.metric.preference.rawValue, variant,
                    "\(all?.count ?? 0)", CSVWriter.field(all?.mean), CSVWriter.field(all?.deviation),
                    CSVWriter.field(all?.margin), CSVWriter.field(difference?.statistics.mean),
                    CSVWriter.field(difference?.statistics.margin), CSVWriter.field(difference?.relative),
                    difference?.verdict.rawValue ?? "",
                ])
            }
        }
    }

    private func writeBreakdowns(_ writer: inout CSVWriter) {
        let figures = SimulationBreakdown.Figure.allCases
        writer.add(["variant", "seed", "by", "name"] + figures.map(\.rawValue))
        for run in runs {
            for breakdown in run.summary.breakdowns {
                for row in breakdown.rows {
                    writer.add(
                        [run.variant, "\(run.seed)", breakdown.dimension.rawValue, row.name]
                            + figures.map { CSVWriter.field(row[$0]) })
                }
            }
        }
    }

    /// Queues and models of all variants have columns; a variant that lacks one leaves it empty.
    private func writeSeries(_ writer: inout CSVWriter) {
        let runs = drawn
        let queues = Set(runs.flatMap { $0.details?.series.queues ?? [] }).sorted { $0.precedes($1) }
        let models = Set(runs.flatMap { $0.details?.series.models ?? [] }).sorted { $0.precedes($1) }
        var header = ["variant", "seed", "seconds"] + SimulationSeries.columns.map(\.name)
        for (name, _) in SimulationSeries.columnsByQueue { header += queues.map { "\(name):\($0)" } }
        for (name, _) in SimulationSeries.columnsByModel { header += models.map { "\(name):\($0)" } }
        writer.add(header)
        for run in runs {
            guard let series = run.details?.series else { continue }
            let queuePlaces = queues.map { series.queues.firstIndex(of: $0) }
            let modelPlaces = models.map { series.models.firstIndex(of: $0) }
            for (index, point) in series.points.enumerated() {
                var fields = [
                    run.variant, "\(run.seed)", CSVWriter.field(milliseconds: Int64(index) * series.span),
                ]
                fields += SimulationSeries.columns.map { CSVWriter.field(point[keyPath: $0.path]) }
                for (_, path) in SimulationSeries.columnsByQueue {
                    fields += queuePlaces.map { CSVWriter.field($0.map { point[keyPath: path][$0] }) }
                }
                for (_, path) in SimulationSeries.columnsByModel {
                    fields += modelPlaces.map { CSVWriter.field($0.map { point[keyPath: path][$0] }) }
                }
                writer.add(fields)
            }
        }
    }

    private func writeJobs(_ writer: inout CSVWriter) {
        writer.add([
            "variant", "seed", "namespace", "name", "queue", "user", "instanceType", "pods", "gpus", "state",
            "submitted", "started", "ended", "runTime", "wait", "slowdown", "evictions", "failures",
            "lostWork",
            "gpuHours", "expectedStart", "lastReason",
        ])
        for run in drawn {
            for job in run.details?.jobs ?? [] {
                writer.add([
                    run.variant, "\(run.seed)", job.key.namespace, job.key.name, job.queue, job.user,
                    job.instanceType, "\(job.pods)", "\(job.gpus)", job.state.rawValue,
                    CSVWriter.field(milliseconds: job.submitted), CSVWriter.field(milliseconds: job.started),
                    CSVWriter.field(milliseconds: job.ended), CSVWriter.field(milliseconds: job.runTime),
                    CSVWriter.field(milliseconds: job.wait), CSVWriter.field(job.slowdown),
                    "\(job.evictions)",
                    "\(job.failures)", CSVWriter.field(milliseconds: job.lostWork),
                    CSVWriter.field(Double(job.gpuTime) / 3_600_000),
                    CSVWriter.field(milliseconds: job.expectedStart), job.lastReason?.rawValue ?? "",
                ])
            }
        }
    }
}
