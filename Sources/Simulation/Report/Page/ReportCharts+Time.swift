extension ReportCharts {
    // MARK: GPUs over time

    /// GPUs in use, idle in fragments, and there: one drawing a variant.
    func writeAllocation(_ page: inout Markup) {
        let most = ChartTicks.ceiling(runs.map { $0.series.values(\.gpuCapacity).max() ?? 0 }.max() ?? 0)
        for run in runs {
            let series = run.series
            let frame = ChartFrame(
                width: timeWidth, height: isWide ? 260 : 230, horizontal: timeScale,
                vertical: .linear(most: most))
            let held = series.values(\.gpuAllocated)
            let unusable = series.values {
                min($0.gpuAllocated + $0.gpuFragmented, max($0.gpuCapacity, $0.gpuAllocated))
            }
            figure(
                &page, title: title("GPUs", run),
                legend: [
                    LegendEntry(text: "held by pods", style: "held"),
                    LegendEntry(text: "idle, and of no use to any job of the workload", style: "fragment"),
                    LegendEntry(text: "there", style: "ink", mark: "stroke"),
                ], caption: allocationSentence(run), full: isWide
            ) { page in
                frame.draw(
                    &page, label: "GPUs over time", xTicks: timeTicks, yTicks: ChartTicks.numbers(to: most),
                    xTitle: Self.timeTitle, yTitle: "GPUs"
                ) { page in
                    let ends = series.ends
                    let floor = held.map { _ in 0.0 }
                    ChartFrame.path(&page, frame.steps(ends, held, floor: floor), class: "held")
                    ChartFrame.path(&page, frame.steps(ends, unusable, floor: held), class: "fragment")
                    ChartFrame.path(&page, frame.steps(ends, series.values(\.gpuCapacity)), class: "capacity")
                    writeTips(&page, frame, series) { index in
                        let point = series.points[index]
                        return
                            "\(FigureText.short(point.gpuAllocated)) of \(FigureText.short(point.gpuCapacity)) GPUs held, "
                            + "\(FigureText.short(point.gpuFragmented)) idle in fragments"
                    }
                }
            }
        }
    }

    private func allocationSentence(_ run: Run) -> String {
        let summary = run.summary
        guard let allocation = summary[.gpuAllocation] else { return "There were no GPUs." }
        var text =
            "On average pods held \(FigureText.decimal(allocation)) % of \(FigureText.short(summary.gpus)) GPUs"
        if let busy = summary[.gpuAllocationUnderDemand] {
            text += ", and \(FigureText.decimal(busy)) % while jobs waited for GPUs"
        }
        text += "."
        if let fragments = summary[.gpuFragmentation] {
            text += " \(FigureText.decimal(fragments)) % stood idle where no job of the workload fitted."
        }
        return text + " What is left up to the line was idle and fit for use."
    }

    // MARK: What waits

    /// Waiting GPUs and jobs: one pair of drawings a variant.
    func writeWaiting(_ page: inout Markup) {
        let mostGPUs = ChartTicks.ceiling(runs.map { $0.series.values(\.waitingGPUs).max() ?? 0 }.max() ?? 0)
        let mostJobs = ChartTicks.ceiling(
            runs.map { $0.series.values { max($0.waitingJobs, $0.runningJobs) }.max() ?? 0 }.max() ?? 0)
        for run in runs { writeWaitingGPUs(&page, run, most: mostGPUs) }
        beginRow(&page)
        for run in runs { writeJobs(&page, run, most: mostJobs) }
    }

    private func writeWaitingGPUs(_ page: inout Markup, _ run: Run, most: Double) {
        let series = run.series
        let frame = ChartFrame(height: 200, horizontal: timeScale, vertical: .linear(most: most))
        let waiting = series.values(\.waitingGPUs)
        let peak = waiting.max() ?? 0
        let times = run.summary.gpus > 0 ? peak / run.summary.gpus : 0
        let caption =
            peak == 0
            ? "No job ever waited for GPUs."
            : "At the most, waiting jobs asked for \(FigureText.short(peak)) GPUs: \(FigureText.short(times)) times what the cluster has."
        figure(
            &page, title: title("GPUs that waiting jobs ask for", run),
            legend: [LegendEntry(text: "asked for", style: "fragment")], caption: caption
        ) { page in
            frame.draw(
                &page, label: "GPUs that waiting jobs ask for, over time", xTicks: timeTicks,
                yTicks: ChartTicks.numbers(to: most), xTitle: Self.timeTitle, yTitle: "GPUs"
            ) { page in
                ChartFrame.path(
                    &page, frame.steps(series.ends, waiting, floor: waiting.map { _ in 0 }), class: "fragment"
                )
                writeTips(&page, frame, series) { "\(FigureText.short(waiting[$0])) GPUs asked for" }
            }
        }
    }

    private func writeJobs(_ page: inout Markup, _ run: Run, most: Double) {
        let series = run.series
        let frame = ChartFrame(height: 200, horizontal: timeScale, vertical: .linear(most: most))
        let left = Int(run.summary[.jobsWaiting] ?? 0)
        let caption =
            left == 0
            ? "No job waits at the end of the run."
            : "At the end of the run \(FigureText.count(left)) of \(FigureText.decimal(run.summary[.jobsSubmitted] ?? 0, places: 0)) jobs wait."
        figure(
            &page, title: title("Jobs", run),
            legend: [
                LegendEntry(text: "waiting", style: "fragment", mark: "stroke"),
                LegendEntry(text: "running", style: "held", mark: "stroke"),
            ], caption: caption
        ) { page in
            frame.draw(
                &page, label: "Jobs that wait and that run, over time", xTicks: timeTicks,
                yTicks: ChartTicks.numbers(to: most), xTitle: Self.timeTitle, yTitle: "jobs"
            ) { page in
                for (values, color) in [
                    (series.values(\.runningJobs), "held"), (series.values(\.waitingJobs), "fragment"),
                ] {
                    page.empty(
                        "path",
                        [
                            ("class", "curve"), ("style", "--c:var(--\(color))"),
                            ("d", frame.steps(series.ends, values)),
                        ])
                }
                writeTips(&page, frame, series) { index in
                    "\(FigureText.short(series.points[index].waitingJobs)) waiting, "
                        + "\(FigureText.short(series.points[index].runningJobs)) running"
                }
            }
        }
    }
}
