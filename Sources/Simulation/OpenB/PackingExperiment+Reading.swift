public import Documents
import Fragmentation

extension PackingExperiment {
    /// Reads a document of kind `PackingExperiment`.
    ///
    /// - Parameters:
    ///   - folder: The document's folder, from which file names are meant; empty for the current one.
    ///   - environment: What `${NAME}` in file names stands for.
    ///   - sink: Takes what is wrong.
    /// - Returns: `nil` if there are errors.
    public static func read(
        _ document: Value, folder: String, environment: [String: String], sink: ProblemSink
    ) -> PackingExperiment? {
        let reader = PackingExperimentReader(folder: folder, environment: environment, sink: sink)
        let experiment = reader.experiment(FieldReader(document, sink: sink))
        return sink.hasErrors ? nil : experiment
    }
}

private final class PackingExperimentReader {
    private let folder: String
    private let environment: [String: String]
    private let sink: ProblemSink
    /// What has been said of variables: one word about each is enough.
    private var reported: Set<String> = []

    init(folder: String, environment: [String: String], sink: ProblemSink) {
        self.folder = folder
        self.environment = environment
        self.sink = sink
    }

    func experiment(_ reader: FieldReader) -> PackingExperiment {
        reader.refuseUnknownKeys([
            "apiVersion", "kind", "name", "description", "nodes", "pods", "traces", "policies", "seeds",
            "arrivedPercent", "arrivalOrder", "nodeRank", "ceilingPercent", "typicalPodsPercent",
        ])
        if let version = reader.requiredString("apiVersion"), version != "gangwright.io/v1alpha1" {
            reader.report("apiVersion", "found \"\(version)\", expected gangwright.io/v1alpha1")
        }
        if let kind = reader.requiredString("kind"), kind != PackingExperiment.kind {
            reader.report("kind", "found \"\(kind)\", expected \(PackingExperiment.kind)")
        }
        let name = reader.requiredString("name")
        let nodes = requiredFile("nodes", reader)
        let traces = traces(reader)
        var experiment = PackingExperiment(name: name ?? "", nodesFile: nodes ?? "", traces: traces)
        experiment.description = reader.string("description") ?? ""
        experiment.policies = policies(reader) ?? experiment.policies
        experiment.seeds = seeds(reader) ?? experiment.seeds
        experiment.arrivedPercent =
            reader.integer("arrivedPercent", in: 1...1_000).map(Int.init) ?? experiment.arrivedPercent
        experiment.typicalPodsPercent =
            reader.integer("typicalPodsPercent", in: 1...100).map(Int.init) ?? experiment.typicalPodsPercent
        return experiment
    }

    // MARK: Traces

    private func traces(_ reader: FieldReader) -> [PackingExperiment.Trace] {
        switch (reader.value("pods"), reader.value("traces")) {
        case (.some, .none): return trace(reader).map { [$0] } ?? []
        case (.none, .some(let list)):
            for key in ["arrivalOrder", "nodeRank", "ceilingPercent"] where reader.value(key) != nil {
                reader.report(
                    key, "belongs to one trace; expected it beside pods, in the elements of traces")
            }
            return traces(list, reader)
        default:
            reader.report("traces", "found both or neither of pods and traces, expected one of the two")
            return []
        }
    }

    private func traces(_ list: Value, _ reader: FieldReader) -> [PackingExperiment.Trace] {
        guard list.kind == .sequence, list.elements.contains(where: { _ in true }) else {
            reader.report("traces", "found \(list.kindName), expected a list with one trace or more")
            return []
        }
        var traces: [PackingExperiment.Trace] = []
        for (position, element) in list.elements.enumerated() {
            let path = "traces[\(position)]"
            var trace: PackingExperiment.Trace?
            if let text = element.string {
                trace = expanded(text, at: element, field: path).map {
                    .init(name: PackingExperiment.Trace.name(ofFile: $0), podsFile: $0)
                }
            } else {
                let mapping = FieldReader(element, path: path, sink: sink)
                mapping.refuseUnknownKeys(["name", "pods", "arrivalOrder", "nodeRank", "ceilingPercent"])
                trace = self.trace(mapping)
                if let name = mapping.string("name") { trace?.name = name }
            }
            guard let trace else { continue }
            if traces.contains(where: { $0.name == trace.name }) {
                sink.report(
                    Problem(
                        at: element, field: path,
                        message: "found a second trace \(trace.name), expected each name once"))
            }
            traces.append(trace)
        }
        return traces
    }

    /// A trace whose pod list and other files are members of a mapping.
    private func trace(_ reader: FieldReader) -> PackingExperiment.Trace? {
        guard let pods = requiredFile("pods", reader) else { return nil }
        var trace = PackingExperiment.Trace(
            name: PackingExperiment.Trace.name(ofFile: pods), podsFile: pods)
        trace.arrivalOrderFile = file("arrivalOrder", reader)
        trace.nodeRankFile = file("nodeRank", reader)
        if let ceiling = reader.double("ceilingPercent") {
            if ceiling <= 0 || ceiling > 100 {
                reader.report("ceilingPercent", "found \(ceiling), expected a percentage above 0")
            }
            trace.ceilingPercent = ceiling
        }
        return trace
    }

    // MARK: Files

    private func requiredFile(_ key: String, _ reader: FieldReader) -> String? {
        reader.requiredString(key) == nil ? nil : file(key, reader)
    }

    private func file(_ key: String, _ reader: FieldReader) -> String? {
        guard let text = reader.string(key), let value = reader.value(key) else { return nil }
        return expanded(text, at: value, field: reader.path(to: key))
    }

    /// A file's name from the current folder, with variables in place.
    private func expanded(_ text: String, at value: Value, field: String) -> String? {
        let result: String
        do throws(ScenarioPathError) {
            result = try ScenarioPath.expand(text) { environment[$0] }
        } catch {
            if reported.insert(error.message).inserted {
                sink.report(Problem(at: value, field: field, message: error.message))
            }
            return nil
        }
        return folder.isEmpty || result.hasPrefix("/") ? result : "\(folder)/\(result)"
    }

    // MARK: Policies and seeds

    private func policies(_ reader: FieldReader) -> [DevicePolicy]? {
        guard reader.value("policies") != nil else { return nil }
        let known = DevicePolicy.allCases.map(\.rawValue)
        let names = reader.strings("policies")
        if names.isEmpty { reader.report("policies", "found none, expected one or more") }
        return names.compactMap { name in
            if let policy = DevicePolicy(rawValue: name) { return policy }
            reader.report(
                "policies", "found \"\(name)\"; \(Spelling.hint(for: name, among: known))")
            return nil
        }
    }

    private func seeds(_ reader: FieldReader) -> [Int64]? {
        guard let value = reader.value("seeds") else { return nil }
        if value.kind == .mapping {
            guard let range = reader.object("seeds") else { return nil }
            range.refuseUnknownKeys(["first", "count"])
            let first = range.integer("first", in: 0...1_000_000_000) ?? 42
            guard let count = range.integer("count", in: 1...10_000) else {
                if range.value("count") == nil { range.report("count", "found nothing, expected a number") }
                return nil
            }
            return Array(first..<first + count)
        }
        guard value.kind == .sequence, value.elements.contains(where: { _ in true }) else {
            reader.report("seeds", "found \(value.kindName), expected a list of numbers, or {first, count}")
            return nil
        }
        return value.elements.compactMap { element in
            if let seed = element.integer { return seed }
            reader.report("seeds", "found \(element.kindName), expected a whole number")
            return nil
        }
    }
}
