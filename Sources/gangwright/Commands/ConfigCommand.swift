import Documents
import SchedulingPolicy

/// `gangwright config show|check`: what is in force, and what is wrong with a file.
struct ConfigCommand {
    static let command = Command(
        "config", abstract: "Show or check a configuration",
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
                "check", abstract: "Check a configuration and name every mistake with its line",
                examples: [
                    Command.Example(
                        "Check before a roll-out", "gangwright config check volcano-scheduler.conf")
                ],
                positionals: [Positional("FILE", help: "a volcano-scheduler.conf, or - for standard input")]),
        ])

    private let arguments: Arguments

    init(_ arguments: Arguments) { self.arguments = arguments }

    func show(_ outcome: inout CommandOutcome) throws(CommandFailure) {
        var configuration = SchedulerConfiguration.default
        if let path = arguments.positional("FILE") {
            let (read, warnings) = try ConfigurationInput.read(path)
            configuration = read
            outcome.warn(warnings)
        }
        outcome.standardOutput = OutputFormat(arguments).text { configuration.document } ?? ""
    }

    func check(_ outcome: inout CommandOutcome) throws(CommandFailure) {
        let path = arguments.positional("FILE") ?? ""
        let (configuration, warnings) = try ConfigurationInput.read(path)
        let file = VisibleText.line(ConfigurationInput.name(path))
        outcome.warn(warnings)
        for remark in configuration.remarks { outcome.note("warning: \(file): \(remark)") }
        let actions = configuration.actions.map(\.rawValue).joined(separator: ", ")
        outcome.standardOutput =
            "\(file): valid; compatibility \(configuration.compatibility.rawValue); \(actions)\n"
        for (tier, plugins) in configuration.tiers.enumerated() {
            outcome.standardOutput += "tier \(tier + 1): \(plugins.map(\.name).joined(separator: ", "))\n"
        }
    }
}
