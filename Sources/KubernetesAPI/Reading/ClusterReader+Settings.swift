internal import ClusterModel
internal import Documents

// Single fields of objects that have been read, set by a word such as `queue/vision.weight=4`.
extension ClusterReader {
    /// Sets one field of an object: `KIND/NAME.FIELD=VALUE`.
    ///
    /// Nothing behind `=` takes an amount or a label away. A name that has dots is the longest that an object bears. What
    /// cannot be set is reported with the other problems, under the name `source`.
    ///
    /// - Parameters:
    ///   - text: The word. Kinds and fields are those of `FieldSetting`.
    ///   - source: How problems name where the word stands: `--set`, say.
    public mutating func set(_ text: String, source: String) {
        let sink = ProblemSink()
        let file = "\(source) \(text)"
        if let setting = FieldSetting(text, known: knownNames, file: file, sink: sink) {
            apply(setting, sink)
        }
        problems += sink.problems.map { problem in
            // The value stands on no line of any file.
            var problem = problem
            (problem.file, problem.line, problem.column) = (file, 0, 0)
            return problem
        }
    }

    private func knownNames(_ kind: FieldSetting.Kind) -> [String] {
        switch kind {
        case .queue: queues.entries.map(\.value.name)
        case .instanceType: instanceTypes.entries.map(\.value.name)
        case .node: nodes.entries.map(\.value.name)
        case .podGroup: podGroups.entries.flatMap { names(of: $0.value.key) }
        }
    }

    /// A name without its namespace means the one of the options.
    private func names(of key: ObjectKey) -> [String] {
        key.namespace == options.namespace ? [key.name, key.description] : [key.description]
    }

    private mutating func apply(_ setting: FieldSetting, _ sink: ProblemSink) {
        let key = ObjectKey(namespace: "", name: setting.name)
        let metadata = ObjectMetadata(of: setting.reader)
        switch setting.kind {
        case .queue:
            let read = QueueReader.read(setting.reader, metadata)
            if !sink.hasErrors { queues.change(key) { setting.apply(read, to: &$0) } }
        case .instanceType:
            let read = InstanceTypeReader.amounts(setting.reader)
            guard !sink.hasErrors, let type = instanceTypes[key]?.value else { return }
            do throws(FieldSetting.Refusal) {
                let changed = try setting.changed(type, read)
                instanceTypes.change(key) { $0 = changed }
            } catch {
                setting.reader.report(setting.field, error.message)
            }
        case .node:
            let read = NodeReader.read(setting.reader, metadata)
            if !sink.hasErrors { nodes.change(key) { setting.apply(read, to: &$0) } }
        case .podGroup:
            let parts = setting.name.split(separator: "/", maxSplits: 1).map(String.init)
            let key = ObjectKey(
                namespace: parts.count == 2 ? parts[0] : options.namespace, name: parts.last ?? "")
            let read = PodGroupReader.read(setting.reader, metadata, key: key)
            if !sink.hasErrors { podGroups.change(key) { setting.apply(read, to: &$0) } }
        }
    }
}

extension InstanceTypeReader {
    /// The members of a type that need not be whole.
    static func amounts(_ object: FieldReader) -> InstanceType {
        let spec = object.object("spec")
        let resources = spec?.object("resources")
        var type = InstanceType(name: "", nodeSelector: spec?.stringMap("nodeSelector") ?? [:])
        type.requests = resources?.resourceList("requests") ?? [:]
        type.limits = resources?.resourceList("limits") ?? [:]
        return type
    }
}
