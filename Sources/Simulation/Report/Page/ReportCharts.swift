import ClusterModel

/// The drawings of a report: each for all variants, along the same axes.
struct ReportCharts {
    /// A run that is drawn.
    struct Run {
        let title: String
        /// The position of its variant, which is its colour.
        let color: Int
        let summary: SimulationSummary
        let details: SimulationDetails
        let series: DrawnSeries
    }

    let runs: [Run]
    let report: SimulationReport
    /// The queues of all variants with their colours, byte-wise; the last colour is for all that come after.
    let queues: [String]
    /// The end of every time axis, in seconds.
    let lastSecond: Double

    init(_ report: SimulationReport) {
        self.report = report
        runs = report.drawn.compactMap { run in
            guard let details = run.details else { return nil }
            return Run(
                title: SimulationReport.title(ofVariant: run.variant),
                color: (report.variants.firstIndex(of: run.variant) ?? 0) % ReportStyle.colors,
                summary: run.summary, details: details, series: DrawnSeries(details))
        }
        queues = Set(runs.flatMap { $0.series.queues }).sorted { $0.precedes($1) }
        lastSecond = runs.map(\.summary.duration).max() ?? 0
    }

    var hasQueues: Bool { !queues.isEmpty }
    var hasPictures: Bool { runs.contains { !$0.details.pictures.isEmpty } }
    var hasGangs: Bool { runs.contains { !$0.details.gangs.isEmpty } }

    /// The class that gives something the colour of a queue.
    func color(ofQueue name: String) -> String {
        "c\(min(queues.firstIndex(of: name) ?? .max, ReportStyle.colors - 1))"
    }

    /// The time axis of all drawings.
    var timeScale: ChartFrame.Scale { .linear(most: lastSecond) }
    var timeTicks: [ChartFrame.Tick] { ChartTicks.times(to: lastSecond) }
    /// Whether drawings take the page's whole width: with one variant nothing stands beside them.
    var isWide: Bool { report.variants.count == 1 }
    /// The width of a drawing along time.
    var timeWidth: Double { isWide ? 1_280 : 640 }
    static let timeTitle = "virtual time since the start"

    /// Writes a figure: a title, a legend, a drawing, and a sentence that says what is seen.
    func figure(
        _ page: inout Markup, title: String, legend: [LegendEntry] = [], caption: String, full: Bool = false,
        _ drawing: (inout Markup) -> Void
    ) {
        page.line()
        page.element("figure", full ? [("class", "full")] : []) { page in
            page.element("h3", text: title)
            if !legend.isEmpty {
                page.element("p", [("class", "legend")]) { page in
                    for entry in legend {
                        page.element("span", entry.style.hasPrefix("c") ? [("class", entry.style)] : []) {
                            page in
                            var attributes: Markup.Attributes = []
                            if let mark = entry.mark { attributes.append(("class", mark)) }
                            if !entry.style.hasPrefix("c") {
                                attributes.append(("style", "--c:var(--\(entry.style))"))
                            }
                            page.element("i", attributes) { _ in }
                            page.text(entry.text)
                        }
                    }
                }
            }
            drawing(&page)
            page.element("figcaption", text: caption)
        }
    }

    /// Begins a row of figures anew, so that no row is about two things.
    func beginRow(_ page: inout Markup) {
        if runs.count > 1 { page.element("div", [("class", "full")]) { _ in } }
    }

    /// A colour and what it means.
    struct LegendEntry {
        let text: String
        /// A class such as `c0`, or the name of a colour.
        let style: String
        /// `stroke` or `dashes` for lines.
        var mark: String?
    }

    /// The title of a figure of one variant: with one variant only, the subject says all.
    func title(_ subject: String, _ run: Run) -> String {
        runs.count > 1 || report.variants.count > 1 ? "\(subject): \(run.title)" : subject
    }

    /// What each point of a series says when it is pointed at.
    func writeTips(
        _ page: inout Markup, _ frame: ChartFrame, _ series: DrawnSeries, _ text: (Int) -> String
    ) {
        var begin = 0.0
        for (index, end) in series.ends.enumerated() {
            ChartFrame.rectangle(
                &page, x: frame.x(begin), y: frame.top, width: frame.x(end) - frame.x(begin),
                height: frame.plotHeight, class: "tip",
                tip:
                    "\(FigureText.duration(seconds: begin)) to \(FigureText.duration(seconds: end))\n\(text(index))"
            )
            begin = end
        }
    }
}
