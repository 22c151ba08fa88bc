internal import ClusterModel
public import Documents
internal import KubernetesAPI
public import SchedulingLoop

/// The cluster as one cycle of a recording saw it: for the commands that work on a snapshot.
public struct ReplayedCluster: Sendable {
    /// All objects, with what was under way: pods that were being bound are on their nodes, those that were being evicted
    /// are leaving.
    public var list: OutputValue
    /// The number of objects.
    public var count: Int
    /// When the cycle ran.
    public var time: LoopTime
    /// Whose pods were placed.
    public var schedulerNames: [String]
    /// The configuration that was in force, as it was written.
    public var configuration: String
}

/// The objects that a replay has been shown.
struct ReplayedObjects {
    /// As text: a value would keep all that came with it.
    private var objects: [ObjectKind: [ObjectKey: [UInt8]]] = [:]
    /// Where pods are going that the API server does not show there yet.
    private var assumed: [ObjectKey: String] = [:]
    /// When pods were told to leave that the API server still shows as staying.
    private var leaving: [ObjectKey: LoopTime] = [:]
    /// The configuration that has come since the beginning.
    var configuration: String?

    mutating func set(_ kind: ObjectKind, _ key: ObjectKey, _ value: Value) {
        objects[kind, default: [:]][key] = value.jsonText() ?? []
        if kind == .pod, value["spec"]?["nodeName"]?.string ?? "" != "" { assumed[key] = nil }
        if kind == .pod, value["metadata"]?["deletionTimestamp"]?.string != nil { forget(key) }
    }

    mutating func remove(_ kind: ObjectKind, _ key: ObjectKey) {
        objects[kind]?[key] = nil
        if kind == .pod { forget(key) }
    }

    private mutating func forget(_ pod: ObjectKey) {
        assumed[pod] = nil
        leaving[pod] = nil
    }

    mutating func note(_ outcome: DecisionOutcome) {
        switch outcome {
        case .bound, .claimAvoids: break
        case .bindRefused(let pod): assumed[pod] = nil
        case .evictionRefused(let pod): leaving[pod] = nil
        }
    }

    mutating func note(_ cycle: CycleRecord, at time: LoopTime) {
        for bind in cycle.binds { assumed[bind.pod] = bind.node }
        for eviction in cycle.evictions { leaving[eviction.pod] = time }
    }

    /// Everything as it is now.
    func cluster(
        at time: LoopTime, _ header: RecordingHeader, configuration replacement: String?
    ) -> ReplayedCluster {
        var items: [OutputValue] = []
        for kind in ObjectKind.allCases {
            for (key, text) in (objects[kind] ?? [:]).sorted(by: { $0.key < $1.key }) {
                guard let value = DocumentParser.parseJSON(text, file: "\(key)").documents.first else {
                    continue
                }
                items.append(document(kind, key, value))
            }
        }
        return ReplayedCluster(
            list: ["apiVersion": "v1", "kind": "List", "items": .list(items)], count: items.count,
            time: time, schedulerNames: header.schedulerNames,
            configuration: replacement ?? configuration ?? header.configuration)
    }

    private func document(_ kind: ObjectKind, _ key: ObjectKey, _ value: Value) -> OutputValue {
        var document = value.output
        if kind == .pod, let node = assumed[key] { document.set("spec", "nodeName", to: .string(node)) }
        if kind == .pod, let time = leaving[key] {
            document.set("metadata", "deletionTimestamp", to: .string("\(time.timestamp)"))
        }
        return document.typed(kind)
    }
}

extension OutputValue {
    /// Sets a member of a member; makes what is not there.
    fileprivate mutating func set(_ outer: String, _ inner: String, to value: OutputValue) {
        guard case .object(var members) = self else { return }
        let position = members.firstIndex { $0.0 == outer }
        var nested: [(String, OutputValue)] = []
        if let position, case .object(let found) = members[position].1 { nested = found }
        nested.removeAll { $0.0 == inner }
        nested.append((inner, value))
        if let position {
            members[position].1 = .object(nested)
        } else {
            members.append((outer, .object(nested)))
        }
        self = .object(members)
    }

    /// An object with the type that lists leave out.
    fileprivate func typed(_ kind: ObjectKind) -> OutputValue {
        guard case .object(let members) = self else { return self }
        let version = (kind.group.isEmpty ? "" : kind.group + "/") + (kind.versions.first ?? "v1")
        func text(_ key: String) -> OutputValue? {
            members.first { $0.0 == key && $0.1 != .string("") }?.1
        }
        return .object(
            [
                ("apiVersion", text("apiVersion") ?? .string(version)),
                ("kind", text("kind") ?? .string(kind.name)),
            ] + members.filter { $0.0 != "apiVersion" && $0.0 != "kind" })
    }
}
