import Documents
import SchedulingPolicy

/// `gangwright config show|check|diff`: what is in force, what it does, and in what two files differ.
struct ConfigCommand {
    static let command = Command(
        "config", abstract: "Show, check and compare configurations",
        subcommands: [
            Command(
                "show", abstract: "Print the configuration in force, with every default filled in",
                discussion: "Without a file, prints the configuration that holds when none is given.",
                examples: [
                    Command.Example("Start a file of your own", "gangwright config show > gangwright.conf"),
                    Command.Example(
                        "See what a file leaves at its default",
                        "gangwright config show volcano-scheduler.conf -o json"),
                ],
                options: [OutputFormat.documentOption],
                positionals: [Positional("FILE", help: "a volcano-scheduler.conf", required: false)]),
            Command(
                "check", abstract: "Check a configuration, and explain what it does",
                discussion: """
                    Names every mistake with its line. A file without one is explained: what each action does, which \
                    plugin decides what, and which settings have no effect or surprise.
                    """,
                examples: [
                    Command.Example(
                        "Check before a roll-out", "gangwright config check volcano-scheduler.conf")
                ],
                options: [OutputFormat.reportOption],
                positionals: [Positional("FILE", help: "a volcano-scheduler.conf, or - for standard input")]),
            Command(
                "diff", abstract: "Say what would change between two configurations",
                discussion: """
                    Compared is what is in force, defaults filled in. Exit code 0 if there is no difference, 1 if there \
                    is one.
                    """,
                examples: [
                    Command.Example("Review a change", "gangwright config diff old.conf new.conf")
                ],
                options: [OutputFormat.reportOption],
                positionals: [
                    Positional("A", help: "the configuration that holds, or - for standard input"),
                    Positional("B", help: "the one that would hold, or - for standard input"),
                ]),
        ])

    private let arguments: Arguments
    private let style: Style

    init(_ arguments: Arguments, style: Style) {
        self.arguments = arguments
        self.style = style
    }

    func run(_ name: String, _ outcome: inout CommandOutcome) throws(CommandFailure) {
        switch name {
        case "show": try show(&outcome)
        case "diff": try difference(&outcome)
        default: try check(&outcome)
        }
    }

    private func show(_ outcome: inout CommandOutcome) throws(CommandFailure) {
        var configuration = SchedulerConfiguration.default
        if let path = arguments.positional("FILE") {
            let (read, warnings) = try ConfigurationInput.read(path)
            configuration = read
            outcome.warn(warnings)
        }
        outcome.standardOutput = OutputFormat(arguments).text { configuration.document } ?? ""
    }

    private func check(_ outcome: inout CommandOutcome) throws(CommandFailure) {
        let path = arguments.positional("FILE") ?? ""
        let (configuration, warnings) = try ConfigurationInput.read(path)
        let report = ConfigurationReport(
            file: ConfigurationInput.name(path), configuration: configuration, warnings: warnings)
        if let text = OutputFormat(arguments).text({ report.document }) {
            outcome.standardOutput = text
            return
        }
        outcome.warn(warnings)
        for remark in report.remarks {
            outcome.note("\(remark.severity.rawValue): \(report.place(of: remark))\(remark.message)")
        }
        outcome.standardOutput = report.text(style: style)
    }

    private func difference(_ outcome: inout CommandOutcome) throws(CommandFailure) {
        let paths = ["A", "B"].map { arguments.positional($0) ?? "" }
        if paths == ["-", "-"] {
            throw CommandFailure(
                .badInput, "both configurations are standard input; expected one file at least")
        }
        let (before, beforeWarnings) = try ConfigurationInput.read(paths[0])
        let (after, afterWarnings) = try ConfigurationInput.read(paths[1])
        outcome.warn(beforeWarnings + afterWarnings)
        let differences = after.differences(from: before)
        outcome.exitCode = differences.isEmpty ? .done : .no
        let format = OutputFormat(arguments)
        if let text = format.text({ Self.document(differences) }) {
            outcome.standardOutput = text
        } else if differences.isEmpty {
            outcome.standardOutput = "no difference\n"
        } else {
            for difference in differences {
                outcome.standardOutput +=
                    VisibleText.line(
                        "\(difference.setting): \(Self.text(difference.from)) → \(Self.text(difference.to))")
                    + "\n"
            }
        }
    }

    private static func document(_ differences: [ConfigurationDifference]) -> OutputValue {
        .object([
            ("equal", .bool(differences.isEmpty)),
            (
                "differences",
                .list(
                    differences.map { difference in
                        .object([
                            ("setting", .string(difference.setting)), ("from", difference.from),
                            ("to", difference.to),
                        ])
                    })
            ),
        ])
    }

    /// A value in a line.
    private static func text(_ value: OutputValue) -> String {
        switch value {
        case .null: "none"
        case .string(let text): text.isEmpty ? "none" : text
        default: value.json(pretty: false)
        }
    }
}
