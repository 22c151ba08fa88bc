/// The program as a function: words and surroundings in, texts and an exit code out.
struct Program {
    /// How results are coloured.
    var style = Style.plain
    /// The variables that commands look at.
    var environment: [String: String] = [:]

    static let version = "0.1.0"

    func run(_ words: [String]) -> CommandOutcome {
        var outcome = CommandOutcome()
        do {
            let parsed = try Self.root.parse(words == ["--version"] ? ["version"] : words)
            if parsed.wantsHelp {
                outcome.standardOutput = Self.root.help(path: parsed.path)
                return outcome
            }
            do {
                try run(parsed, &outcome)
            } catch {
                outcome.note(error.message)
                outcome.exitCode = error.exitCode
            }
        } catch {
            outcome.note("gangwright: \(error.description)")
            outcome.note(error.hint)
            outcome.exitCode = .badInput
        }
        return outcome
    }

    private func run(_ parsed: ParsedCommand, _ outcome: inout CommandOutcome) throws(CommandFailure) {
        let arguments = parsed.arguments
        switch parsed.path.dropFirst().first {
        case "run": try RunCommand(arguments, environment: environment).run(&outcome)
        case "snapshot": try SnapshotCommand(arguments, environment: environment).run(&outcome)
        case "replay": try ReplayCommand(arguments, style: style).run(&outcome)
        case "shadow-report": try ShadowReportCommand(arguments, style: style).run(&outcome)
        case "schedule": try ScheduleCommand(arguments, style: style).run(&outcome)
        case "explain":
            switch parsed.path.last {
            case "jobs": try ExplainJobsCommand(arguments, style: style).run(&outcome)
            default: try ExplainCommand(arguments, kind: parsed.path.last ?? "", style: style).run(&outcome)
            }
        case "simulate":
            try SimulateCommand(arguments, environment: environment, style: style).run(&outcome)
        case "simulate-merge": try SimulateMergeCommand(arguments, style: style).run(&outcome)
        case "capacity": try CapacityCommand(arguments, style: style).run(&outcome)
        case "whatif": try WhatIfCommand(arguments, style: style).run(&outcome)
        case "config":
            try ConfigCommand(arguments, style: style).run(parsed.path.last ?? "", &outcome)
        case "topology": try TopologyCommand(arguments, style: style).run(&outcome)
        case "node-agent": try NodeAgentCommand(arguments, environment: environment).run(&outcome)
        case "convert": try ConvertCommand(arguments, trace: parsed.path.last ?? "").run(&outcome)
        case "bench": try BenchCommand(arguments).run(&outcome)
        case "completion":
            guard let shell = arguments.positional("SHELL").flatMap(Completion.Shell.init) else { return }
            outcome.standardOutput = Completion.script(for: Self.root, shell: shell)
        default: outcome.standardOutput = "gangwright \(Self.version)\n"
        }
    }

    /// All commands.
    static let root = Command(
        "gangwright", abstract: "Schedules gangs of pods on GPU clusters",
        discussion: """
            A training job is a gang of pods: all of them run, or none should. Gangwright places gangs on a cluster's \
            nodes, and answers offline what it would do and why.

            Exit codes: 0 done; 1 the answer is no; 2 bad usage or bad input; 3 the outside world failed.
            """,
        subcommands: [
            RunCommand.command, SnapshotCommand.command, ReplayCommand.command,
            ShadowReportCommand.command, ScheduleCommand.command, ExplainCommand.command,
            CapacityCommand.command, WhatIfCommand.command, SimulateCommand.command,
            SimulateMergeCommand.command,
            TopologyCommand.command, NodeAgentCommand.command,
            ConfigCommand.command, ConvertCommand.command, BenchCommand.command,
            Command(
                "completion", abstract: "Print a completion script for a shell",
                examples: [
                    Command.Example("Complete in this bash", "source <(gangwright completion bash)")
                ],
                positionals: [
                    Positional(
                        "SHELL", help: "the shell to print it for",
                        choices: Completion.Shell.allCases.map(\.rawValue))
                ]),
            Command("version", abstract: "Print the version"),
        ])
}
