internal import ClusterModel
internal import Documents

/// One field of one object and its value, from a word such as `queue/vision.capability.nvidia.com/gpu=8`.
///
/// | kind | fields |
/// | --- | --- |
/// | `queue` | `weight`, `priority`, `reclaimable`, `parent`, `state`, `capability.R`, `deserved.R`, `guarantee.R` |
/// | `instancetype` | `requests.R`, `limits.R`, `nodeSelector.K` |
/// | `node` | `unschedulable`, `labels.K`, `allocatable.R` |
/// | `podgroup` | `minMember`, `queue`, `priorityClassName` |
///
/// R is a resource, K a label's key. The value is read as if it stood in the object.
struct FieldSetting {
    /// What has fields that can be set.
    enum Kind: String, CaseIterable {
        case queue
        case instanceType = "instancetype"
        case node
        case podGroup = "podgroup"

        /// Fields with a value of their own, and where an object has them.
        var fields: [String: [String]] {
            switch self {
            case .queue:
                [
                    "weight": ["spec"], "priority": ["spec"], "reclaimable": ["spec"], "parent": ["spec"],
                    "state": ["status"],
                ]
            case .instanceType: [:]
            case .node: ["unschedulable": ["spec"]]
            case .podGroup: ["minMember": ["spec"], "queue": ["spec"], "priorityClassName": ["spec"]]
            }
        }

        /// Fields that hold values by key, and where an object has them.
        var maps: [String: [String]] {
            switch self {
            case .queue:
                ["capability": ["spec"], "deserved": ["spec"], "guarantee": ["spec"]]
            case .instanceType:
                [
                    "requests": ["spec", "resources"], "limits": ["spec", "resources"],
                    "nodeSelector": ["spec"],
                ]
            case .node: ["labels": ["metadata"], "allocatable": ["status"]]
            case .podGroup: [:]
            }
        }
    }

    /// Why a value cannot stand in its object.
    struct Refusal: Error {
        let message: String
    }

    let kind: Kind
    let name: String
    /// The field's first word.
    let field: String
    /// The resource or the label; empty for a field with a value of its own.
    let key: String
    /// True where nothing stands behind `=`.
    let isRemoval: Bool
    /// An object that has no other field.
    let reader: FieldReader

    /// Reads a word; what is wrong with it is reported.
    init?(_ text: String, known: (Kind) -> [String], file: String, sink: ProblemSink) {
        func report(_ message: String) { sink.report(Problem(file: file, line: 0, message: message)) }
        guard let equals = text.firstIndex(of: "="), let slash = text[..<equals].firstIndex(of: "/") else {
            report("found no field and value, expected KIND/NAME.FIELD=VALUE")
            return nil
        }
        let (kindText, rest) = (String(text[..<slash]), String(text[text.index(after: slash)..<equals]))
        guard let kind = Kind(rawValue: kindText.lowercased()) else {
            let kinds = alternatives(Kind.allCases.map(\.rawValue))
            report("found the kind \(kindText.debugDescription), expected \(kinds)")
            return nil
        }
        let names = known(kind)
        let matching = names.filter { rest.hasPrefix($0 + ".") }
        guard let name = matching.max(by: { $0.utf8.count < $1.utf8.count }) else {
            report(
                "found no \(kind.rawValue) of that name and a field; \(Spelling.hint(for: rest, among: names))"
            )
            return nil
        }
        let path = rest.dropFirst(name.count + 1)
        let dot = path.firstIndex(of: ".")
        let field = String(dot.map { path[..<$0] } ?? path)
        let key = dot.map { String(path[path.index(after: $0)...]) } ?? ""
        let places = key.isEmpty ? kind.fields[field] : kind.maps[field]
        guard let places else {
            let fields = kind.fields.keys.sorted() + kind.maps.keys.sorted().map { "\($0).KEY" }
            report("found the field \(path.debugDescription), expected \(alternatives(fields))")
            return nil
        }
        let value = String(text[text.index(after: equals)...])
        (self.kind, self.name, self.field, self.key) = (kind, name, field, key)
        isRemoval = value.isEmpty
        if isRemoval, key.isEmpty {
            report("found no value, expected one after =")
            return nil
        }
        let document = Self.document(kind, places, field, key, value)
        let parsed = DocumentParser.parse(Array(document.utf8), file: file)
        guard let root = parsed.documents.first, parsed.problems.isEmpty else {
            report("found the value \(value.debugDescription), expected a word or a number")
            return nil
        }
        reader = FieldReader(root, sink: sink)
    }

    /// The text of an object that has the field and otherwise only what every one needs.
    private static func document(
        _ kind: Kind, _ places: [String], _ field: String, _ key: String, _ value: String
    ) -> String {
        func quoted(_ text: String) -> String { OutputValue.string(text).json(pretty: false) }
        var text = key.isEmpty ? "\(field): \(value)" : "\(field): {}"
        if !key.isEmpty, !value.isEmpty {
            // A label's value is text whatever it looks like.
            let isText = field == "labels" || field == "nodeSelector"
            text = "\(field): {\(quoted(key)): \(isText ? quoted(value) : value)}"
        }
        if kind == .queue, field == "guarantee" {
            text =
                key.isEmpty || value.isEmpty
                ? "guarantee: {}" : "guarantee: {resource: {\(quoted(key)): \(value)}}"
        }
        for place in places.reversed() {
            text = place == "metadata" ? "metadata: {name: x, \(text)}" : "\(place): {\(text)}"
        }
        return places.first == "metadata" ? "{\(text)}" : "{metadata: {name: x}, \(text)}"
    }
}

// What a setting does to its object, given one that has been read with that field alone.
extension FieldSetting {
    func apply(_ read: Queue, to queue: inout Queue) {
        let resource = ResourceName(key)
        switch field {
        case "weight": queue.weight = read.weight
        case "priority": queue.priority = read.priority
        case "reclaimable": queue.isReclaimable = read.isReclaimable
        case "parent": queue.parent = read.parent
        case "state": queue.state = read.state
        case "capability":
            var capability = queue.capability ?? [:]
            capability[resource] = read.capability?[resource]
            queue.capability = capability
        case "deserved": queue.deserved[resource] = read.deserved[resource]
        default: queue.guarantee[resource] = read.guarantee[resource]
        }
    }

    /// A type with the field changed: what it asks for stays within what it may use.
    ///
    /// A request that is as large as the limit follows it, and of a device both are the same.
    func changed(_ type: InstanceType, _ read: InstanceType) throws(Refusal) -> InstanceType {
        var type = type
        let resource = ResourceName(key)
        switch field {
        case "nodeSelector": type.nodeSelector[key] = read.nodeSelector[key]
        case "limits":
            let follows = type.requests[resource] == type.limits[resource]
            type.limits[resource] = read.limits[resource]
            if follows || type.requests[resource] == nil { type.requests[resource] = read.limits[resource] }
        default:
            type.requests[resource] = read.requests[resource] ?? type.limits[resource]
            if resource.isExtended { type.limits[resource] = read.requests[resource] }
        }
        if let limit = type.limits[resource], let amount = type.requests[resource], amount > limit {
            throw Refusal(
                message: "found a request of \(resource.text(amount)), expected at most the limit of "
                    + "\(resource.text(limit)): set limits.\(key) before it")
        }
        return type
    }

    func apply(_ read: Node, to node: inout Node) {
        switch field {
        case "unschedulable": node.isUnschedulable = read.isUnschedulable
        case "labels": node.labels[key] = read.labels[key]
        default: node.allocatable[ResourceName(key)] = read.allocatable[ResourceName(key)]
        }
    }

    func apply(_ read: PodGroup, to group: inout PodGroup) {
        switch field {
        case "minMember": group.minMember = read.minMember
        case "queue": group.queue = read.queue
        default: group.priorityClassName = read.priorityClassName
        }
    }
}
