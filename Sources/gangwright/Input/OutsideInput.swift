import ClusterModel
import Documents
import SchedulingPolicy

/// What somebody outside has said of nodes, or has answered, read from files: inputs like the cluster itself.
struct OutsideInput {
    /// Options that name the files.
    static let options: [Option] = [
        Option(
            name: "node-usage", metavar: "FILE",
            help:
                "what nodes really use, for the plugin usage: name: {cpu: 80, memory: 40, time: TIME}, in percent"
        ),
        Option(
            name: "extender-answers", metavar: "FILE",
            help:
                "what the extender answers, for the plugin of that name: a list of {verb, request, response}"),
    ]

    let nodeUsage: RecordedNodeUsage?
    let extender: RecordedExtender?
    /// What is said of a plugin that is left without answers.
    let note: String?

    init(_ arguments: Arguments, _ configuration: SchedulerConfiguration) throws(CommandFailure) {
        nodeUsage = try arguments.value("node-usage").map { path throws(CommandFailure) in
            try Self.nodeUsage(path)
        }
        extender = try arguments.value("extender-answers").map { path throws(CommandFailure) in
            try Self.extender(path)
        }
        func hasPlugin(_ name: String) -> Bool {
            configuration.tiers.contains { $0.contains { $0.name == name } }
        }
        if extender == nil, hasPlugin("extender") {
            throw CommandFailure(
                .badInput,
                "the configuration has the plugin extender, which this command does not call: expected its "
                    + "answers in a file (--extender-answers FILE)")
        }
        note =
            nodeUsage == nil && hasPlugin("usage")
            ? "warning: the plugin usage has no effect: nothing says what nodes really use (--node-usage FILE)"
            : nil
    }

    // MARK: Reading

    private static func document(_ path: String, _ sink: ProblemSink) throws(CommandFailure) -> Value {
        let bytes: [UInt8]
        do { bytes = try FileAccess.read(path) } catch { throw CommandFailure(.badInput, error.description) }
        let parsed = DocumentParser.parse(bytes, file: ConfigurationInput.name(path))
        for problem in parsed.problems { sink.report(problem) }
        guard !sink.hasErrors, let document = parsed.documents.first else {
            if sink.problems.isEmpty {
                sink.report(Problem(file: path, line: 1, message: "the file is empty"))
            }
            throw CommandFailure(sink.problems)
        }
        return document
    }

    private static func nodeUsage(_ path: String) throws(CommandFailure) -> RecordedNodeUsage {
        let sink = ProblemSink()
        let reader = FieldReader(try document(path, sink), sink: sink)
        var usages: [String: NodeUsage] = [:]
        for (name, _) in reader.value.members {
            guard let node = reader.object(name) else { continue }
            for (key, _) in node.unknownKeys(["cpu", "memory", "time"]) {
                node.report(key, "unknown key; expected cpu, memory or time")
            }
            let (cpu, memory, time) = (percentage("cpu", node), percentage("memory", node), time(node))
            if let cpu, let memory, let time {
                usages[name] = NodeUsage(cpu: cpu, memory: memory, time: time)
            }
        }
        if sink.hasErrors { throw CommandFailure(sink.problems) }
        return RecordedNodeUsage(usages)
    }

    private static func percentage(_ key: String, _ node: FieldReader) -> Double? {
        guard node.value(key) != nil else {
            node.report(key, "found nothing, expected a percentage")
            return nil
        }
        guard let number = node.double(key) else { return nil }
        // More than all there is can be in use for a moment.
        if (0...1_000).contains(number) { return number }
        node.report(key, "found \(number), expected a percentage")
        return nil
    }

    private static func time(_ node: FieldReader) -> Timestamp? {
        guard let text = node.requiredString("time") else { return nil }
        if let time = Timestamp(rfc3339: text) { return time }
        node.report(
            "time", "found \(text.debugDescription), expected a time such as 2026-01-31T12:00:00Z")
        return nil
    }

    private static func extender(_ path: String) throws(CommandFailure) -> RecordedExtender {
        let sink = ProblemSink()
        let list = try document(path, sink)
        if list.kind != .sequence {
            sink.report(
                Problem(at: list, field: "", message: "found \(list.kindName), expected a list of answers"))
        }
        var answers: [RecordedExtender.Answer] = []
        for (position, element) in list.elements.enumerated() {
            let reader = FieldReader(element, path: "[\(position)]", sink: sink)
            for (key, _) in reader.unknownKeys(["verb", "request", "response", "error"]) {
                reader.report(key, "unknown key; expected verb, request, response or error")
            }
            guard let verb = reader.requiredString("verb") else { continue }
            let error = reader.string("error")
            guard (element["response"] == nil) != (error == nil) else {
                reader.report("response", "expected response or error, one of the two")
                continue
            }
            answers.append(
                RecordedExtender.Answer(
                    verb: verb, request: element["request"]?.output,
                    response: error.map { .failure(ExtenderError($0)) }
                        ?? .success(element["response"]?.output ?? .null)))
        }
        if sink.hasErrors { throw CommandFailure(sink.problems) }
        return RecordedExtender(answers)
    }
}
