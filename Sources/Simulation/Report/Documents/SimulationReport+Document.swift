public import Documents
import SchedulingPolicy

extension SimulationReport {
    /// What the documents of this form are called in their member `kind`.
    static let kind = "SimulationReport"

    /// Everything that is known, for machines: `docs/simulation-output.schema.json` says how.
    ///
    /// The documents of a sweep's parts can be read again, and make one report.
    public func document() -> OutputValue {
        let comparison = runs.count > 1 ? SimulationComparison(self).document : .null
        return .object([
            ("kind", .string(Self.kind)), ("scenario", .string(scenario)),
            ("variants", .list(variants.map { .string($0) })),
            ("seeds", .list(seeds.map(OutputValue.init(seed:)))),
            ("metrics", .list(SimulationMetric.allCases.map(\.document))),
            ("comparison", comparison),
            ("runs", .list(runs.map(\.document))),
        ])
    }
}

extension OutputValue {
    /// A seed: a number, or as text where JSON's whole numbers end.
    init(seed: UInt64) { self = Int64(exactly: seed).map { .integer($0) } ?? .string("\(seed)") }

    /// A number, or null.
    init(_ number: Double?) { self = number.map { .number($0) } ?? .null }

    /// Milliseconds as seconds, or null.
    init(milliseconds: Int64?) { self = milliseconds.map { .number(Double($0) / 1_000) } ?? .null }

    /// A number of things.
    init(_ count: Int) { self = .integer(Int64(count)) }
}

extension SimulationMetric {
    fileprivate var document: OutputValue {
        [
            "name": .string(rawValue), "title": .string(title), "unit": .string(unit.rawValue),
            "prefers": .string(preference.rawValue),
        ]
    }
}

extension SimulationComparison {
    fileprivate var document: OutputValue {
        .list(
            rows.map { row in
                .object([
                    ("metric", .string(row.metric.rawValue)),
                    (
                        "variants",
                        .list(zip(variants, row.cells).map { variant, cell in Self.document(variant, cell) })
                    ),
                ])
            })
    }

    private static func document(_ variant: String, _ cell: Cell) -> OutputValue {
        var members: [(String, OutputValue)] = [("variant", .string(variant))]
        members += Self.members(cell.statistics)
        members.append(("difference", cell.difference.map(document) ?? .null))
        return .object(members)
    }

    private static func document(_ difference: Difference) -> OutputValue {
        .object(
            members(difference.statistics) + [
                ("relative", .init(difference.relative)), ("verdict", .string(difference.verdict.rawValue)),
            ])
    }

    private static func members(_ statistics: SampleStatistics?) -> [(String, OutputValue)] {
        [
            ("seeds", .init(statistics?.count ?? 0)), ("mean", .init(statistics?.mean)),
            ("deviation", .init(statistics?.deviation)), ("margin", .init(statistics?.margin)),
        ]
    }
}

extension SimulationRun {
    fileprivate var document: OutputValue {
        .object([
            ("variant", .string(variant)), ("seed", .init(seed: seed)),
            ("durationSeconds", .number(summary.duration)), ("nodes", .init(summary.nodes)),
            ("gpus", .number(summary.gpus)), ("mostGPUs", .number(summary.mostGPUs)),
            (
                "metrics",
                .object(SimulationMetric.allCases.map { ($0.rawValue, .init(summary[$0])) })
            ),
            (
                "waitByReason",
                .list(
                    summary.waitByReason.map {
                        ["reason": .string($0.reason.rawValue), "jobHours": .number($0.jobHours)]
                    })
            ),
            (
                "breakdowns",
                .object(summary.breakdowns.map { ($0.dimension.rawValue, .list($0.rows.map(\.document))) })
            ),
            ("details", details?.document ?? .null),
        ])
    }
}

extension SimulationBreakdown.Row {
    fileprivate var document: OutputValue {
        .object(
            [("name", .string(name))]
                + SimulationBreakdown.Figure.allCases.compactMap { figure in
                    figures[figure].map { (figure.rawValue, .number($0)) }
                })
    }
}
