public import Documents

extension SchedulerConfiguration {
    /// Reads a configuration in the language of `volcano-scheduler.conf`.
    ///
    /// Decisions are Volcano's, strictness is ours: what Volcano would ignore is a warning in a Volcano file and an error
    /// in a file with `compatibility: gangwright`; what it does not know is an error in both.
    /// - Returns: the configuration, `nil` when a problem is an error; and all problems, in the file's order.
    public static func read(_ bytes: [UInt8], file: String) -> (configuration: Self?, problems: [Problem]) {
        let text = DocumentParser.parse(bytes, file: file)
        let sink = ProblemSink()
        for problem in text.problems { sink.report(problem) }
        guard let document = text.documents.first else {
            if !sink.hasErrors {
                sink.report(
                    Problem(
                        file: file, line: 1, column: 1, field: "",
                        message: "the file is empty; expected actions and tiers"))
            }
            return (nil, sink.problems)
        }
        for extra in text.documents.dropFirst() {
            sink.report(
                Problem(
                    file: file, line: extra.line, column: extra.column, field: "",
                    message: "found a second document; a configuration is one"))
        }
        if ConfigMapText.isConfigMap(document), !sink.hasErrors,
            let text = ConfigMapText(document, in: bytes)
        {
            return text.read(file: file)
        }
        return read(document, sink: sink)
    }

    /// Reads a configuration that is a part of another document, in whose lines its problems stand.
    ///
    /// - Returns: the configuration, `nil` when a problem is an error; and all problems, in the document's order.
    public static func read(_ document: Value) -> (configuration: Self?, problems: [Problem]) {
        read(document, sink: ProblemSink())
    }

    private static func read(
        _ document: Value, sink: ProblemSink
    ) -> (configuration: Self?, problems: [Problem]) {
        var reader = ConfigurationReader(FieldReader(document, sink: sink))
        let configuration = reader.read()
        return (sink.hasErrors ? nil : configuration, sink.problems.inLineOrder)
    }
}

/// Reads one configuration document.
struct ConfigurationReader {
    let root: FieldReader
    var compatibility = Compatibility.volcano
    var source: ConfigurationSource

    init(_ root: FieldReader) {
        self.root = root
        source = ConfigurationSource(file: root.value.file)
    }

    mutating func read() -> SchedulerConfiguration? {
        if ConfigMapText.isConfigMap(root.value) {
            root.report(
                "kind",
                "found a ConfigMap without a block (|) volcano-scheduler.conf in its data; expected that text"
            )
            return nil
        }
        readCompatibility()
        if compatibility == .volcano15 {
            ignoreUnknownKeys(
                of: root, known: ["compatibility", "actions", "tiers", "configurations"],
                expected: "compatibility, actions, tiers or configurations")
        } else {
            ignoreUnknownKeys(
                of: root, known: ["compatibility", "actions", "tiers", "configurations", "metrics"],
                expected: "compatibility, actions, tiers, configurations or metrics")
        }
        let actions = readActions()
        let tiers = readTiers()
        let actionArguments = readActionArguments()
        return SchedulerConfiguration(
            compatibility: compatibility, actions: actions, tiers: tiers, actionArguments: actionArguments,
            metrics: readMetrics(), source: source)
    }

    private mutating func readCompatibility() {
        note(root, "compatibility")
        guard let text = root.string("compatibility") else { return }
        if let known = Compatibility(rawValue: text) {
            compatibility = known
        } else {
            root.report(
                "compatibility", "found \"\(text)\", expected volcano, volcano-1.5 or gangwright")
        }
    }

    func ignoreUnknownKeys(of object: FieldReader, known: Set<String>, expected: String) {
        for (key, _) in object.unknownKeys(known) {
            ignored(object, key, "unknown key; expected \(expected)")
        }
    }

    /// Something that Volcano would pass over in silence.
    func ignored(_ object: FieldReader, _ key: String, _ message: String) {
        surprising(object, key, message, volcano: "ignored, as Volcano does")
    }

    /// Something that Volcano takes, though hardly as it was meant: a mistake in a file of ours.
    func surprising(_ object: FieldReader, _ key: String, _ message: String, volcano: String) {
        if compatibility.isVolcano {
            object.report(key, message + "; " + volcano, severity: .warning)
        } else {
            object.report(key, message)
        }
    }

    /// Remembers the line of a member, for later remarks.
    mutating func note(_ object: FieldReader, _ key: String) {
        if let value = object.value(key) { source.lines[object.path(to: key)] = value.line }
    }
}

extension [Problem] {
    /// By line, those of one line as they were found.
    fileprivate var inLineOrder: [Problem] {
        enumerated().sorted { ($0.element.line, $0.offset) < ($1.element.line, $1.offset) }.map(\.element)
    }
}
