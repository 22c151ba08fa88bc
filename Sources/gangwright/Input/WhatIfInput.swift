import ClusterModel
import Documents
import KubernetesAPI
import SchedulingLoop
import SchedulingPolicy
import Simulation

/// A cluster as it is and as it would be, read from the arguments of `whatif`.
struct WhatIfInput {
    /// The cluster as it is.
    let before: ClusterSnapshot
    /// With the objects, settings and changes of nodes that the arguments name.
    let after: ClusterSnapshot
    /// What becomes of the pods of nodes that are emptied or go.
    let departure: Departure
    /// What to schedule with, without the change and with it.
    let surroundings: (before: WhatIfRun.Surroundings, after: WhatIfRun.Surroundings)
    /// The changes in words, each as it follows on `with`; empty if nothing is changed.
    let changes: [String]
    /// The volume drivers of nodes, for templates.
    private let cluster: ClusterSnapshot

    /// The options that change something.
    static let options: [Option] = [
        Option(
            name: "filename", short: "f", metavar: "FILE|DIR",
            help: "objects and jobs that come, or take the place of those of their kind and name",
            repeatable: true),
        Option(
            name: "set", metavar: "KIND/NAME.FIELD=VALUE",
            help: "change a field of a queue, instancetype, node or podgroup: queue/vision.weight=4",
            repeatable: true),
        Option(
            name: "add-nodes", metavar: "COUNT", help: "add so many nodes, each like the --like of its place",
            repeatable: true, integers: 1...100_000),
        Option(
            name: "like", metavar: "NODE|LABEL=VALUE|FILE|new:…",
            help:
                "what --add-nodes adds: a node's name, a pool's label, a file with a Node, or "
                + "new:cpu=96,nvidia.com/gpu=8,labels.KEY=VALUE",
            repeatable: true),
        Option(
            name: "remove-node", metavar: "NODES", help: "take nodes away: a name, dgx-*, or agentpool=dgx",
            repeatable: true),
        Option(
            name: "drain", metavar: "NODES", help: "empty nodes, which then take nothing new",
            repeatable: true),
        Option(
            name: "cordon", metavar: "NODES", help: "let nodes take nothing new", repeatable: true),
        Option(
            name: "uncordon", metavar: "NODES", help: "let cordoned nodes take pods again", repeatable: true),
        Option(
            name: "end", metavar: "[NAMESPACE/]JOB", help: "take a job away with all of its pods",
            repeatable: true),
        Option(
            name: "with-config", metavar: "FILE",
            help: "the configuration with the change, where --config is the one without it"),
    ]

    /// Reads everything.
    init(_ arguments: Arguments, _ outcome: inout CommandOutcome) throws(CommandFailure) {
        let streams = ["cluster", "filename", "config", "with-config", "like", "fit"]
        if streams.flatMap({ arguments.values($0) }).count(where: { $0 == "-" }) > 1 {
            throw CommandFailure(.badInput, "-: found more than once, expected once: standard input ends")
        }
        var reader = ClusterReader(options: ClusterInput.readingOptions(arguments))
        let unread = ClusterInput.read(arguments.values("cluster"), into: &reader)
        var overlaid = reader
        let input = try ClusterInput(&reader, unread: unread)
        overlaid.beginOverlay()
        let missing = ClusterInput.read(arguments.values("filename"), into: &overlaid)
        for setting in arguments.values("set") { overlaid.set(setting, source: "--set") }
        let changed = try ClusterInput(&overlaid, unread: missing)
        outcome.warn(input.warnings + changed.warnings.filter { !input.warnings.contains($0) })
        if let notes = SnapshotNotes(input.snapshot).text { outcome.note(notes) }

        let templates = NodeTemplates(changed.snapshot)
        var nodeChanges = try templates.additions(arguments)
        var phrases: [String] = []
        for case .add(let template, let count) in nodeChanges {
            phrases.append("\(Count.of(count, "more node")) like \(template.title)")
        }
        for (option, make, phrase) in Self.nodeOptions {
            for word in arguments.values(option) {
                let names = try Self.nodes(word, option, changed.snapshot)
                nodeChanges.append(make(names))
                phrases.append("\(Self.named(word, names)) \(phrase)")
            }
        }
        var ending: [ObjectKey] = []
        for word in arguments.values("end") {
            ending.append(try JobWord(changed.snapshot, arguments).key(word, "end"))
            phrases.append("\(ending[ending.count - 1]) ended")
        }
        phrases += arguments.values("set")
        phrases += arguments.values("filename").map { "the objects of \(ConfigurationInput.name($0))" }
        if let path = arguments.value("with-config") {
            phrases.append("the configuration \(ConfigurationInput.name(path))")
        }
        var after = changed.snapshot
        after.end(ending)
        departure = after.apply(nodeChanges)
        (before, self.after, changes, cluster) = (input.snapshot, after, phrases, changed.snapshot)
        surroundings = try Self.surroundings(arguments, input.snapshot, &outcome)
    }

    /// What `--fit` is to try.
    func template(_ word: String) throws(CommandFailure) -> NodeTemplate {
        try NodeTemplates(cluster).template(word, "fit")
    }

    private static let nodeOptions: [(String, @Sendable ([String]) -> NodeChange, String)] = [
        ("remove-node", { .remove($0) }, "taken away"), ("drain", { .drain($0) }, "drained"),
        ("cordon", { .cordon($0) }, "cordoned"), ("uncordon", { .uncordon($0) }, "uncordoned"),
    ]

    private static func named(_ word: String, _ names: [String]) -> String {
        names == [word] ? word : "\(word) (\(Count.of(names.count, "node")))"
    }

    /// The names of the nodes that a word means; at least one.
    private static func nodes(
        _ word: String, _ option: String, _ snapshot: ClusterSnapshot
    ) throws(CommandFailure) -> [String] {
        guard let selection = NodeSelection(word) else {
            throw CommandFailure(
                .badInput,
                "--\(option): found \(word.debugDescription), expected a node, a pattern or LABEL=VALUE")
        }
        let names = selection.nodes(of: snapshot.nodes).map(\.name)
        if names.isEmpty {
            let hint = Spelling.hint(for: word, among: snapshot.nodes.map(\.name))
            throw CommandFailure(
                .badInput, "--\(option): found no node by \(word.debugDescription); \(hint)")
        }
        return names
    }

    // MARK: The scheduler

    private static func surroundings(
        _ arguments: Arguments, _ snapshot: ClusterSnapshot, _ outcome: inout CommandOutcome
    ) throws(CommandFailure) -> (before: WhatIfRun.Surroundings, after: WhatIfRun.Surroundings) {
        let configuration = try ConfigurationInput(arguments)
        outcome.warn(configuration.warnings)
        let time = try CycleRun.now(arguments) ?? snapshot.newestTimestamp
        var before = WhatIfRun.Surroundings(
            configuration: configuration.configuration, options: try CycleRun.options(arguments),
            now: time.map { LoopTime($0) } ?? LoopTime(milliseconds: 0),
            cycles: try CycleRun.cycles(arguments))
        var after = before
        if let path = arguments.value("with-config") {
            let (read, warnings) = try ConfigurationInput.read(path)
            outcome.warn(warnings)
            after.configuration = read
        }
        try fill(&before, arguments, &outcome)
        if arguments.isGiven("with-config") {
            try fill(&after, arguments, &outcome)
        } else {
            after.options = before.options
        }
        return (before, after)
    }

    private static func fill(
        _ surroundings: inout WhatIfRun.Surroundings, _ arguments: Arguments, _ outcome: inout CommandOutcome
    ) throws(CommandFailure) {
        let outside = try OutsideInput(arguments, surroundings.configuration)
        if let note = outside.note { outcome.note(note) }
        surroundings.options.nodeUsage = outside.nodeUsage
        surroundings.options.extender = outside.extender
    }
}
