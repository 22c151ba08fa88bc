/// Variants side by side: each figure's mean over the seeds, and the difference from the first variant.
///
/// Differences are paired: the same seed drew the same jobs for both, so that what the seeds do to both alike cancels out.
public struct SimulationComparison: Sendable, Equatable {
    /// How a difference is to be read.
    public enum Verdict: String, Sendable {
        /// Better than the first variant, by more than chance explains.
        case better
        /// Worse than the first variant, by more than chance explains.
        case worse
        /// Other than the first variant by more than chance explains, in a figure of which neither more nor less is better.
        case different
        /// The same to the last digit, with every seed.
        case same
        /// What chance may explain.
        case unclear
        /// One seed: nobody can say.
        case unknown
    }

    /// How a variant does beside the first.
    public struct Difference: Sendable, Equatable {
        /// The variant's figure minus the first variant's, over the seeds that both have.
        public var statistics: SampleStatistics
        /// The mean difference in parts of the first variant's mean; `nil` where that is 0.
        public var relative: Double?
        /// How to read it.
        public var verdict: Verdict
    }

    /// A figure of one variant.
    public struct Cell: Sendable, Equatable {
        /// Over its seeds; `nil` where no run has the figure.
        public var statistics: SampleStatistics?
        /// From the first variant; `nil` for the first itself, and where no seed has both.
        public var difference: Difference?
    }

    /// A figure of all variants.
    public struct Row: Sendable, Equatable {
        /// The figure.
        public var metric: SimulationMetric
        /// One for each variant.
        public var cells: [Cell]
    }

    /// The variants.
    public var variants: [String]
    /// The figures that any run has, in their order.
    public var rows: [Row]

    /// Compares the runs of a report.
    public init(_ report: SimulationReport) {
        variants = report.variants
        let runs = report.variants.map { report.runs(of: $0) }
        let base = Dictionary(runs[0].map { ($0.seed, $0.summary) }, uniquingKeysWith: { first, _ in first })
        rows = SimulationMetric.allCases.compactMap { metric in
            let cells = runs.indices.map { index in
                Cell(
                    statistics: SampleStatistics(runs[index].compactMap { $0.summary[metric] }),
                    difference: index == 0 ? nil : Self.difference(metric, of: runs[index], from: base))
            }
            return cells.allSatisfy { $0.statistics == nil } ? nil : Row(metric: metric, cells: cells)
        }
    }

    /// The figures that a person looks at first.
    public var principal: [Row] { rows.filter(\.metric.isPrincipal) }

    private static func difference(
        _ metric: SimulationMetric, of runs: [SimulationRun], from base: [UInt64: SimulationSummary]
    ) -> Difference? {
        var differences: [Double] = []
        var baseSum = 0.0
        for run in runs {
            guard let value = run.summary[metric],
                let other = base[run.seed]?[metric]
            else { continue }
            differences.append(value - other)
            baseSum += other
        }
        guard let statistics = SampleStatistics(differences) else { return nil }
        let baseMean = baseSum / Double(differences.count)
        return Difference(
            statistics: statistics, relative: baseMean == 0 ? nil : statistics.mean / baseMean.magnitude,
            verdict: verdict(statistics, differences, metric.preference))
    }

    private static func verdict(
        _ statistics: SampleStatistics, _ differences: [Double], _ preference: SimulationMetric.Preference
    ) -> Verdict {
        if differences.allSatisfy({ $0 == 0 }) { return .same }
        guard let margin = statistics.margin else { return .unknown }
        if statistics.mean.magnitude <= margin { return .unclear }
        switch preference {
        case .neither: return .different
        case .higher: return statistics.mean > 0 ? .better : .worse
        case .lower: return statistics.mean < 0 ? .better : .worse
        }
    }
}
