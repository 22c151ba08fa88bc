import BenchmarkCases
import Glibc
import Topology

/// `gangwright bench`: how fast this machine places gangs.
struct BenchCommand {
    static let command = Command(
        "bench", abstract: "Measure how fast gangs are placed on this machine",
        discussion: """
            Synthetic clusters come from a seed that is printed, so that anyone measures the same. Each case warms up, and is \
            then repeated: the table has the median, the best, and the median distance from the median.

            Exits with 1 when a comparison finds a figure worse than the noise of both runs explains.
            """,
        examples: [
            Command.Example("See that everything works", "gangwright bench --quick"),
            Command.Example(
                "Keep a baseline, and compare with it later",
                "gangwright bench -o json > baseline.json; gangwright bench --compare baseline.json"),
        ],
        options: [
            Option.flag("list", help: "name the cases instead of running them"),
            Option(
                name: "filter", metavar: "TEXT", help: "only cases with this in their name", repeatable: true),
            Option(
                name: "output", short: "o", metavar: "FORMAT", help: "how to print the figures",
                default: "table",
                choices: BenchmarkOptions.Format.allCases.map(\.rawValue)),
            Option(
                name: "compare", metavar: "FILE", help: "earlier figures, as JSON, to compare with"),
            Option(name: "show", metavar: "FILE", help: "print figures stored as JSON instead of measuring"),
            Option(
                name: "repetitions", metavar: "N", help: "how often each case is measured",
                integers: 1...1_000),
            Option.flag("quick", help: "small sizes: to see that everything works, not how fast"),
        ] + PlacementInput.options + [PlacementInput.memoryOption])

    private let arguments: Arguments

    init(_ arguments: Arguments) { self.arguments = arguments }

    func run(_ outcome: inout CommandOutcome) throws(CommandFailure) {
        let placement = try PlacementInput.apply(arguments, memoryNode: arguments.integer("memory-node"))
        var options = BenchmarkOptions()
        options.lists = arguments.flag("list")
        options.settings.filters = arguments.values("filter")
        options.settings.repetitions = arguments.integer("repetitions")
        options.settings.isQuick = arguments.flag("quick")
        options.format = arguments.value("output").flatMap(BenchmarkOptions.Format.init) ?? .table
        options.baseline = arguments.value("compare")
        options.shown = arguments.value("show")
        do {
            let done = try BenchmarkProgram(options).run(progress: Self.showProgress)
            outcome.standardOutput = done.text
            outcome.standardError = done.notes
            if options.shown == nil, !options.lists {
                outcome.note(placement.note(program: "gangwright bench"))
            }
            if done.isWorse { outcome.exitCode = .no }
        } catch {
            throw CommandFailure(.badInput, "\(error)")
        }
    }

    /// Says what comes next, where someone is watching.
    private static func showProgress(_ line: String) {
        if isatty(STDERR_FILENO) == 0 { return }
        var outcome = CommandOutcome()
        outcome.note(line)
        _ = StandardStreams.write(outcome)
    }
}
