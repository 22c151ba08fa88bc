import ClusterModel
import Documents
import Recording
import SchedulingLoop
import SchedulingPolicy

/// `gangwright replay`: a recording once more, to see that the decisions are the same, or what they would have been.
struct ReplayCommand {
    static let command = Command(
        "replay", abstract: "Take the decisions of a recording again, and explain them",
        discussion: """
            Feeds what gangwright run --record has written to the same scheduler, cycle by cycle, and compares the \
            decisions bit for bit; exits with 1 at the first difference. With --config, says what another configuration \
            would have decided. With --until-cycle, --explain and --snapshot show the cluster as that cycle saw it; \
            without it, as it was at the end. docs/recording.md says what a recording holds.
            """,
        examples: [
            Command.Example("Check a recording", "gangwright replay flight.jsonl.gz"),
            Command.Example(
                "Ask why a job did not run in cycle 1200",
                "gangwright replay flight.jsonl.gz --until-cycle 1200 --explain job/bert-large"),
            Command.Example(
                "Take the cluster of that moment apart",
                "gangwright replay flight.jsonl.gz --until-cycle 1200 --snapshot > cluster.json"),
        ],
        options: [
            Option(
                name: "until-cycle", metavar: "N", help: "stop after this cycle (default: at the end)",
                integers: 1...Int(Int32.max)),
            Option(
                name: "config", metavar: "FILE",
                help: "decide by this configuration instead of those that are recorded"),
            Option(
                name: "explain", metavar: "WHAT",
                help: "jobs, job/NAME or pod/NAME: say why they wait, as gangwright explain does"),
            Option.flag("snapshot", help: "print the cluster for schedule, explain and capacity"),
            Option(
                name: "namespace", short: "n", metavar: "NAME", help: "where to look for what is explained",
                default: "default"),
            ExplainCommand.trials, OutputFormat.option,
        ],
        positionals: [Positional("FILE", help: "the recording")])

    /// What is to be explained.
    private enum Question {
        case jobs
        case one(kind: String, name: String)

        init(_ text: String) throws(CommandFailure) {
            let words = text.split(separator: text.contains("/") ? "/" : " ", maxSplits: 1).map(String.init)
            if text == "jobs" {
                self = .jobs
            } else if words.count == 2, ["job", "pod"].contains(words[0]) {
                self = .one(kind: words[0], name: words[1])
            } else {
                throw CommandFailure(
                    .badInput, "--explain: found \"\(text)\", expected jobs, job/NAME or pod/NAME")
            }
        }
    }

    private let arguments: Arguments
    private let style: Style

    init(_ arguments: Arguments, style: Style) {
        self.arguments = arguments
        self.style = style
    }

    func run(_ outcome: inout CommandOutcome) throws(CommandFailure) {
        let question = try arguments.value("explain").map { text throws(CommandFailure) in
            try Question(text)
        }
        if question != nil, arguments.flag("snapshot") {
            throw CommandFailure(.badInput, "--snapshot: expected without --explain")
        }
        let replay = try replay(keepsObjects: question != nil || arguments.flag("snapshot"), &outcome)
        if let warning = replay.warning { outcome.warn([warning]) }
        let summary = ReplayText(replay, file: file, configurationFile: arguments.value("config"))
        if replay.difference != nil, !arguments.isGiven("config") { outcome.exitCode = .no }
        guard let cluster = replay.cluster else {
            let format = OutputFormat(arguments)
            outcome.standardOutput = format.text { summary.document } ?? summary.text
            return
        }
        // The result is what was asked for.
        outcome.note(String(summary.text.dropLast()))
        guard let question else {
            outcome.note("gangwright schedule takes \(summary.options(cluster))")
            outcome.standardOutput = cluster.list.json() + "\n"
            return
        }
        try explain(question, cluster, &outcome)
    }

    private var file: String { arguments.positional("FILE") ?? "" }

    private func replay(
        keepsObjects: Bool, _ outcome: inout CommandOutcome
    ) throws(CommandFailure) -> Replay.Outcome {
        var options = Replay.Options()
        options.untilCycle = arguments.integer("until-cycle")
        options.keepsObjects = keepsObjects
        if arguments.isGiven("config") {
            let input = try ConfigurationInput(arguments)
            outcome.warn(input.warnings)
            options.configuration = input.written
        }
        do {
            return try Replay.run(RecordingReader(file), file: file, options: options)
        } catch {
            throw CommandFailure([error])
        }
    }

    private func explain(
        _ question: Question, _ cluster: ReplayedCluster, _ outcome: inout CommandOutcome
    ) throws(CommandFailure) {
        let input = try ClusterInput(
            Array(cluster.list.json(pretty: false).utf8), file: "the cluster of \(file)")
        var options = SessionOptions()
        options.schedulerNames = Set(cluster.schedulerNames)
        let (configuration, problems) = SchedulerConfiguration.read(
            Array(cluster.configuration.utf8), file: "the configuration of \(file)")
        guard let configuration else { throw CommandFailure(problems) }
        let run = try CycleRun(input, configuration: configuration, options: options, now: cluster.time)
        switch question {
        case .jobs: try ExplainJobsCommand(arguments, style: style).explain(run, &outcome)
        case .one(let kind, let name):
            try ExplainCommand(arguments, kind: kind, style: style).explain(name, in: run, &outcome)
        }
    }
}
