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
        var reader = ConfigurationReader(FieldReader(document, sink: sink))
        let configuration = reader.read()
        return (sink.hasErrors ? nil : configuration, sink.problems.inLineOrder)
    }
}

/// Reads one configuration document.
private struct ConfigurationReader {
    private let root: FieldReader
    private var compatibility = Compatibility.volcano

    init(_ root: FieldReader) { self.root = root }

    mutating func read() -> SchedulerConfiguration? {
        if root.string("kind") == "ConfigMap" {
            root.report(
                "kind",
                "found a ConfigMap, expected the text that its data holds under volcano-scheduler.conf")
            return nil
        }
        readCompatibility()
        ignoreUnknownKeys(
            of: root, known: ["compatibility", "actions", "tiers", "configurations", "metrics"],
            expected: "compatibility, actions, tiers, configurations or metrics")
        if root.value("metrics") != nil {
            ignored(root, "metrics", "no plugin of this version reads metrics")
        }
        let actions = readActions()
        let tiers = readTiers()
        return SchedulerConfiguration(
            compatibility: compatibility, actions: actions, tiers: tiers,
            actionArguments: readActionArguments())
    }

    private mutating func readCompatibility() {
        guard let text = root.string("compatibility") else { return }
        if let known = Compatibility(rawValue: text) {
            compatibility = known
        } else if text == "volcano-1.5" {
            root.report(
                "compatibility", "volcano-1.5 comes with a later version; expected volcano or gangwright")
        } else {
            root.report("compatibility", "found \"\(text)\", expected volcano or gangwright")
        }
    }

    private func readActions() -> [ActionName] {
        guard let text = root.string("actions") else {
            if root.value("actions") == nil {
                root.report("actions", "missing; expected names separated by commas")
            }
            return []
        }
        let later: Set<String> = [
            "preempt", "reclaim", "shuffle", "elect", "reserve", "gangpreempt", "gangreclaim",
        ]
        let known = ActionName.allCases.map(\.rawValue).joined(separator: ", ")
        return text.split(separator: ",", omittingEmptySubsequences: false).compactMap { part in
            let name = Arguments.trimmed(part)
            if let action = ActionName(rawValue: name) { return action }
            root.report(
                "actions",
                later.contains(name)
                    ? "\(name) comes with a later version; expected \(known)"
                    : "unknown action \"\(name)\"; expected \(known)")
            return nil
        }
    }

    private func readTiers() -> [[PluginConfiguration]] {
        if root.value("tiers") == nil {
            root.report("tiers", "missing; expected a list of tiers with plugins")
        }
        var seen: Set<String> = []
        return root.objects("tiers").map { tier in
            ignoreUnknownKeys(of: tier, known: ["plugins"], expected: "plugins")
            return tier.objects("plugins").compactMap { entry in
                guard let plugin = readPlugin(entry) else { return nil }
                if !seen.insert(plugin.name).inserted {
                    entry.report("name", "\(plugin.name) is named a second time; a plugin stands in one tier")
                    return nil
                }
                return plugin
            }
        }
    }

    private func readPlugin(_ entry: FieldReader) -> PluginConfiguration? {
        guard let name = entry.requiredString("name") else { return nil }
        guard let type = PluginRegistry.type(named: name) else {
            let known = PluginRegistry.plugins.map { $0.name }.joined(separator: ", ")
            let nearest = Spelling.nearest(to: name, among: PluginRegistry.plugins.map { $0.name })
            entry.report(
                "name",
                PluginRegistry.later.contains(name)
                    ? "\(name) comes with a later version; expected one of \(known)"
                    : "unknown plugin \"\(name)\"; "
                        + (nearest.map { "did you mean \($0)?" } ?? "expected one of \(known)"))
            return nil
        }
        var flags: [PluginFlag: Bool] = [:]
        for flag in PluginFlag.allCases {
            if let value = entry.bool(flag.rawValue) { flags[flag] = value }
        }
        if flags[.hierarchy] == true {
            entry.report(
                PluginFlag.hierarchy.rawValue,
                "hierarchy comes with a later version; expected false or no such key")
        }
        ignoreUnknownKeys(
            of: entry, known: Set(PluginFlag.allCases.map(\.rawValue)).union(["name", "arguments"]),
            expected: "name, arguments or a switch such as enableJobOrder")
        return PluginConfiguration(
            name: name, flags: flags, arguments: readArguments(of: entry, schema: type.arguments), type: type)
    }

    private func readActionArguments() -> [ActionName: Arguments] {
        let schema = [ArgumentSchema(name: "predicateErrorCacheEnable", kind: .bool(default: true))]
        var result = Dictionary(
            uniqueKeysWithValues: ActionName.allCases.map { ($0, Arguments(schema: schema)) })
        result[.enqueue] = Arguments(schema: [])
        for entry in root.objects("configurations") {
            guard let name = entry.requiredString("name") else { continue }
            guard let action = ActionName(rawValue: name) else {
                ignored(entry, "name", "this version has no action \"\(name)\"")
                continue
            }
            result[action] = readArguments(of: entry, schema: action == .enqueue ? [] : schema)
        }
        return result
    }

    private func readArguments(of entry: FieldReader, schema: [ArgumentSchema]) -> Arguments {
        var arguments = Arguments(schema: schema)
        guard let object = entry.object("arguments") else { return arguments }
        for (key, value) in object.value.members where !value.isNull {
            if let mistake = arguments.set(key, to: value) { ignored(object, key, mistake) }
        }
        return arguments
    }

    private func ignoreUnknownKeys(of object: FieldReader, known: Set<String>, expected: String) {
        for (key, _) in object.unknownKeys(known) {
            ignored(object, key, "unknown key; expected \(expected)")
        }
    }

    /// Something that Volcano would pass over in silence.
    private func ignored(_ object: FieldReader, _ key: String, _ message: String) {
        if compatibility == .volcano {
            object.report(key, message + "; ignored, as Volcano does", severity: .warning)
        } else {
            object.report(key, message)
        }
    }
}

extension [Problem] {
    /// By line, those of one line as they were found.
    fileprivate var inLineOrder: [Problem] {
        enumerated().sorted { ($0.element.line, $0.offset) < ($1.element.line, $1.offset) }.map(\.element)
    }
}
