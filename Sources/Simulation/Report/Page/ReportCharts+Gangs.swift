import ClusterModel

extension ReportCharts {
    /// When the largest gangs waited and ran: a drawing a variant, a line a gang.
    func writeGangs(_ page: inout Markup) {
        for run in runs { writeGangs(&page, run) }
    }

    private func writeGangs(_ page: inout Markup, _ run: Run) {
        let gangs = run.details.gangs.sorted { ($0.submitted, $1.gpus, $0.key) < ($1.submitted, $0.gpus, $1.key) }
        if gangs.isEmpty { return }
        let row = 15.0
        var frame = ChartFrame(
            width: timeWidth, height: row * Double(gangs.count) + 44, left: 168, horizontal: timeScale,
            vertical: .linear(most: 1))
        frame.top = 6
        let names = Set(gangs.map(\.queue)).sorted { $0.precedes($1) }
        figure(
            &page, title: title("Gangs by submission", run),
            legend: names.prefix(ReportStyle.colors).map { LegendEntry(text: $0, style: color(ofQueue: $0)) } + [
                LegendEntry(text: "waits", style: "faint", mark: "stroke"),
                LegendEntry(text: "has lost its place", style: "bad", mark: "stroke"),
            ], caption: gangSentence(run, gangs), full: isWide
        ) { page in
            frame.draw(
                &page, label: "When the largest gangs waited and ran", xTicks: timeTicks, yTicks: [],
                xTitle: Self.timeTitle, yTitle: ""
            ) { page in
                for (index, gang) in gangs.enumerated() {
                    write(&page, frame, gang, y: frame.top + Double(index) * row, height: row, end: run.summary.duration)
                }
            }
        }
    }

    private func write(
        _ page: inout Markup, _ frame: ChartFrame, _ gang: SimulationDetails.Gang, y: Double, height: Double, end: Double
    ) {
        func seconds(_ milliseconds: Int64) -> Double { Double(milliseconds) / 1_000 }
        let middle = y + height / 2
        let last = gang.ended.map(seconds) ?? end
        ChartFrame.text(
            &page, frame.left - 52, middle + 4, Self.shortened(gang.key.name), class: "small end")
        ChartFrame.text(&page, frame.left - 6, middle + 4, "\(gang.gpus) GPU", class: "small end")
        let firstStart = gang.runs.first.map { seconds($0.start) } ?? last
        ChartFrame.line(
            &page, frame.x(seconds(gang.submitted)), middle, frame.x(firstStart), middle, class: "wait")
        page.element("g", [("class", color(ofQueue: gang.queue))]) { page in
            for (index, run) in gang.runs.enumerated() {
                let begin = frame.x(seconds(run.start))
                ChartFrame.rectangle(
                    &page, x: begin, y: y + 2, width: max(1, frame.x(seconds(run.end)) - begin), height: height - 4,
                    class: "fill")
                let next = index + 1 < gang.runs.count ? seconds(gang.runs[index + 1].start) : last
                if next > seconds(run.end) {
                    ChartFrame.line(
                        &page, frame.x(seconds(run.end)), middle, frame.x(next), middle, class: "lost")
                }
            }
        }
        ChartFrame.rectangle(
            &page, x: frame.left, y: y, width: frame.plotWidth, height: height, class: "tip",
            tip: tip(gang, waited: firstStart - seconds(gang.submitted)))
    }

    private func tip(_ gang: SimulationDetails.Gang, waited: Double) -> String {
        let queue = gang.queue.isEmpty ? "" : " in queue \(gang.queue)"
        var text = "\(gang.key), \(gang.gpus) GPUs\(queue)\n"
        text += "submitted after \(FigureText.duration(seconds: Double(gang.submitted) / 1_000)), "
        text += gang.runs.isEmpty ? "never started" : "waited \(FigureText.duration(seconds: waited))"
        if gang.runs.count > 1 { text += ", started \(gang.runs.count) times" }
        if let ended = gang.ended, !gang.runs.isEmpty {
            text += ", ended after \(FigureText.duration(seconds: Double(ended) / 1_000))"
        }
        return text
    }

    private func gangSentence(_ run: Run, _ gangs: [SimulationDetails.Gang]) -> String {
        let never = gangs.count { $0.runs.isEmpty }
        let again = gangs.count { $0.runs.count > 1 }
        let waits = OrderStatistics(gangs.compactMap { gang in gang.runs.first.map { max(0, $0.start - gang.submitted) } })
        let sizes = gangs.map(\.gpus)
        let (least, most) = (sizes.min() ?? 0, sizes.max() ?? 0)
        let size = least == most ? "\(most)" : "\(least) to \(most)"
        var text = "The \(gangs.count) largest gangs, of \(size) GPUs"
        if let wait = waits.percentile(50) {
            text += "; half of those that started waited at most \(FigureText.duration(seconds: Double(wait) / 1_000))"
        }
        text += "."
        if again > 0 { text += " \(again) lost their place and started again." }
        if never > 0 { text += " \(never) never started." }
        return text
    }

    /// A name that fits beside the drawing: its end tells jobs apart.
    private static func shortened(_ name: String) -> String {
        name.count > 20 ? "…" + String(name.suffix(19)) : name
    }
}
