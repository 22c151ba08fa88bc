import Allocator
import ClusterModel
import Documents
import SchedulingLoop
import SchedulingPolicy

/// `gangwright explain pod|job`: why something waits, what is nearest to helping it, and what would let it run.
struct ExplainCommand {
    static let command = Command(
        "explain", abstract: "Say why jobs wait, what they lack, and what would let them run",
        discussion: """
            Without a name, every job that waits has a line. What would let a job run is found by trying: a cycle is run \
            with the change, and the job has its place. docs/explain.md says what is tried.
            """,
        examples: [
            Command.Example("Ask after all jobs", "gangwright explain --cluster simulations/quickstart")
        ],
        options: CycleRun.arguments + [trials],
        subcommands: [
            Command("jobs", abstract: "Explain every job that waits, in a line"),
            kind("job", example: "gangwright explain job bert-large --cluster simulations/quickstart"),
            kind(
                "pod", example: "gangwright explain pod bert-large-worker-0 --cluster simulations/quickstart"),
        ], defaultSubcommand: "jobs")

    /// How long what would let a job run is looked for.
    static let trials = Option(
        name: "trials", metavar: "N",
        help: "run at most so many cycles to find what would let a job run; for all jobs five times that",
        default: "40", integers: 0...100_000)

    private static func kind(_ name: String, example: String) -> Command {
        Command(
            name, abstract: "Explain one \(name) after a scheduling cycle",
            examples: [Command.Example("Ask after one \(name)", example)],
            positionals: [
                Positional("NAME", help: "the \(name)'s name; its namespace is that of --namespace")
            ])
    }

    private let arguments: Arguments
    private let kind: String
    private let style: Style

    init(_ arguments: Arguments, kind: String, style: Style) {
        self.arguments = arguments
        self.kind = kind
        self.style = style
    }

    /// What there is to say.
    private struct Answer {
        var key: ObjectKey
        var state: String
        var reason: String
        var message: String
        var shapes: [ShapeExplanation]
        /// What holds it and what would let it run; `nil` for what does not wait.
        var explanation: JobExplanation?
    }

    func run(_ outcome: inout CommandOutcome) throws(CommandFailure) {
        try explain(
            arguments.positional("NAME") ?? "", in: try CycleRun(arguments, &outcome), &outcome)
    }

    /// Explains what has the name and the kind after a cycle.
    func explain(
        _ name: String, in run: CycleRun, _ outcome: inout CommandOutcome
    ) throws(CommandFailure) {
        let key = ObjectKey(namespace: arguments.value("namespace") ?? "default", name: name)
        guard var answer = kind == "pod" ? pod(key, run) : job(key, run) else {
            throw CommandFailure(.badInput, "\(kind) \(key) is not in the input" + elsewhere(key, run))
        }
        if answer.state == "waits" {
            let explainer = try run.explainer()
            let job = kind == "pod" ? explainer.job(ofPod: key) : explainer.job(ofGang: key)
            answer.explanation = job.flatMap {
                explainer.explain($0, trials: arguments.integer("trials") ?? 0)
            }
        }
        outcome.standardOutput =
            OutputFormat(arguments).text { document(answer) } ?? text(answer, nodes: run.result.nodeCount)
    }

    /// Where something of that name is, if not in the namespace that was asked for.
    private func elsewhere(_ key: ObjectKey, _ run: CycleRun) -> String {
        let keys =
            kind == "pod" ? run.input.snapshot.pods.map(\.key) : run.input.snapshot.podGroups.map(\.key)
        let gangs = keys.filter { $0.namespace == key.namespace && $0.name.hasSuffix("/\(key.name)") }
        if kind == "job", !gangs.isEmpty {
            let names = gangs.map(\.name).sorted { $0.precedes($1) }
            return "; of that name there is \(names.joined(separator: ", "))"
        }
        let spaces = keys.filter { $0.name == key.name }.map(\.namespace).sorted { $0.precedes($1) }
        return spaces.isEmpty
            ? "" : "; one of that name is in \(spaces.joined(separator: ", ")) (use --namespace)"
    }

    private func pod(_ key: ObjectKey, _ run: CycleRun) -> Answer? {
        guard let pod = run.input.snapshot.pods.first(where: { $0.key == key }) else { return nil }
        if let bind = run.result.binds.first(where: { $0.pod == key }) {
            return Answer(
                key: key, state: "placed", reason: "Ready", message: "goes to \(bind.node)", shapes: [])
        }
        if let held = run.result.pipelined.first(where: { $0.pod == key }) {
            return Answer(
                key: key, state: "pipelined", reason: "Pipelined",
                message: held.sentence, shapes: [])
        }
        guard let pending = run.result.pending.first(where: { $0.pod == key }) else {
            let where_ = pod.nodeName.map { "is bound to \($0)" } ?? "has no node"
            return Answer(
                key: key, state: pod.phase.rawValue.lowercased(), reason: "NotPending",
                message: "\(where_), phase \(pod.phase.rawValue)", shapes: [])
        }
        return Answer(
            key: key, state: "waits", reason: pending.reason.rawValue, message: pending.message,
            shapes: run.loop.explainPod(key).map { [$0] } ?? [])
    }

    private func job(_ key: ObjectKey, _ run: CycleRun) -> Answer? {
        guard let group = run.result.podGroups.first(where: { $0.key == key }) else { return nil }
        return Answer(
            key: key, state: group.reason == nil ? "placed" : "waits",
            reason: group.reason?.rawValue ?? "Ready",
            message: group.message,
            // Without its instance type nobody knows what its pods ask for.
            shapes: group.reason == .unknownInstanceType ? [] : run.loop.explainGang(key))
    }

    // MARK: Printing

    private func text(_ answer: Answer, nodes: Int) -> String {
        let tint: Style.Tint = answer.state == "waits" ? .doubtful : .good
        var lines = [
            "\(kind) \(VisibleText.line(answer.key.description)): "
                + "\(style.paint(answer.state, tint)) (\(answer.reason))",
            "  \(VisibleText.line(answer.message))",
        ]
        for shape in answer.shapes {
            let each = shape.pods.count == 1 ? "" : "each "
            lines.append("")
            lines.append(
                "\(Count.of(shape.pods.count, "pod")) without a place, "
                    + VisibleText.line("\(each)asking for \(AmountText.sentence(shape.request))"))
            lines.append(
                "  fit now, alone: \(shape.headroom.pods) on \(shape.headroom.nodes) of "
                    + Count.of(nodes, "node"))
            for reason in shape.reasons {
                lines.append(
                    "  \(reason.count) of \(Count.of(nodes, "node")): \(VisibleText.line(reason.reason))")
            }
            for near in shape.nearest {
                lines.append(VisibleText.line("  nearest: \(near.node) lacks \(missing(near))"))
            }
        }
        if let explanation = answer.explanation { lines += [""] + self.lines(explanation) }
        return lines.joined(separator: "\n") + "\n"
    }

    /// What holds it and what would let it run; of a pod whose gang waits this is about the gang.
    private func lines(_ explanation: JobExplanation) -> [String] {
        let job = explanation.isGang && kind == "pod" ? "its job \(explanation.key) is held by" : "held by"
        let holds = explanation.holds.map { "  \(HoldText.sentence($0))" }
        var changes = explanation.remedies.map { "  \(RemedyText.phrase($0))" }
        if changes.isEmpty {
            return ([job] + holds + ["", ExplainText.none(explanation)]).map(VisibleText.line)
        }
        if explanation.isCutOff {
            changes.append("  (\(ExplainText.cutOff(explanation)): there may be more)")
        }
        return ([job] + holds + ["", "would run with"] + changes).map(VisibleText.line)
    }

    private func missing(_ near: ShapeExplanation.NearNode) -> String {
        let amounts = near.missing.map {
            "\(AmountText.rounded($0.missing, of: $0.resource, up: true)) \($0.resource)"
        }
        return amounts.count < 3
            ? amounts.joined(separator: " and ")
            : amounts.dropLast().joined(separator: ", ") + " and " + (amounts.last ?? "")
    }

    private func document(_ answer: Answer) -> OutputValue {
        .object(
            [
                ("kind", .string(kind)), ("namespace", .string(answer.key.namespace)),
                ("name", .string(answer.key.name)),
                ("state", .string(answer.state)), ("reason", .string(answer.reason)),
                ("message", .string(answer.message)),
                ("shapes", .list(answer.shapes.map(document))),
            ] + (answer.explanation.map(members) ?? []))
    }

    /// Of a pod whose gang waits this is about the gang, which it names.
    private func members(_ explanation: JobExplanation) -> [(String, OutputValue)] {
        let isOfGang = explanation.isGang && kind == "pod"
        return (isOfGang ? [("job", .string(explanation.key.name))] : []) + ExplainText.members(explanation)
    }

    private func document(_ shape: ShapeExplanation) -> OutputValue {
        let near = shape.nearest.map { near in
            OutputValue.object([
                ("node", .string(near.node)),
                (
                    "missing",
                    .object(
                        near.missing.map {
                            ($0.resource.text, .string(Quantity.format($0.missing, of: $0.resource)))
                        })
                ),
            ])
        }
        return .object([
            ("pods", .list(shape.pods.map { .string($0.name) })),
            ("request", AmountText.object(shape.request)),
            ("fitNow", .integer(shape.headroom.pods)), ("fitNodes", .integer(Int64(shape.headroom.nodes))),
            ("reasons", .object(shape.reasons.map { ($0.reason, .integer(Int64($0.count))) })),
            ("nearest", .list(near)),
        ])
    }
}
