extension ReportPage {
    /// The figures that a person looks at first: cards for one variant, a comparison for several.
    func writeGlance(_ page: inout Markup) {
        if hasVariants {
            section(&page, "At a glance", wide: true) { page in
                writeFindings(&page)
                writeComparison(&page, comparison.principal)
                page.element("details") { page in
                    page.element("summary", text: "All figures")
                    writeComparison(&page, comparison.rows)
                }
            }
        } else {
            section(&page, "At a glance", wide: true) { page in
                writeCards(&page)
                page.element("details") { page in
                    page.element("summary", text: "All figures")
                    writeFigures(&page)
                }
            }
        }
    }

    private static let cards: [SimulationMetric] = [
        .jobsDone, .waitP50, .waitP90, .gpuAllocation, .goodput, .gpuFragmentation, .fairness, .podEvictions,
        .lostWork, .costPerUsefulGPUHour,
    ]

    private func writeCards(_ page: inout Markup) {
        page.element("div", [("class", "cards")]) { page in
            for metric in Self.cards {
                guard let row = comparison.rows.first(where: { $0.metric == metric }),
                    let statistics = row.cells[0].statistics
                else { continue }
                page.element("div", [("class", "card")]) { page in
                    page.element("p", [("class", "title")], text: metric.title)
                    page.element("p", [("class", "value")], text: value(metric, statistics))
                    if let margin = statistics.margin, margin > 0 {
                        page.element("p", [("class", "margin")], text: "± \(metric.text(margin))")
                    }
                    page.element("p", [("class", "meaning")], text: metric.explanation)
                }
            }
        }
    }

    /// The value of a card: jobs that are done are so many of those that came.
    private func value(_ metric: SimulationMetric, _ statistics: SampleStatistics) -> String {
        let text = metric.text(statistics.mean)
        guard metric == .jobsDone,
            let submitted = comparison.rows.first(where: { $0.metric == .jobsSubmitted })?.cells[0].statistics
        else { return text }
        return "\(text) of \(metric.text(submitted.mean))"
    }

    private func writeFigures(_ page: inout Markup) {
        table(&page, ["figure", "value", "what it says"], textColumns: [0, 2]) { page in
            for row in comparison.rows {
                page.element("tr") { page in
                    page.element("th", [("scope", "row")], text: row.metric.title)
                    cell(&page, row.cells[0].statistics, row.metric)
                    page.element("td", [("class", "words")], text: row.metric.explanation)
                }
            }
        }
    }

    /// What is clearly better or worse than in the first variant, in a sentence each.
    private func writeFindings(_ page: inout Markup) {
        let findings = comparison.findings
        if findings.isEmpty { return }
        page.element("ul", [("class", "findings")]) { page in
            for finding in findings {
                page.element("li") { page in
                    page.element("strong", text: SimulationReport.title(ofVariant: finding.variant))
                    page.text(finding.text)
                }
            }
        }
    }

    private func writeComparison(_ page: inout Markup, _ rows: [SimulationComparison.Row]) {
        var titles = ["figure"]
        for (index, variant) in comparison.variants.enumerated() {
            titles.append(SimulationReport.title(ofVariant: variant))
            if index > 0 { titles.append("difference") }
        }
        table(&page, titles, textColumns: [0]) { page in
            for row in rows {
                page.element("tr") { page in
                    page.element("th", [("scope", "row"), ("title", row.metric.explanation)], text: row.metric.title)
                    for (index, value) in row.cells.enumerated() {
                        cell(&page, value.statistics, row.metric)
                        if index > 0 { difference(&page, value.difference, row.metric) }
                    }
                }
            }
        }
        page.element(
            "p", [("class", "caption")],
            text: "Differences are from \(SimulationReport.title(ofVariant: comparison.variants[0])). "
                + (report.seeds.count > 1
                    ? "▲ better and ▼ worse where the difference over the seeds is beyond what chance explains (95 %), ≈ where it is not."
                    : "With one seed nobody can say which of them are chance: --seeds 10 runs more."))
    }

    private func cell(
        _ page: inout Markup, _ statistics: SampleStatistics?, _ metric: SimulationMetric
    ) {
        page.element("td") { page in
            page.text(metric.text(statistics?.mean))
            if let margin = statistics?.margin, margin > 0 {
                page.element("span", [("class", "faint")], text: " ± \(metric.text(margin))")
            }
        }
    }

    private func difference(
        _ page: inout Markup, _ difference: SimulationComparison.Difference?, _ metric: SimulationMetric
    ) {
        guard let difference else { return page.element("td", text: "–") }
        let name: String
        switch difference.verdict {
        case .better: name = "better"
        case .worse: name = "worse"
        default: name = "faint"
        }
        page.element("td", [("class", name)], text: difference.text(metric))
    }

    /// A table with a head; columns are right-aligned but for those named.
    func table(
        _ page: inout Markup, _ titles: [String], textColumns: Set<Int>, _ rows: (inout Markup) -> Void
    ) {
        page.element("div", [("class", "scroll")]) { page in
            page.element("table") { page in
                page.element("thead") { page in
                    page.element("tr") { page in
                        for (index, title) in titles.enumerated() {
                            page.element(
                                "th", [("scope", "col"), ("class", textColumns.contains(index) ? "words" : "number")],
                                text: title)
                        }
                    }
                }
                page.element("tbody") { rows(&$0) }
            }
        }
    }
}
