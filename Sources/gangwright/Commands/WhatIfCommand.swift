import ClusterModel
import Documents
import SchedulingPolicy
import Simulation

/// `gangwright whatif`: what a change of the cluster would do, how many nodes would be enough, when a job would start.
struct WhatIfCommand {
    static let command = Command(
        "whatif", abstract: "Say what a change would do, how many nodes are enough, when a job starts",
        discussion: """
            Runs the scheduler on a snapshot as it is and with changes, and compares. Several changes make one question. \
            With --fit, it finds the fewest further nodes with which all jobs start that wait. Exits with 1 if \
            something that runs, or would start, has no place with the change, a budget forbids a drain, or a job cannot \
            be helped. docs/whatif.md has worked examples.
            """,
        examples: [
            Command.Example(
                "Ask what draining a machine moves, and what it stops",
                "gangwright whatif --cluster simulations/quickstart --drain dgx-1"),
            Command.Example(
                "Ask for more machines and a larger share of them for a queue",
                "gangwright whatif --cluster simulations/quickstart --add-nodes 2 --like a100-5 --set queue/vision.weight=2"
            ),
            Command.Example(
                "Ask how many more machines let every job start",
                "gangwright whatif --cluster simulations/quickstart --fit agentpool=dgx"),
            Command.Example(
                "Ask who gets the place of a job when it ends",
                "gangwright whatif --cluster simulations/quickstart --end protein-fold"),
        ],
        options: CycleRun.arguments + WhatIfInput.options + [
            Option(
                name: "fit", metavar: "NODE|LABEL=VALUE|FILE|new:…",
                help: "find the fewest further nodes like this with which the jobs that wait start"),
            Option(
                name: "queue", metavar: "NAME", help: "with --fit: only the jobs of this queue"),
            Option(
                name: "job", metavar: "NAME", help: "with --fit: only this job", repeatable: true),
            Option(
                name: "max-nodes", metavar: "N", help: "with --fit: try at most so many", default: "1000",
                integers: 1...100_000),
            Option(
                name: "when", metavar: "JOB",
                help: "say when this job would start, with what runs and all that waits in virtual time"),
            Option(
                name: "assume-run-time", metavar: "DURATION",
                help: "with --when: how long pods run that do not say it, as in 4h (default: for ever)"),
            CycleRun.cyclesOption,
        ])

    /// Jobs that no node helps have a line each up to this many.
    private static let mostNever = 20

    private let arguments: Arguments
    private let style: Style

    init(_ arguments: Arguments, style: Style) {
        self.arguments = arguments
        self.style = style
    }

    /// What is printed, whatever was asked.
    private struct Answer {
        var text: String
        var isYes: Bool
        var comparison: WhatIfComparison
        /// Whether before and after differ in anything but time.
        var isChange = true
        /// Sections between the answer and the comparison.
        var sections: [String] = []
        /// Paragraphs below the answer.
        var notes: [String] = []
        var members: [(String, OutputValue)] = []
    }

    func run(_ outcome: inout CommandOutcome) throws(CommandFailure) {
        try checkUse()
        let input = try WhatIfInput(arguments, &outcome)
        let result =
            if let word = arguments.value("fit") {
                try fit(input, word)
            } else if let name = arguments.value("when") {
                try start(input, name)
            } else {
                try change(input)
            }
        let format = OutputFormat(arguments)
        outcome.standardOutput =
            format.text {
                WhatIfDocument.make(
                    result.comparison, answer: result.text, isYes: result.isYes, changes: input.changes,
                    with: result.members)
            } ?? text(result, isWide: format == .wide)
        if !result.isYes { outcome.exitCode = .no }
    }

    /// Refuses what asks for nothing.
    private func checkUse() throws(CommandFailure) {
        let questions = ["fit", "when"]
        if questions.allSatisfy(arguments.isGiven) {
            throw CommandFailure(.badInput, "--when: found it beside --fit, expected one question")
        }
        let options = WhatIfInput.options.map(\.name).filter { $0 != "like" } + questions
        if !options.contains(where: arguments.isGiven) {
            let known = options.map { "--\($0)" }.joined(separator: ", ")
            throw CommandFailure(
                .badInput, "whatif: found no change and no question, expected one of \(known)")
        }
        for option in ["queue", "job", "max-nodes"]
        where arguments.isGiven(option) && !arguments.isGiven("fit") {
            throw CommandFailure(.badInput, "--\(option): found it without --fit, expected both or neither")
        }
    }

    private static func overflow(_ error: ResourceOverflow) -> CommandFailure {
        CommandFailure(.badInput, "the cluster's objects: \(error)")
    }

    // MARK: Questions

    private func change(_ input: WhatIfInput) throws(CommandFailure) -> Answer {
        let comparison: WhatIfComparison
        do {
            comparison = WhatIfComparison(
                before: try WhatIfRun(input.before, input.surroundings.before),
                after: try WhatIfRun(input.after, input.surroundings.after), departure: input.departure)
        } catch {
            throw Self.overflow(error)
        }
        return Answer(
            text: WhatIfText.answer(comparison, input.changes),
            isYes: !comparison.takesAway && !comparison.isForbidden, comparison: comparison)
    }

    private func fit(_ input: WhatIfInput, _ word: String) throws(CommandFailure) -> Answer {
        let template = try input.template(word)
        let target = try target(input)
        let (fit, before): (NodeFit, WhatIfRun)
        do {
            before = try WhatIfRun(input.before, input.surroundings.before)
            fit = try NodeFit(
                input.after, like: template, for: target, input.surroundings.after,
                most: arguments.integer("max-nodes") ?? 0)
        } catch {
            throw Self.overflow(error)
        }
        let comparison = WhatIfComparison(before: before, after: fit.run, departure: input.departure)
        var notes = [WhatIfText.proof(fit)].compactMap(\.self)
        if !input.changes.isEmpty {
            notes.append(WhatIfText.answer(comparison, input.changes + added(fit, word)))
        }
        let shown = OutputFormat(arguments) == .wide ? fit.never[...] : fit.never.prefix(Self.mostNever)
        notes += shown.map { WhatIfText.never($0, of: fit.most, like: word) }
        let left = fit.never.count - shown.count
        if left > 0 {
            notes.append(
                "And \(Count.of(left, "more job")) that \(WhatIfText.waits(left)); -o wide lists them.")
        }
        return Answer(
            text: WhatIfText.answer(fit, like: word),
            isYes: fit.count != nil && fit.never.isEmpty && !comparison.takesAway, comparison: comparison,
            notes: notes, members: [("fit", WhatIfDocument.fit(fit, like: word))])
    }

    private func added(_ fit: NodeFit, _ word: String) -> [String] {
        guard let count = fit.count, count > 0 else { return [] }
        return ["\(Count.of(count, "more node")) like \(word)"]
    }

    private func start(_ input: WhatIfInput, _ name: String) throws(CommandFailure) -> Answer {
        let key = try JobWord(input.after, arguments).key(name, "when")
        let assumed = try assumedRunTime()
        var answer = try change(input)
        let (forecast, without): (StartForecast?, StartForecast?)
        do {
            forecast = try StartForecast(
                of: key, in: input.after, input.surroundings.after, assuming: assumed)
            without =
                input.changes.isEmpty
                ? nil
                : try StartForecast(
                    of: key, in: input.before, input.surroundings.before, assuming: assumed)
        } catch {
            throw Self.overflow(error)
        }
        guard let forecast else {
            throw CommandFailure(.badInput, "--when: found that \(key) is over, expected a job that waits")
        }
        let text = ForecastText(forecast: forecast, now: input.surroundings.after.now)
        let effect = input.changes.isEmpty ? [] : [answer.text]
        (answer.text, answer.notes) = (text.answer, text.notes + effect)
        answer.sections = [text.table(style: style, isWide: OutputFormat(arguments) == .wide)].filter {
            !$0.isEmpty
        }
        answer.isChange = !input.changes.isEmpty
        answer.isYes = forecast.answer != .never && answer.isYes
        var other = OutputValue.null
        if let without {
            let before = ForecastText(forecast: without, now: input.surroundings.before.now)
            answer.notes.insert("Without the change: \(before.answer)", at: 0)
            other = before.document
        }
        answer.members = [("start", text.document), ("startWithoutChange", other)]
        return answer
    }

    private func assumedRunTime() throws(CommandFailure) -> Int64? {
        guard let text = arguments.value("assume-run-time") else { return nil }
        guard let duration = Duration(go: text), duration > .zero else {
            throw CommandFailure(
                .badInput, "--assume-run-time: found \(text.debugDescription), expected a duration such as 4h"
            )
        }
        let (seconds, attoseconds) = duration.components
        return seconds * 1_000 + attoseconds / 1_000_000_000_000_000
    }

    /// Which jobs are to fit.
    private func target(_ input: WhatIfInput) throws(CommandFailure) -> NodeFit.Target {
        let names = arguments.values("job")
        if !names.isEmpty, arguments.isGiven("queue") {
            throw CommandFailure(.badInput, "--job: found it beside --queue, expected one of the two")
        }
        if let queue = arguments.value("queue") {
            let queues = Set(input.after.queues.map(\.name) + input.after.podGroups.map(\.queue))
            if queues.contains(queue) { return .queue(queue) }
            throw CommandFailure(
                .badInput,
                "--queue: found no queue \(queue.debugDescription); \(Spelling.hint(for: queue, among: queues))"
            )
        }
        if names.isEmpty { return .all }
        let words = JobWord(input.after, arguments)
        return .jobs(try names.map { name throws(CommandFailure) in try words.key(name, "job") })
    }

    // MARK: Printing

    private func text(_ answer: Answer, isWide: Bool) -> String {
        let head = style.paint(VisibleText.line(answer.text), answer.isYes ? .good : .bad)
        let paragraphs = ([head] + answer.notes.map(VisibleText.line)).joined(separator: "\n") + "\n"
        let tables = WhatIfTables(comparison: answer.comparison, style: style, isWide: isWide)
        return ([paragraphs] + answer.sections + (answer.isChange ? tables.sections : [])).joined(
            separator: "\n")
    }
}
