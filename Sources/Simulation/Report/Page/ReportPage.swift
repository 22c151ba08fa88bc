extension SimulationReport {
    /// A page that says everything at a glance: tables and drawings, in one file that needs nothing else.
    ///
    /// It is HTML and well-formed XML, has no scripts, loads nothing, and is the same for the same runs, byte for byte. What is drawn is
    /// bounded, so that a variant takes less than a megabyte.
    public func html() -> String {
        var page = Markup()
        ReportPage(self).write(&page)
        return page.written
    }
}

/// Lays out a report's page.
struct ReportPage {
    let report: SimulationReport
    let comparison: SimulationComparison
    let charts: ReportCharts

    init(_ report: SimulationReport) {
        self.report = report
        comparison = SimulationComparison(report)
        charts = ReportCharts(report)
    }

    /// Whether there is anything to compare.
    var hasVariants: Bool { report.variants.count > 1 }

    func write(_ page: inout Markup) {
        page.markup("<!DOCTYPE html>\n")
        page.element("html", [("xmlns", "http://www.w3.org/1999/xhtml"), ("lang", "en")]) { page in
            page.element("head") { page in
                page.empty("meta", [("charset", "utf-8")])
                page.empty(
                    "meta", [("name", "viewport"), ("content", "width=device-width, initial-scale=1")])
                page.element("title", text: "\(report.scenario): what a simulation says")
                page.element("style") { $0.markup(ReportStyle.sheet) }
            }
            page.line()
            page.element("body") { page in
                page.element("main") { writeSections(&$0) }
            }
        }
        page.line()
    }

    private func writeSections(_ page: inout Markup) {
        page.element("header") { page in
            page.element("p", [("class", "kind")], text: "Simulation of a GPU cluster")
            page.element("h1", text: report.scenario)
            page.element("p", [("class", "lede")], text: report.headline)
            for note in notes { page.element("p", [("class", "note")], text: note) }
        }
        writeGlance(&page)
        guard !charts.runs.isEmpty else { return }
        let variants: Layout = [1, 2, 4].contains(charts.runs.count) ? .pairs : .threes
        section(&page, "GPUs over time", variants, charts.writeAllocation)
        section(&page, "What waits", variants, charts.writeWaiting)
        section(&page, "How long jobs waited") { page in
            charts.writeWaits(&page)
            charts.writeReasons(&page)
        }
        if charts.hasQueues { section(&page, "Queues", variants, charts.writeQueues) }
        if charts.hasPictures { section(&page, "Which GPUs were in use", variants, charts.writePictures) }
        if charts.hasGangs { section(&page, "The largest gangs", variants, charts.writeGangs) }
        section(&page, "Who waited, and who got what", .stack) { writeBreakdowns(&$0) }
        page.element("footer") { page in
            page.element("p", text: ending)
        }
    }

    /// How the parts of a section stand.
    enum Layout: String {
        /// One below the other.
        case stack
        /// Two in a row, where there is room.
        case pairs = "figures"
        /// Three in a row, where there is room: fewer places stay empty for three variants, and for five and more.
        case threes = "figures threes"
    }

    func section(
        _ page: inout Markup, _ title: String, _ layout: Layout = .pairs, _ content: (inout Markup) -> Void
    ) {
        page.line()
        page.element("section") { page in
            page.element("h2", text: title)
            page.element("div", [("class", layout.rawValue)], content)
        }
    }

    // MARK: Words

    private var notes: [String] {
        var notes: [String] = []
        if report.seeds.count > 1 {
            notes.append(
                "Figures are means over the seeds; ± is the half-width of a 95 % interval. Drawings show seed "
                    + "\(report.seeds[0]).")
        }
        if !report.missing.isEmpty {
            notes.append(
                "\(report.missing.count) of the runs are missing: this report is of a part of the sweep.")
        }
        return notes
    }

    private var ending: String {
        "Made by gangwright simulate. The same scenario and seed give the same page, byte for byte. "
            + "docs/simulation-output.md defines every figure."
    }
}
