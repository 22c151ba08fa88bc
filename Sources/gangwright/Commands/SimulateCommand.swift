import Documents
import Simulation
import Topology

/// `gangwright simulate`: the scheduler in virtual time.
struct SimulateCommand {
    static let command = Command(
        "simulate", abstract: "Run a scenario in virtual time",
        discussion: """
            Reads a scenario (docs/scenarios.md): a cluster, a workload, a configuration, and what happens. Runs the scheduler's own \
            loop on it in virtual time, and says how long jobs waited, how well the GPUs were used, and why jobs waited. The same \
            scenario and seed give the same result on every machine.

            All variants of the scenario are run and compared with the scenario as it stands. --seeds repeats each with so many seeds \
            and gives intervals of confidence; --sweep makes a variant of each value. Runs are spread over the processors.
            """,
        examples: [
            Command.Example(
                "See why a large gang starves, and what would help",
                "gangwright simulate simulations/starvation/scenario.yaml"),
            Command.Example(
                "Ask how many nodes are enough, with intervals of confidence, and draw it",
                "gangwright simulate simulations/capacity-planning/scenario.yaml --sweep cluster.pools.a100.count=8,10,12 "
                    + "--seeds 10 --report nodes.html"),
        ],
        options: [
            Option(
                name: "variant", metavar: "NAME",
                help:
                    "run this variant (default: the scenario as it stands, called baseline, and all variants)",
                repeatable: true),
            Option(name: "seed", metavar: "N", help: "the first seed (default: the scenario's)"),
            Option(
                name: "seeds", metavar: "N", help: "run each variant with so many seeds, one after the other",
                default: "1"),
            Option(
                name: "set", metavar: "PATH=VALUE",
                help: "put a value in the scenario, as in cluster.pools.a100.count=40", repeatable: true),
            Option(
                name: "sweep", metavar: "PATH=A,B,C",
                help: "run each variant with each of these values; several sweeps are combined",
                repeatable: true),
            Option(
                name: "shard", metavar: "I/N",
                help: "run only part I of N, from 0, for simulate-merge to put together", default: "0/1"),
            Option(
                name: "threads", metavar: "N",
                help: "how many runs to make at a time (default: one a processor)"),
            Option.flag("check", help: "read the scenario and all that it names, and run nothing"),
        ] + PackingExperimentRun.options + SimulationOutput.options + PlacementInput.options,
        positionals: [
            Positional("SCENARIO", help: "a scenario or a packing experiment, or - for standard input")
        ])

    private let arguments: Arguments
    private let style: Style
    private let environment: [String: String]

    init(_ arguments: Arguments, environment: [String: String], style: Style) {
        self.arguments = arguments
        self.style = style
        self.environment = environment
    }

    func run(_ outcome: inout CommandOutcome) throws(CommandFailure) {
        let placement = try PlacementInput.apply(arguments)
        let path = arguments.positional("SCENARIO") ?? ""
        let bytes: [UInt8]
        do { bytes = try FileAccess.read(path) } catch { throw CommandFailure(.badInput, error.description) }
        let name = ConfigurationInput.name(path)
        let parsed = DocumentParser.parse(bytes, file: name)
        if let document = parsed.documents.first, document["kind"]?.string == PackingExperiment.kind {
            return try PackingExperimentRun.run(
                document, file: name, arguments: arguments, environment: environment, &outcome)
        }
        if arguments.isGiven("policy") {
            throw CommandFailure(.badInput, "--policy: expected with a packing experiment, found a scenario")
        }
        let (scenario, problems) = Scenario.read(parsed, file: name, files: ScenarioFileAccess())
        guard let scenario else { throw CommandFailure(problems) }
        outcome.warn(problems)
        let runs = try SimulationRuns(scenario, arguments, processors: placement.processorCount)
        if arguments.flag("check") { return try runs.check(&outcome) }
        let output = SimulationOutput(arguments, style: style)
        let report = try runs.run(keepsJobs: output.listsJobs(isPart: arguments.isGiven("shard")), &outcome)
        try output.write(report, to: &outcome)
    }
}
