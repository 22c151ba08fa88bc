import Allocator
import ClusterModel
import Documents
import SchedulingLoop
import SchedulingPolicy

/// `gangwright schedule`: scheduling cycles over a snapshot.
struct ScheduleCommand {
    static let command = Command(
        "schedule", abstract: "Place the pending pods of a snapshot",
        discussion: """
            Reads Kubernetes objects and Azure ML jobs, runs a scheduling cycle, and prints what goes where, what waits \
            and why. Nothing is written to any cluster. With --cycles, a pod that a cycle binds runs in the next.
            """,
        examples: [
            Command.Example(
                "Place the jobs of a folder on its cluster",
                "gangwright schedule --cluster simulations/quickstart"),
            Command.Example(
                "Ask what this cluster would do with another configuration",
                "kubectl get nodes,pods,podgroups,queues,priorityclasses -A -o json | gangwright schedule --cluster - "
                    + "--config volcano-scheduler.conf -o json"),
        ],
        options: CycleRun.arguments + [
            CycleRun.cyclesOption,
            Option.flag(
                "audit", help: "do the books over from the pods at the end, and exit with 1 if they differ"),
            Option.flag("require-all", help: "exit with 1 if a pod stays without a place"),
        ])

    private let arguments: Arguments
    private let style: Style

    init(_ arguments: Arguments, style: Style) {
        self.arguments = arguments
        self.style = style
    }

    func run(_ outcome: inout CommandOutcome) throws(CommandFailure) {
        let run = try CycleRun(arguments, cycles: CycleRun.cycles(arguments), &outcome)
        let format = OutputFormat(arguments)
        outcome.standardOutput =
            format.text {
                ScheduleDocument.make(
                    run.result, holds: run.loop.holds, skippedKinds: run.input.skippedKinds)
            }
            ?? ScheduleTables(run: run, style: style, isWide: format == .wide).text()
        if arguments.flag("audit") {
            let differences = run.loop.audit()
            for difference in differences { outcome.note("audit: \(difference)") }
            if differences.isEmpty { outcome.note("audit: the books agree with the pods") }
            if !differences.isEmpty { outcome.exitCode = .no }
        }
        if arguments.flag("require-all"), !run.result.pending.isEmpty || !run.result.pipelined.isEmpty {
            outcome.exitCode = .no
        }
    }
}

/// Cycles that have been run on what the arguments name.
struct CycleRun {
    /// Options that say what to run a cycle on, and how to print what comes of it.
    static let arguments: [Option] =
        ClusterInput.options + [
            ConfigurationInput.option, OutputFormat.option,
            Option(
                name: "scheduler-name", metavar: "NAME",
                help: "place only pods that ask for this scheduler (default: all pods)", repeatable: true),
            Option(
                name: "now", metavar: "TIME",
                help:
                    "the time of the cycle, as in 2026-01-31T12:00:00Z (default: the newest time of the input)"
            ),
            Option(
                name: "utc-offset", metavar: "OFFSET",
                help: "how far local time is ahead of universal time, for rules that name a time of day",
                default: "+00:00"),
            Option(
                name: "allocator", metavar: "KIND",
                help: "what places pods: the index, or the plain loops that specify it; both decide the same",
                default: AllocatorKind.indexed.rawValue, choices: AllocatorKind.allCases.map(\.rawValue)),
        ] + OutsideInput.options

    /// How many cycles to run, where a command runs more than one.
    static let cyclesOption = Option(
        name: "cycles", metavar: "N", help: "run so many cycles, a second apart", default: "1")

    let input: ClusterInput
    let result: CycleResult
    /// For questions about what the cycles have left.
    let loop: SchedulingLoop
    private let configuration: SchedulerConfiguration
    private let options: SessionOptions
    private let start: LoopTime

    init(_ arguments: Arguments, cycles: Int = 1, _ outcome: inout CommandOutcome) throws(CommandFailure) {
        let configuration = try ConfigurationInput(arguments)
        input = try ClusterInput(arguments)
        outcome.warn(configuration.warnings + input.warnings)
        if let notes = SnapshotNotes(input.snapshot).text { outcome.note(notes) }
        let outside = try OutsideInput(arguments, configuration.configuration)
        if let note = outside.note { outcome.note(note) }
        var options = try Self.options(arguments)
        (options.nodeUsage, options.extender) = (outside.nodeUsage, outside.extender)
        let time = try Self.now(arguments) ?? input.snapshot.newestTimestamp
        start = time.map { LoopTime($0) } ?? LoopTime(milliseconds: 0)
        (self.configuration, self.options) = (configuration.configuration, options)
        do {
            loop = try SchedulingLoop(
                snapshot: input.snapshot, configuration: configuration.configuration, options: options)
            result = loop.run(cycles: cycles, from: start)
        } catch {
            throw CommandFailure(.badInput, "the cluster's objects: \(error)")
        }
    }

    /// One cycle on a cluster that was read elsewhere.
    init(
        _ input: ClusterInput, configuration: SchedulerConfiguration, options: SessionOptions, now: LoopTime
    ) throws(CommandFailure) {
        self.input = input
        (self.configuration, self.options, start) = (configuration, options, now)
        do {
            loop = try SchedulingLoop(
                snapshot: input.snapshot, configuration: configuration, options: options)
            result = loop.run(cycles: 1, from: now)
        } catch {
            throw CommandFailure(.badInput, "the cluster's objects: \(error)")
        }
    }

    /// For questions about what would let a job run: it knows what the first cycle knew.
    func explainer() throws(CommandFailure) -> Explainer {
        do {
            return try Explainer(
                snapshot: input.snapshot, configuration: configuration, options: options, now: start.timestamp
            )
        } catch {
            throw CommandFailure(.badInput, "the cluster's objects: \(error)")
        }
    }

    /// The most cycles that are run: a day's worth, one a second.
    private static var mostCycles: Int { 86_400 }

    /// How many cycles the option of that name asks for.
    static func cycles(_ arguments: Arguments) throws(CommandFailure) -> Int {
        let text = arguments.value("cycles") ?? "1"
        guard let count = Int(text), (1...mostCycles).contains(count) else {
            throw CommandFailure(
                .badInput, "--cycles: found \"\(text)\", expected a number from 1 to \(mostCycles)")
        }
        return count
    }

    static func options(_ arguments: Arguments) throws(CommandFailure) -> SessionOptions {
        var options = SessionOptions()
        if arguments.isGiven("scheduler-name") {
            options.schedulerNames = Set(arguments.values("scheduler-name"))
        }
        options.utcOffsetSeconds = try utcOffset(arguments)
        options.allocator = arguments.value("allocator").flatMap(AllocatorKind.init) ?? .indexed
        return options
    }

    /// Reads `+02:00`, `-05:30` or `Z`, as a time stamp ends.
    private static func utcOffset(_ arguments: Arguments) throws(CommandFailure) -> Int {
        guard let text = arguments.value("utc-offset") else { return 0 }
        if let noon = Timestamp(rfc3339: "2026-01-02T12:00:00Z"),
            let local = Timestamp(rfc3339: "2026-01-02T12:00:00" + text), text.first != "."
        {
            return Int(noon.secondsSinceEpoch - local.secondsSinceEpoch)
        }
        throw CommandFailure(
            .badInput, "--utc-offset: found \"\(text)\", expected an offset such as +02:00")
    }

    static func now(_ arguments: Arguments) throws(CommandFailure) -> Timestamp? {
        guard let text = arguments.value("now") else { return nil }
        if let now = Timestamp(rfc3339: text) { return now }
        throw CommandFailure(
            .badInput, "--now: found \"\(text)\", expected a time such as 2026-01-31T12:00:00Z")
    }
}
