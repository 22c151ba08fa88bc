import ClusterModel
import Documents
import SchedulingLoop
import Simulation

/// When a job would start, in words and for machines.
struct ForecastText {
    let forecast: StartForecast
    /// The time from which on the forecast counts.
    let now: LoopTime

    /// Jobs that go before are listed one by one up to this many.
    private static let mostAhead = 20

    /// `default/a starts in 3h20m, at 2026-03-09T13:20:00Z, after 2 other jobs that wait (…).`
    var answer: String {
        switch forecast.answer {
        case .runs: return "\(forecast.key) runs already."
        case .never:
            let why = forecast.holds.first.map { ": \(HoldText.sentence($0))" } ?? ""
            return "\(forecast.key) never starts, as far as is known\(why)."
        case .starts(let milliseconds) where milliseconds < 1_000: return "\(forecast.key) starts at once."
        case .starts(let milliseconds):
            let keys = forecast.ahead.map(\.key)
            let shown =
                keys.prefix(3).map(\.description).joined(separator: ", ") + (keys.count > 3 ? ", …" : "")
            let before =
                keys.isEmpty
                ? ""
                : "; \(Count.of(keys.count, "other job")) that \(keys.count == 1 ? "waits starts" : "wait start") before it (\(shown))"
            return "\(forecast.key) starts in \(duration(milliseconds)), at \(time(milliseconds))\(before)."
        }
    }

    /// On what the answer rests, a sentence each.
    var notes: [String] {
        var notes: [String] = []
        if forecast.answer == .runs { return [] }
        let (running, waiting) = (forecast.runTimes.running, forecast.runTimes.waiting)
        if running.pods > 0 {
            notes.append(
                "Run times of what is on nodes (\(Count.of(running.pods, "pod"))): \(parts(running)).")
        }
        if waiting.pods > 0 {
            notes.append("Run times of what waits (\(Count.of(waiting.pods, "pod"))): \(parts(waiting)).")
        }
        if running.unknown + waiting.unknown > 0 {
            notes.append("What is unknown is taken to run for ever; --assume-run-time gives it an end.")
        }
        if forecast.evictions > 0 {
            let verb = forecast.evictions == 1 ? "has" : "have"
            notes.append("\(Count.of(forecast.evictions, "pod")) \(verb) to leave for others meanwhile.")
        }
        if !forecast.reservedNodes.isEmpty {
            let nodes = WhatIfText.list(forecast.reservedNodes.map(VisibleText.line))
            notes.append("The scheduler keeps places for it on \(nodes).")
        }
        notes.append("Nothing new is submitted meanwhile.")
        return notes
    }

    private func parts(_ basis: ExpectedRunTimes.Basis) -> String {
        let counts = [
            (basis.stated, "stated"), (basis.observed, "seen of others that asked for the same"),
            (basis.assumed, "assumed"), (basis.unknown, "unknown"),
            (basis.services, "services without an end"),
        ]
        let overdue = basis.overdue == 0 ? "" : "; \(basis.overdue) of them over already"
        return counts.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }.joined(separator: ", ") + overdue
    }

    /// The jobs that go before, with their starts; empty if there are none.
    func table(style: Style, isWide: Bool) -> String {
        if forecast.ahead.isEmpty { return "" }
        var table = TextTable([.left("NAMESPACE"), .left("JOB"), .right("STARTS IN"), .left("AT")])
        for other in isWide ? forecast.ahead[...] : forecast.ahead.prefix(Self.mostAhead) {
            table.add([
                .init(other.key.namespace), .init(other.key.name), .init(duration(other.start)),
                .init(time(other.start)),
            ])
        }
        let left = forecast.ahead.count - Self.mostAhead
        if !isWide, left > 0 { table.add(["", .init(Count.of(left, "more job")), "", "-o wide lists them"]) }
        return style.paint("STARTS BEFORE IT", .strong) + "\n" + table.text(style: style)
    }

    private func time(_ milliseconds: Int64) -> String { now.advanced(by: milliseconds).timestamp.rfc3339 }

    /// In whole seconds.
    private func duration(_ milliseconds: Int64) -> String { Duration.seconds(milliseconds / 1_000).goText }

    // MARK: Machines

    /// The object of the forecast.
    var document: OutputValue {
        var members: [(String, OutputValue)] = [
            ("namespace", .string(forecast.key.namespace)), ("name", .string(forecast.key.name)),
        ]
        switch forecast.answer {
        case .runs: members += [("answer", "runs"), ("inMilliseconds", .null), ("at", .null)]
        case .never: members += [("answer", "never"), ("inMilliseconds", .null), ("at", .null)]
        case .starts(let start):
            members += [
                ("answer", "starts"), ("inMilliseconds", .integer(start)), ("at", .string(time(start))),
            ]
        }
        return .object(
            members + [
                ("holds", .list(forecast.holds.map(HoldText.document))),
                (
                    "ahead",
                    .list(
                        forecast.ahead.map {
                            .object([
                                ("namespace", .string($0.key.namespace)), ("name", .string($0.key.name)),
                                ("inMilliseconds", .integer($0.start)),
                            ])
                        })
                ),
                ("reservedNodes", .list(forecast.reservedNodes.map { .string($0) })),
                ("evictions", .integer(Int64(forecast.evictions))),
                ("running", document(forecast.runTimes.running)),
                ("waiting", document(forecast.runTimes.waiting)),
            ])
    }

    private func document(_ basis: ExpectedRunTimes.Basis) -> OutputValue {
        .object([
            ("pods", .integer(Int64(basis.pods))), ("stated", .integer(Int64(basis.stated))),
            ("observed", .integer(Int64(basis.observed))), ("assumed", .integer(Int64(basis.assumed))),
            ("unknown", .integer(Int64(basis.unknown))), ("services", .integer(Int64(basis.services))),
            ("overdue", .integer(Int64(basis.overdue))),
        ])
    }
}
