import SchedulingPolicy

extension ReportCharts {
    // MARK: How long jobs waited

    /// The distribution of waits: a curve for each variant.
    func writeWaits(_ page: inout Markup) {
        let least = 1.0
        let longest = runs.compactMap { $0.details.waits.last }.max() ?? 0
        let most = max(100, Double(longest) / 1_000)
        let frame = ChartFrame(
            height: 260, horizontal: .logarithmic(least: least, most: most), vertical: .linear(most: 100))
        figure(
            &page, title: "Share of jobs that had started, by how long they had waited",
            legend: runs.count > 1
                ? runs.map { LegendEntry(text: $0.title, style: "c\($0.color)", mark: "stroke") } : [],
            caption: waitSentences
        ) { page in
            frame.draw(
                &page, label: "Share of jobs by wait", xTicks: ChartTicks.logarithmicTimes(from: least, to: most),
                yTicks: ChartTicks.numbers(to: 100, unit: " %"), xTitle: "wait from submission to the first start, on a logarithmic axis",
                yTitle: "jobs"
            ) { page in
                for run in runs {
                    page.element("g", [("class", "c\(run.color)")]) { page in
                        ChartFrame.path(&page, waitCurve(run, frame), class: "curve")
                    }
                }
            }
        }
    }

    /// Up where a job starts, along while none does; what is drawn twice in the same place is drawn once.
    private func waitCurve(_ run: Run, _ frame: ChartFrame) -> String {
        let waits = run.details.waits
        let submitted = run.summary[.jobsSubmitted] ?? 0
        guard !waits.isEmpty, submitted > 0 else { return "" }
        // Who never started keeps the curve from its top.
        let top = (run.summary[.jobsStarted] ?? 0) / submitted * 100
        let bottom = FigureText.coordinate(frame.y(0))
        var path = "M\(FigureText.coordinate(frame.left)) \(bottom)"
        var last = (x: FigureText.coordinate(frame.left), y: bottom)
        for (index, wait) in waits.enumerated() {
            let x = FigureText.coordinate(frame.x(Double(wait) / 1_000))
            let y = FigureText.coordinate(frame.y(Double(index + 1) / Double(waits.count) * top))
            if x != last.x { path += "H\(x)" }
            if y != last.y { path += "V\(y)" }
            last = (x, y)
        }
        return path + "H\(FigureText.coordinate(frame.width - frame.right))"
    }

    private var waitSentences: String {
        let sentences = runs.map { run in
            let name = runs.count > 1 ? "\(run.title): half" : "Half"
            let (middle, high) = (run.summary[.waitP50], run.summary[.waitP90])
            return "\(name) of the jobs waited at most \(SimulationMetric.waitP50.text(middle)), "
                + "9 of 10 at most \(SimulationMetric.waitP90.text(high)), "
                + "the longest \(SimulationMetric.waitMax.text(run.summary[.waitMax]))."
        }
        return sentences.joined(separator: " ") + " The further up and left a curve, the better; jobs that never started keep it from its top."
    }

    // MARK: Why jobs waited

    /// Job-hours by reason: a bar for each reason and variant, means over the seeds.
    func writeReasons(_ page: inout Markup) {
        let variants = report.variants.filter { !report.runs(of: $0).isEmpty }
        let hours = variants.map { report.waitByReason(of: $0) }
        let reasons = PendingReason.allCases.filter { reason in hours.contains { $0[reason] ?? 0 > 0 } }
            .map { reason in (reason, hours.map { $0[reason] ?? 0 }) }
            .sorted { ($1.1.max() ?? 0, $0.0.rawValue) < ($0.1.max() ?? 0, $1.0.rawValue) }
        guard let most = reasons.first?.1.max(), most > 0 else { return }
        let bar = variants.count > 3 ? 9.0 : 13.0
        let row = Double(variants.count) * bar + 11
        let (left, width) = (150.0, 640.0)
        let height = row * Double(reasons.count) + 8
        let scale = (width - left - 96) / most
        let legend = variants.enumerated().map { index, name in
            LegendEntry(text: SimulationReport.title(ofVariant: name), style: "c\(index % ReportStyle.colors)")
        }
        figure(
            &page, title: "Job-hours that were waited, by the reason given at the time",
            legend: variants.count > 1 ? legend : [], caption: reasonSentence(reasons.map(\.0), hours)
        ) { page in
            ChartFrame.svg(&page, width: width, height: height, label: "Job-hours waited by reason") { page in
                for (index, (reason, values)) in reasons.enumerated() {
                    let top = 4 + Double(index) * row
                    ChartFrame.text(
                        &page, left - 8, top + (row - 11) / 2 + 4, ReasonText.words(reason), class: "end")
                    for (variant, value) in values.enumerated() {
                        let y = top + Double(variant) * bar
                        page.element("g", [("class", "c\(variant % ReportStyle.colors)")]) { page in
                            ChartFrame.rectangle(
                                &page, x: left, y: y, width: max(1, value * scale), height: bar - 2, class: "fill")
                        }
                        ChartFrame.text(
                            &page, left + max(1, value * scale) + 6, y + bar - 3,
                            "\(FigureText.short(value)) h", class: "small")
                    }
                }
            }
        }
    }

    private func reasonSentence(_ reasons: [PendingReason], _ hours: [[PendingReason: Double]]) -> String {
        guard let first = reasons.first, let base = hours.first else { return "" }
        let total = PendingReason.allCases.reduce(0.0) { $0 + (base[$1] ?? 0) }
        guard total > 0 else { return "Bars are as long as jobs waited, added up over all jobs." }
        let share = FigureText.decimal((base[first] ?? 0) / total * 100, places: 0)
        let name = report.variants.count > 1 ? "\(SimulationReport.title(ofVariant: report.variants[0])): " : ""
        return "\(name)\(share) % of \(FigureText.short(total)) job-hours of waiting were for “\(ReasonText.words(first))”: "
            + ReasonText.meaning(first) + "."
    }
}
