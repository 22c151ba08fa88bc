import SchedulingPolicy
import Simulation

/// The result of `simulate` for people.
struct SimulationTables {
    let report: SimulationReport
    let style: Style
    let isWide: Bool
    private let comparison: SimulationComparison

    /// Rows of a breakdown that are shown unless all are asked for.
    private static let mostRows = 12

    init(_ report: SimulationReport, style: Style, isWide: Bool) {
        self.report = report
        self.style = style
        self.isWide = isWide
        comparison = SimulationComparison(report)
    }

    var text: String {
        var sections = [VisibleText.line("\(report.scenario): \(report.headline)") + "\n"]
        sections.append(report.variants.count > 1 ? variants : figures)
        sections += breakdowns
        sections.append(reasons)
        sections.append(ending)
        return sections.filter { !$0.isEmpty }.joined(separator: "\n")
    }

    private func section(_ title: String, _ table: TextTable) -> String {
        table.isEmpty ? "" : style.paint(title, .strong) + "\n" + table.text(style: style)
    }

    private var rows: [SimulationComparison.Row] { isWide ? comparison.rows : comparison.principal }

    // MARK: Figures

    /// The figures of the only variant, each with what it says.
    private var figures: String {
        var table = TextTable([.left("FIGURE"), .right("VALUE"), .left("WHAT IT SAYS")])
        for row in rows {
            table.add([.init(row.metric.title), .init(value(row, 0)), .init(row.metric.explanation, .faint)])
        }
        return table.text(style: style)
    }

    /// The figures of all variants side by side, and how far each is from the first.
    private var variants: String {
        var columns: [TextTable.Column] = [.left("FIGURE")]
        for (index, variant) in comparison.variants.enumerated() {
            columns.append(.right(VisibleText.line(SimulationReport.title(ofVariant: variant))))
            if index > 0 { columns.append(.left("DIFFERENCE")) }
        }
        var table = TextTable(columns)
        for row in rows {
            var cells: [TextTable.Cell] = [.init(row.metric.title)]
            for index in row.cells.indices {
                cells.append(.init(value(row, index)))
                if index > 0 { cells.append(difference(row, index)) }
            }
            table.add(cells)
        }
        return table.text(style: style)
    }

    /// A mean, with the half-width of its interval where seeds differ.
    private func value(_ row: SimulationComparison.Row, _ index: Int) -> String {
        let statistics = row.cells[index].statistics
        var text = row.metric.text(statistics?.mean)
        if let margin = statistics?.margin, margin > 0 { text += " ± \(row.metric.text(margin))" }
        return text
    }

    private func difference(_ row: SimulationComparison.Row, _ index: Int) -> TextTable.Cell {
        guard let difference = row.cells[index].difference else { return "–" }
        let tint: Style.Tint? =
            switch difference.verdict {
            case .better: .good
            case .worse: .bad
            case .unclear, .same: .faint
            case .different, .unknown: nil
            }
        return TextTable.Cell(difference.text(row.metric), tint)
    }

    // MARK: Who waited

    private static let shownDimensions: [SimulationBreakdown.Dimension] = [.queue, .gangSize]
    private static let shownFigures: [SimulationBreakdown.Figure] = [
        .jobs, .jobsDone, .backlogJobs, .waitP50, .waitP90, .slowdownMean, .gpuHours, .utilisation,
        .allocatedGPUs, .deservedGPUs, .fairness,
    ]

    /// The jobs by queue and size; with all that there is, by everything and for each variant.
    private var breakdowns: [String] {
        let runs = isWide || report.variants.count == 1 ? report.variants.compactMap { report.runs(of: $0).first } : []
        return runs.flatMap { run in
            run.summary.breakdowns.filter { isWide || Self.shownDimensions.contains($0.dimension) && $0.isTelling }
                .map { breakdown in
                    var title = "BY \(breakdown.dimension.title.uppercased())"
                    if report.variants.count > 1 {
                        title += ": " + VisibleText.line(SimulationReport.title(ofVariant: run.variant))
                    }
                    if report.seeds.count > 1 { title += ", SEED \(run.seed)" }
                    return table(breakdown, title: title)
                }
        }
    }

    private func table(_ breakdown: SimulationBreakdown, title: String) -> String {
        let known = breakdown.figures
        let figures = isWide ? known : Self.shownFigures.filter(known.contains)
        var table = TextTable(
            [.left(breakdown.dimension.title.uppercased())] + figures.map { .right($0.title.uppercased()) })
        let rows = isWide ? breakdown.rows[...] : breakdown.rows.prefix(Self.mostRows)
        for row in rows {
            table.add([.init(row.name)] + figures.map { .init($0.text(row[$0])) })
        }
        let left = breakdown.rows.count - rows.count
        return section(title, table) + (left > 0 ? "… \(left) more (-o wide)\n" : "")
    }

    /// What jobs waited for, in job-hours: one column a variant.
    private var reasons: String {
        let hours = report.variants.map { report.waitByReason(of: $0) }
        let rows = PendingReason.allCases.map { reason in (reason: reason, hours: hours.map { $0[reason] ?? 0 }) }
            .filter { $0.hours.contains { $0 > 0 } }
            .sorted { ($1.hours.max() ?? 0, $0.reason.rawValue) < ($0.hours.max() ?? 0, $1.reason.rawValue) }
        let isOne = report.variants.count == 1
        let columns: [TextTable.Column] =
            isOne
            ? [.right("JOB-HOURS")]
            : report.variants.map { .right(VisibleText.line(SimulationReport.title(ofVariant: $0))) }
        var table = TextTable([.left("REASON")] + columns + [.left("WHAT IT SAYS")])
        for row in rows {
            table.add(
                [.init(row.reason.rawValue)] + row.hours.map { .init(FigureText.short($0)) }
                    + [.init(ReasonText.meaning(row.reason), .faint)])
        }
        return section(isOne ? "WHY JOBS WAITED" : "WHY JOBS WAITED, IN JOB-HOURS", table)
    }

    // MARK: Words

    private var ending: String {
        var lines = comparison.findings.map { SimulationReport.title(ofVariant: $0.variant) + $0.text }
        if report.variants.count > 1 {
            lines.append(
                report.seeds.count > 1
                    ? "▲ better and ▼ worse beyond what chance explains (95 %), ≈ not"
                    : "one seed cannot tell chance from difference: --seeds 10 runs more")
        }
        if !report.missing.isEmpty {
            lines.append("\(Count.of(report.missing.count, "run")) missing: this is a part of the sweep")
        }
        return lines.map { VisibleText.line($0) + "\n" }.joined()
    }
}
