extension ReportPage {
    /// The jobs of the drawn runs by queue, instance type, model, size and user.
    func writeBreakdowns(_ page: inout Markup) {
        for run in charts.runs {
            let breakdowns = run.summary.breakdowns.filter { $0.isTelling || $0.dimension == .queue }
            if breakdowns.isEmpty { continue }
            if charts.runs.count > 1 {
                page.element("details") { page in
                    page.element("summary", text: run.title)
                    for breakdown in breakdowns { write(&page, breakdown) }
                }
            } else {
                for breakdown in breakdowns { write(&page, breakdown) }
            }
        }
        page.element(
            "p", [("class", "caption")],
            text: "Waits are from submission to the first start. A queue's share of due is how much it held of what it deserves, as far as "
                + "it had jobs for it. GPU models count jobs by the model that they ask for, and use by where pods ran.")
    }

    /// More rows than these are added up in none: the largest by GPU-hours are shown.
    private static let mostRows = 24

    private func write(_ page: inout Markup, _ breakdown: SimulationBreakdown) {
        let figures = breakdown.figures.filter { figure in
            switch figure {
            case .jobsStarted: false
            case .evictions, .failures, .backlogJobs, .backlogGPUs:
                breakdown.rows.contains { $0[figure] ?? 0 > 0 }
            default: true
            }
        }
        let ranked = breakdown.rows.enumerated().sorted {
            let (left, right) = ($0.element[.gpuHours] ?? 0, $1.element[.gpuHours] ?? 0)
            return left == right ? $0.offset < $1.offset : left > right
        }
        let kept = Set(ranked.prefix(Self.mostRows).map(\.offset))
        let rows = breakdown.rows.enumerated().filter { kept.contains($0.offset) }.map(\.element)
        table(&page, [breakdown.dimension.title] + figures.map(\.title), textColumns: [0]) { page in
            for row in rows {
                page.element("tr") { page in
                    page.element("th", [("scope", "row")], text: row.name)
                    for figure in figures { page.element("td", text: figure.text(row[figure])) }
                }
            }
        }
        if rows.count < breakdown.rows.count {
            page.element(
                "p", [("class", "caption")],
                text: "The \(rows.count) with the most GPU-hours are shown, of \(breakdown.rows.count).")
        }
    }
}
