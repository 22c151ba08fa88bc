public import Documents

/// A question to the simulator: a cluster, a workload, a configuration, what happens, and variants of these.
///
///     let (scenario, problems) = Scenario.read(bytes, file: "starvation/scenario.yaml", files: files)
///     let (plan, more) = scenario.plan(variant: "volcano", seed: 7, settings: [("cluster.pools.a100.count", "40")])
///
/// `docs/scenarios.md` describes the file. Reading is strict: what is not known is a mistake, and all mistakes of the text
/// come out together, each with its line.
public struct Scenario: Sendable {
    /// A variant: what it lays over the scenario.
    private struct Variant: Sendable {
        var name: String
        var document: Value
    }

    /// The scenario's name.
    public let name: String
    /// What it is about, in a sentence or more; empty if it says nothing.
    public let description: String
    /// The seed of its draws unless another one is given.
    public let seed: UInt64
    /// The names of its variants in the order of the text.
    public var variantNames: [String] { variants.map(\.name) }

    private let base: Value
    private let variants: [Variant]
    private let sources: ScenarioSources

    /// Reads a scenario and checks it with each of its variants, without opening the files that it names.
    ///
    /// - Parameters:
    ///   - bytes: YAML or JSON, one document.
    ///   - file: The scenario's path: relative paths in it begin at its folder.
    ///   - files: Where the files come from that it names.
    /// - Returns: The scenario, nil when a problem is an error; and all problems, in the order of the text.
    public static func read(
        _ bytes: [UInt8], file: String, files: any ScenarioFiles
    ) -> (scenario: Scenario?, problems: [Problem]) {
        read(DocumentParser.parse(bytes, file: file), file: file, files: files)
    }

    /// Reads a scenario whose text has been parsed already, as for the kind of document that it is.
    public static func read(
        _ parsed: ParsedText, file: String, files: any ScenarioFiles
    ) -> (scenario: Scenario?, problems: [Problem]) {
        let sink = ProblemSink()
        for problem in parsed.problems { sink.report(problem) }
        if !sink.hasErrors, parsed.documents.count != 1 {
            let found = parsed.documents.isEmpty ? "nothing" : "\(parsed.documents.count) documents"
            sink.report(Problem(file: file, line: 1, message: "found \(found), expected one scenario"))
        }
        guard !sink.hasErrors, let root = parsed.documents.first else { return (nil, sink.problems) }
        let base = root.removing("variants")
        let document = ScenarioReader.read(base, sink: sink)
        // A mistake of the scenario itself would come again with each variant.
        let variants = readVariants(FieldReader(root, sink: sink), base: base, sink)
        let problems = unique(sink.problems, file: file)
        guard !sink.hasErrors else { return (nil, problems) }
        let scenario = Scenario(
            name: document.name, description: document.description, seed: document.seed, base: base,
            variants: variants, sources: ScenarioSources(files, scenario: file))
        return (scenario, problems)
    }

    private init(
        name: String, description: String, seed: UInt64, base: Value, variants: [Variant],
        sources: ScenarioSources
    ) {
        self.name = name
        self.description = description
        self.seed = seed
        self.base = base
        self.variants = variants
        self.sources = sources
    }

    /// Everything that one run depends on.
    ///
    /// Opens the files that the scenario names; traces are kept for the next plan.
    ///
    /// - Parameters:
    ///   - variant: One of `variantNames`; nil for the scenario as it stands.
    ///   - seed: The seed of all draws; nil for the scenario's own.
    ///   - settings: Places and what to put there, in this order, over the variant: `("cluster.pools.a100.count", "40")`.
    ///     A value is YAML; an element of a list is named by its `name` or number.
    /// - Returns: The plan, nil when a problem is an error; and all problems.
    public func plan(
        variant: String? = nil, seed: UInt64? = nil, settings: [(path: String, value: String)] = []
    ) -> (plan: SimulationPlan?, problems: [Problem]) {
        let sink = ProblemSink()
        var value = base
        if let variant {
            guard let known = variants.first(where: { $0.name == variant }) else {
                let hint = variants.isEmpty ? "it has none" : Spelling.hint(for: variant, among: variantNames)
                sink.report(
                    Problem(
                        file: sources.scenario, line: 0, field: "variants",
                        message:
                            "found \(variant.debugDescription), expected a variant of the scenario; \(hint)"))
                return (nil, sink.problems)
            }
            value = known.document
        }
        for (path, text) in settings {
            value = Self.set(path, text, in: value, origin: "--set \(path)=\(text)", sink) ?? value
        }
        let document = ScenarioReader.read(value, sink: sink)
        guard !sink.hasErrors else { return (nil, Self.unique(sink.problems, file: sources.scenario)) }
        var builder = PlanBuilder(document, sources, variant: variant ?? "", seed: seed ?? document.seed)
        let plan = builder.build()
        let problems = Self.unique(sink.problems + builder.problems, file: sources.scenario)
        return (problems.contains { $0.severity == .error } ? nil : plan, problems)
    }

    // MARK: Variants

    private static func readVariants(_ root: FieldReader, base: Value, _ sink: ProblemSink) -> [Variant] {
        guard let map = root.object("variants") else { return [] }
        var variants: [Variant] = []
        for (name, value) in map.value.members {
            var document = base
            if !value.isNull {
                guard let overlay = map.object(name) else { continue }
                for key in ["apiVersion", "kind", "name", "seed", "variants"] where overlay.value(key) != nil
                {
                    overlay.report(key, "found a key that variants do not have, expected another one")
                }
                document = Self.under(overlay, base).overlaid(by: overlay.value.removing("set"))
                if let settings = overlay.object("set") {
                    for (path, setting) in settings.value.members {
                        document = set(path, setting, in: document, settings.place(path), sink) ?? document
                    }
                }
            }
            // The problem's path says where in the scenario; its line, where in the variant.
            _ = ScenarioReader.read(document, sink: sink)
            variants.append(Variant(name: name, document: document))
        }
        return variants
    }

    /// What a variant is laid over: a configuration in a file and one that is written out do not mix.
    private static func under(_ overlay: FieldReader, _ base: Value) -> Value {
        guard let configuration = overlay.value("configuration"), let known = base["configuration"],
            (configuration["file"] == nil) != (known["file"] == nil)
        else { return base }
        return base.removing("configuration")
    }

    private static func set(
        _ path: String, _ text: String, in document: Value, origin: String, _ sink: ProblemSink
    ) -> Value? {
        let place = ScenarioPlace(file: origin, line: 0, field: "")
        let parsed = DocumentParser.parse(Array("value: \(text)\n".utf8), file: origin)
        guard parsed.problems.isEmpty, let value = parsed.documents.first?["value"] else {
            sink.report(place.problem("found \(text.debugDescription), expected a value in YAML"))
            return nil
        }
        return set(path, value, in: document, place, sink)
    }

    private static func set(
        _ path: String, _ value: Value, in document: Value, _ place: ScenarioPlace, _ sink: ProblemSink
    ) -> Value? {
        do throws(SettingPathError) {
            let steps = try SettingPath.steps(path, in: document)
            if let changed = document.replacing(steps, with: value) { return changed }
            sink.report(
                place.problem("found \(path.debugDescription), expected the path of a key of the scenario"))
        } catch {
            sink.report(place.problem(error.message))
        }
        return nil
    }

    /// Problems by line, each once; those of other files last, as they were found.
    private static func unique(_ problems: [Problem], file: String) -> [Problem] {
        var seen: Set<String> = []
        let once = problems.enumerated().filter { seen.insert("\($0.element)").inserted }
        return once.sorted { left, right in
            let leftKey = left.element.file == file ? left.element.line : .max
            let rightKey = right.element.file == file ? right.element.line : .max
            return (leftKey, left.offset) < (rightKey, right.offset)
        }.map(\.element)
    }
}
