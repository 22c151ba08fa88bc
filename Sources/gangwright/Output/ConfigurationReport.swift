import Documents
import SchedulingPolicy

/// What `config check` says of a file that can be used.
struct ConfigurationReport {
    let file: String
    let configuration: SchedulerConfiguration
    let warnings: [Problem]
    let remarks: [ConfigurationRemark]
    private let explanation: ConfigurationExplanation

    init(file: String, configuration: SchedulerConfiguration, warnings: [Problem]) {
        self.file = file
        self.configuration = configuration
        self.warnings = warnings
        remarks = configuration.remarks
        explanation = ConfigurationExplanation(configuration)
    }

    /// `file:line: field: `, as problems have it.
    func place(of remark: ConfigurationRemark) -> String {
        let line = remark.line > 0 ? ":\(remark.line)" : ""
        return "\(file)\(line): " + (remark.line > 0 ? remark.field + ": " : "")
    }

    /// Three parts: the tiers, the actions, and who decides what.
    func text(style: Style) -> String {
        var text =
            VisibleText.line(
                "\(file): valid; compatibility \(configuration.compatibility.rawValue)") + "\n"
        for (tier, plugins) in configuration.tiers.enumerated() {
            text +=
                "tier \(tier + 1): "
                + (plugins.isEmpty ? "no plugin" : plugins.map(\.name).joined(separator: ", ")) + "\n"
        }
        var steps = TextTable([.left("ACTION"), .left("WHAT IT DOES")])
        for step in explanation.steps { steps.add([.init(step.action.rawValue), .init(step.summary)]) }
        var decisions = TextTable([.left("QUESTION"), .left("WHO DECIDES")])
        // Parts of gangs are decided as gangs are, and who is told decides nothing: both stand in the document only.
        let minor: Set<PluginCallback> = [.jobEnqueued, .subJobOrder, .subJobReady, .subJobPipelined]
        for decision in explanation.decisions where !minor.contains(decision.callback) {
            decisions.add([.init(decision.callback.rawValue), .init(decision.summary)])
        }
        return text + "\n" + steps.text(style: style) + "\n" + decisions.text(style: style)
    }

    /// The same for programs, with all that is remarked.
    var document: OutputValue {
        .object([
            ("file", .string(file)),
            ("valid", true),
            ("compatibility", .string(configuration.compatibility.rawValue)),
            ("tiers", .list(configuration.tiers.map { .list($0.map { .string($0.name) }) })),
            (
                "actions",
                .list(
                    explanation.steps.map {
                        .object([("name", .string($0.action.rawValue)), ("does", .string($0.summary))])
                    })
            ),
            ("decisions", .list(explanation.decisions.map(Self.document))),
            ("remarks", .list(warnings.map(Self.document) + remarks.map(Self.document))),
        ])
    }

    private static func document(_ decision: ConfigurationExplanation.Decision) -> OutputValue {
        .object([
            ("question", .string(decision.callback.rawValue)),
            (
                "deciders",
                .list(
                    decision.deciders.map {
                        .object([
                            ("tier", .integer(Int64($0.tier))),
                            ("plugins", .list($0.plugins.map { .string($0) })),
                        ])
                    })
            ),
            ("summary", .string(decision.summary)),
        ])
    }

    private static func document(_ problem: Problem) -> OutputValue {
        remark("warning", line: problem.line, field: problem.field, problem.message)
    }

    private static func document(_ remark: ConfigurationRemark) -> OutputValue {
        Self.remark(remark.severity.rawValue, line: remark.line, field: remark.field, remark.message)
    }

    private static func remark(
        _ severity: String, line: Int, field: String, _ message: String
    ) -> OutputValue {
        .object([
            ("severity", .string(severity)), ("line", line > 0 ? .integer(Int64(line)) : .null),
            ("field", .string(field)), ("message", .string(message)),
        ])
    }
}
