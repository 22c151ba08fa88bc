extension ReportCharts {
    /// What each queue holds, wants and is due over time: a drawing a variant, a band a queue.
    func writeQueues(_ page: inout Markup) {
        let shown = shownQueues
        let most = ChartTicks.ceiling(runs.map { mostHeld($0, shown) }.max() ?? 0)
        for run in runs { writeQueues(&page, run, shown, most: most) }
    }

    /// The queues that held most, in order of their names; more bands than these are no picture any more.
    private var shownQueues: [String] {
        var held: [(name: String, gpus: Double)] = queues.map { ($0, 0) }
        for run in runs {
            for (index, name) in run.series.queues.enumerated() {
                guard let place = queues.firstIndex(of: name) else { continue }
                held[place].gpus += run.series.points.reduce(0.0) { $0 + $1.queueAllocated[index] + $1.queueWaiting[index] }
            }
        }
        let largest = held.sorted { ($1.gpus, $0.name) < ($0.gpus, $1.name) }.prefix(ReportStyle.colors).map(\.name)
        return queues.filter(largest.contains)
    }

    private func mostHeld(_ run: Run, _ shown: [String]) -> Double {
        run.series.queues.enumerated().filter { shown.contains($0.element) }
            .map { index, _ in
                run.series.points.map { max($0.queueAllocated[index], $0.queueDeserved[index]) }.max() ?? 0
            }
            .max() ?? 0
    }

    private func writeQueues(_ page: inout Markup, _ run: Run, _ shown: [String], most: Double) {
        let band = 84.0
        let series = run.series
        figure(
            &page, title: title("GPUs of each queue", run),
            legend: [
                LegendEntry(text: "held", style: "faint"),
                LegendEntry(text: "asked for besides", style: "free"),
                LegendEntry(text: "due", style: "ink", mark: "dashes"),
            ], caption: queueSentence(run, shown), full: isWide
        ) { page in
            for (place, name) in shown.enumerated() {
                guard let queue = series.queues.firstIndex(of: name) else { continue }
                let isLast = place == shown.count - 1
                var frame = ChartFrame(
                    width: timeWidth, height: isLast ? band + 30 : band, horizontal: timeScale, vertical: .linear(most: most))
                frame.top = 20
                frame.bottom = isLast ? 34 : 4
                writeBand(&page, frame, series, queue, name, most: most, hasAxis: isLast)
            }
        }
    }

    private func writeBand(
        _ page: inout Markup, _ frame: ChartFrame, _ series: DrawnSeries, _ queue: Int, _ name: String, most: Double,
        hasAxis: Bool
    ) {
        let held = series.values { $0.queueAllocated[queue] }
        let wanted = series.values { $0.queueAllocated[queue] + $0.queueWaiting[queue] }
        let due = series.values { $0.queueDeserved[queue] }
        let floor = held.map { _ in 0.0 }
        let half = ChartFrame.Tick(value: most, label: FigureText.short(most))
        let ticks = [ChartFrame.Tick(value: 0, label: "0"), half]
        let contents: (inout Markup) -> Void = { page in
            page.element("g", [("class", color(ofQueue: name))]) { page in
                ChartFrame.path(&page, frame.steps(series.ends, wanted, floor: floor), class: "pale")
                ChartFrame.path(&page, frame.steps(series.ends, held, floor: floor), class: "fill")
            }
            if due.contains(where: { $0 > 0 }) {
                ChartFrame.path(&page, frame.steps(series.ends, due), class: "due")
            }
            ChartFrame.text(&page, frame.left + 2, 13, name, class: "")
            writeTips(&page, frame, series) { index in
                "\(name): \(FigureText.short(held[index])) GPUs held, "
                    + "\(FigureText.short(wanted[index] - held[index])) asked for, \(FigureText.short(due[index])) due"
            }
        }
        if hasAxis {
            frame.draw(
                &page, label: "GPUs of queue \(name) over time", xTicks: timeTicks, yTicks: ticks,
                xTitle: Self.timeTitle, yTitle: "", contents)
        } else {
            ChartFrame.svg(&page, width: frame.width, height: frame.height, label: "GPUs of queue \(name) over time") { page in
                for tick in ticks {
                    ChartFrame.line(
                        &page, frame.left, frame.y(tick.value), frame.width - frame.right, frame.y(tick.value), class: "grid")
                    ChartFrame.text(&page, frame.left - 6, frame.y(tick.value) + 4, tick.label, class: "tick end")
                }
                for tick in timeTicks {
                    let x = frame.x(tick.value)
                    ChartFrame.line(&page, x, frame.top, x, frame.height - frame.bottom, class: "grid")
                }
                contents(&page)
            }
            page.line()
        }
    }

    private func queueSentence(_ run: Run, _ shown: [String]) -> String {
        var text = ""
        if let fairness = run.summary[.fairness] {
            text = "Jain's index of what queues held of what they were due is \(FigureText.decimal(fairness, places: 3)); 1 is fair. "
        }
        let rows = run.summary.breakdown(.queue)?.rows ?? []
        let shares = rows.compactMap { row in row[.fairness].map { (row.name, $0) } }
        if let least = shares.min(by: { ($0.1, $0.0) < ($1.1, $1.0) }), least.1 < 0.995 {
            text += "\(least.0) got the least: \(FigureText.decimal(least.1 * 100, places: 0)) % of what it was due. "
        } else if !shares.isEmpty {
            text += "Every queue got what it was due. "
        }
        text += "What a queue asks for beyond the top of its band is cut off."
        if queues.count > shown.count {
            text += " The \(shown.count) queues that held and asked for most are shown, of \(queues.count)."
        }
        return text
    }
}
