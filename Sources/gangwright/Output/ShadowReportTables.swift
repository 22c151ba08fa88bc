import ClusterModel
import Recording
import SchedulingLoop

/// A shadow's report for people.
struct ShadowReportTables {
    private let report: ShadowReport
    private let figures: ShadowFigures
    private let style: Style
    private let isWide: Bool
    /// Rows of a list that are shown unless all are asked for.
    private static let mostRows = 20

    init(_ report: ShadowReport, style: Style, isWide: Bool) {
        self.report = report
        figures = ShadowFigures(report)
        self.style = style
        self.isWide = isWide
    }

    var text: String {
        let parts = [heading, agreement, leads, spread, list, evictions, ending].compactMap { $0 }
        return parts.joined(separator: "\n")
    }

    private var heading: String {
        let names = report.header.schedulerNames.joined(separator: ", ")
        let period =
            report.period.map { " from \($0.lowerBound.timestamp) to \($0.upperBound.timestamp)" } ?? ""
        return VisibleText.line("beside \(names)\(period)") + "\n"
    }

    private var agreement: String? {
        if figures.queues.isEmpty { return nil }
        var table = TextTable([
            .left("QUEUE"), .right("GANGS"), .right("SAME NODES"), .right("OTHER NODES"),
            .right("ONLY OURS"), .right("ONLY THEIRS"), .right("THEIRS IN PART"),
        ])
        var rows = figures.queues
        if rows.count > 1 { rows.append((name: "all", counts: figures.all)) }
        for row in rows {
            var cells: [TextTable.Cell] = [.init(row.name), .init("\(row.counts.values.reduce(0, +))")]
            for agreement in ShadowAgreement.allCases { cells.append(.init("\(row.counts[agreement] ?? 0)")) }
            table.add(cells)
        }
        return section("GANGS, AND PODS THAT ARE THEIR OWN", table)
    }

    private var leads: String? {
        if figures.leads.isEmpty { return nil }
        var table = TextTable([
            .left("FIRST"), .right("GANGS"), .right("MEDIAN"), .right("P90"), .right("P99"), .right("MOST"),
        ])
        for (who, times) in [("ours", figures.ours), ("theirs", figures.theirs)] where !times.isEmpty {
            var cells: [TextTable.Cell] = [.init(who), .init("\(times.count)")]
            for part in [0.5, 0.9, 0.99, 1] {
                cells.append(.init(Self.seconds(ShadowFigures.percentile(part, of: times))))
            }
            table.add(cells)
        }
        return section("WHO HAD A PLACE FIRST, AND BY HOW MUCH", table)
    }

    private var spread: String? {
        guard let spread = figures.nodesPerGang else { return nil }
        return "NODES THAT A GANG IS SPREAD OVER\n"
            + "ours \(Self.decimal(spread.ours)), theirs \(Self.decimal(spread.theirs)), "
            + "on average over \(Count.of(spread.gangs, "gang")) that both have placed\n"
    }

    private var list: String? {
        let gangs = report.gangs.filter { $0.lead == nil }
        if gangs.isEmpty { return nil }
        var table = TextTable([
            .left("NAME"), .left("QUEUE"), .left("OUTCOME"), .right("MIN"), .right("OURS"), .right("THEIRS"),
            .left("WHY"),
        ])
        for gang in shown(gangs) {
            table.add([
                .init("\(gang.gang)"), .init(gang.queue), .init(Self.words(gang.agreement), .doubtful),
                "\(gang.minMember)", "\(gang.ours.count)", "\(gang.theirs.count)", .init(gang.reason ?? ""),
            ])
        }
        return section("WHERE ONLY ONE HAS PLACED THE GANG", table) + more(gangs.count)
    }

    private var evictions: String? {
        let ours = report.evictions.filter { !$0.hasLeft }
        if ours.isEmpty, report.theirEvictions.isEmpty {
            if report.evictions.isEmpty { return nil }
            return "\(Count.of(report.evictions.count, "pod")) would have been evicted, and left\n"
        }
        var table = TextTable([.left("WHO"), .left("POD"), .left("NODE"), .left("WHY")])
        for verdict in shown(ours) {
            let eviction = verdict.eviction
            let purpose = eviction.preemptor.map { " for \($0)" } ?? ""
            table.add([
                "ours", .init("\(eviction.pod)"), .init(eviction.node), .init(eviction.reason + purpose),
            ])
        }
        for eviction in shown(report.theirEvictions) {
            table.add(["theirs", .init("\(eviction.pod)"), .init(eviction.node), .init(eviction.message)])
        }
        return section("EVICTIONS THAT ONLY ONE MAKES", table)
            + more(max(ours.count, report.theirEvictions.count))
    }

    private var ending: String {
        let all = figures.all.values.reduce(0, +)
        if all == 0, report.undecided == 0 { return "nothing to compare\n" }
        let same = figures.all[.sameNodes] ?? 0
        let both = same + (figures.all[.otherNodes] ?? 0)
        return
            "\(Count.of(all, "gang")) compared: both have placed \(both), \(same) of them on the same nodes; "
            + "\(report.undecided) not decided yet\n"
    }

    // MARK: Parts

    private func section(_ title: String, _ table: TextTable) -> String {
        style.paint(title, .strong) + "\n" + table.text(style: style)
    }

    private func shown<Row>(_ rows: [Row]) -> ArraySlice<Row> {
        isWide ? rows[...] : rows.prefix(Self.mostRows)
    }

    private func more(_ count: Int) -> String {
        isWide || count <= Self.mostRows ? "" : "… \(count - Self.mostRows) more (-o wide)\n"
    }

    private static func words(_ agreement: ShadowAgreement) -> String {
        agreement.rawValue.replacing("_", with: " ")
    }

    /// `0.25s`, `90s`.
    private static func seconds(_ milliseconds: Int64) -> String {
        "\(milliseconds / 1_000).\(milliseconds % 1_000 / 100)\(milliseconds % 100 / 10)s"
    }

    private static func decimal(_ number: Double) -> String {
        let tenths = Int((number * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }
}
