/// Figures of this run beside those of an earlier one.
///
/// A figure has become worse when the medians differ by more than both runs' noise explains. A run's noise is three
/// standard deviations, estimated from the median distance from the median; the two add as independent errors do.
/// Between two processes times differ more than within one (where memory lies, how the machine is clocked), so that a
/// time counts as changed from 5 % on. Counts of bytes have 1 % of play, other counts none.
///
/// Times are compared by processor time where it was taken: what else the machine does shows less in it.
public struct Comparison: Sendable {
    /// One figure in both runs.
    public struct Row: Sendable {
        /// The figure as it is now.
        public let now: Measurement
        /// The figure as it was.
        public let before: Measurement
        /// The part of a median that noise explains.
        public let noise: Double

        /// How much more it is now: 2 for twice.
        public var ratio: Double {
            let (now, before) = (now.steadyMedian, before.steadyMedian)
            return before == 0 ? (now == 0 ? 1 : .infinity) : now / before
        }

        /// Whether it is worse than noise explains.
        public var isWorse: Bool {
            switch now.direction {
            case .lower: ratio > 1 + noise
            case .higher: ratio < 1 / (1 + noise)
            case .none: false
            }
        }

        /// Whether it is better than noise explains.
        public var isBetter: Bool {
            switch now.direction {
            case .lower: ratio < 1 / (1 + noise)
            case .higher: ratio > 1 + noise
            case .none: false
            }
        }
    }

    /// The figures that both runs have.
    public let rows: [Row]
    /// Why the runs are not of the same kind; empty if they are.
    public let warnings: [String]

    /// The part by which times of two processes differ for no reason.
    private static let betweenProcesses = 0.05

    /// Compares two runs.
    public init(now: BenchmarkReport, before: BenchmarkReport) {
        let old = Dictionary(
            before.measurements.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
        rows = now.measurements.compactMap { measurement in
            old[measurement.key].map { Row(now: measurement, before: $0, noise: Self.noise(measurement, $0)) }
        }
        var warnings: [String] = []
        if now.machine.processor != before.machine.processor || now.machine.cores != before.machine.cores {
            warnings.append("the machines differ: it was \(before.machine.line)")
        }
        if now.seed != before.seed { warnings.append("the seeds differ: it was \(before.seed)") }
        if now.isQuick != before.isQuick { warnings.append("only one of the runs is quick") }
        if rows.isEmpty { warnings.append("the runs have no figure in common") }
        self.warnings = warnings
    }

    /// True when a figure is worse than noise explains.
    public var isWorse: Bool { rows.contains(where: \.isWorse) }

    private static func noise(_ now: Measurement, _ before: Measurement) -> Double {
        switch now.unit {
        case .count: return 0
        case .bytes: return 0.01
        case .perSecond, .nanoseconds, .ratio:
            // The median distance from the median is 0.6745 standard deviations, where errors are normal.
            let deviations = 3 / 0.6745
            let (mine, theirs) = (deviations * now.steadySpread, deviations * before.steadySpread)
            return max(betweenProcesses, (mine * mine + theirs * theirs).squareRoot())
        }
    }

    /// The figures in aligned columns.
    public var table: String {
        var table = FigureTable([
            .left("CASE"), .left("CONDITIONS"), .left("QUANTITY"), .right("BEFORE"), .right("NOW"),
            .right("RATIO"), .right("NOISE"), .left(""),
        ])
        for row in rows {
            table.add([
                row.now.caseName, row.now.conditions, row.now.quantity,
                FigureText.text(row.before.steadyMedian, unit: row.before.unit),
                FigureText.text(row.now.steadyMedian, unit: row.now.unit),
                FigureText.text(row.ratio, unit: .ratio), FigureText.percent(row.noise),
                row.isWorse ? "WORSE" : row.isBetter ? "better" : "",
            ])
        }
        return warnings.map { "warning: \($0)\n" }.joined() + table.text
    }
}
