import ClusterModel
import Documents
import Recording
import SchedulingLoop

/// What there is to say of a replay.
struct ReplayText {
    private let outcome: Replay.Outcome
    private let file: String
    /// The configuration that took the place of the recorded one.
    private let configurationFile: String?

    init(_ outcome: Replay.Outcome, file: String, configurationFile: String?) {
        self.outcome = outcome
        self.file = file
        self.configurationFile = configurationFile
    }

    /// For people.
    var text: String {
        var lines = [
            "\(file): \(period), recorded by gangwright \(outcome.header.program)"
                + (outcome.header.shadowPatience == nil ? "" : " as a shadow"),
            "\(Count.of(outcome.cycles, "cycle")): \(Count.of(outcome.binds, "pod")) bound, \(outcome.evictions) evicted",
        ]
        if let configurationFile {
            lines.append(
                "with \(configurationFile) \(outcome.replayed.binds) bound, \(outcome.replayed.evictions) evicted; "
                    + "\(Count.of(outcome.differentCycles, "cycle")) decided otherwise")
        } else if outcome.difference == nil {
            lines.append("every decision is the same")
        }
        if let difference = outcome.difference {
            let subject = difference.pod.map { ": pod \($0)" } ?? ""
            lines += [
                "first difference in cycle \(difference.cycle) (line \(difference.line), "
                    + "\(difference.time.timestamp))\(subject)",
                "  recorded: \(difference.recorded)", "  replayed: \(difference.replayed)",
            ]
        }
        return lines.map(VisibleText.line).joined(separator: "\n") + "\n"
    }

    private var period: String {
        guard let period = outcome.period else { return "nothing" }
        return "\(period.lowerBound.timestamp) to \(period.upperBound.timestamp)"
    }

    /// The options with which `schedule` decides as a cycle did.
    func options(_ cluster: ReplayedCluster) -> String {
        "--now \(cluster.time.timestamp) "
            + cluster.schedulerNames.map { "--scheduler-name \($0)" }.joined(separator: " ")
    }

    /// For machines.
    var document: OutputValue {
        let difference = outcome.difference.map { difference in
            OutputValue.object([
                ("cycle", .integer(Int64(difference.cycle))), ("line", .integer(Int64(difference.line))),
                ("time", .string("\(difference.time.timestamp)")),
                ("namespace", difference.pod.map { .string($0.namespace) } ?? .null),
                ("pod", difference.pod.map { .string($0.name) } ?? .null),
                ("recorded", .string(difference.recorded)), ("replayed", .string(difference.replayed)),
            ])
        }
        return .object([
            ("file", .string(file)), ("program", .string(outcome.header.program)),
            ("isShadow", .bool(outcome.header.shadowPatience != nil)),
            ("from", outcome.period.map { .string("\($0.lowerBound.timestamp)") } ?? .null),
            ("to", outcome.period.map { .string("\($0.upperBound.timestamp)") } ?? .null),
            ("cycles", .integer(Int64(outcome.cycles))),
            ("recorded", counts(outcome.binds, outcome.evictions)),
            ("replayed", counts(outcome.replayed.binds, outcome.replayed.evictions)),
            ("isEqual", .bool(outcome.difference == nil)),
            ("differentCycles", .integer(Int64(outcome.differentCycles))),
            ("firstDifference", difference ?? .null),
            ("isCut", .bool(outcome.warning != nil)),
            ("schedulerNames", .list(outcome.header.schedulerNames.map { .string($0) })),
            ("configuration", .string(outcome.header.configuration)),
        ])
    }

    private func counts(_ binds: Int, _ evictions: Int) -> OutputValue {
        ["binds": .integer(Int64(binds)), "evictions": .integer(Int64(evictions))]
    }
}
