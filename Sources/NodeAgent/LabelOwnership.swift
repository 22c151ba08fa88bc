import Documents

/// Which labels of a node are the agent's, and what is to be written for them.
///
/// The agent's labels and their values stand in an annotation of the node. A label that is not there, or that has another value by now, is
/// somebody else's and stays as it is. Where node-feature-discovery writes labels of GPUs the agent writes none.
struct LabelOwnership {
    /// The annotation that names the agent's labels, as an object of JSON.
    static let annotation = "gangwright.io/node-labels"
    /// The annotation in which node-feature-discovery names its labels, between commas.
    static let discoveryAnnotation = "nfd.node.kubernetes.io/feature-labels"

    /// A merge patch's `metadata`; `nil` where nothing is to be written.
    let patch: OutputValue?
    /// Labels that stay as somebody else has them.
    let foreign: [String]

    /// - Parameters:
    ///   - wanted: The labels that the node should have, by key.
    ///   - labels: Those that it has.
    ///   - annotations: Its annotations.
    init(wanted: [(key: String, value: String)], labels: [String: String], annotations: [String: String]) {
        let text = annotations[Self.annotation]
        let owned = Self.read(text)
        let discovered = (annotations[Self.discoveryAnnotation] ?? "").split(separator: ",")
        let isDiscovered = discovered.contains { $0.contains("/gpu.") }

        var kept: [(String, OutputValue)] = []
        var changes: [(String, OutputValue)] = []
        var foreign: [String] = []
        for (key, value) in wanted {
            let current = labels[key]
            let isOurs = current == nil || (owned[key] != nil && owned[key] == current)
            guard isOurs, !isDiscovered else {
                foreign.append(key)
                continue
            }
            kept.append((key, .string(value)))
            if current != value { changes.append((key, .string(value))) }
        }
        // What the agent wrote once and would not write today goes.
        for (key, value) in owned.sorted(by: { $0.key < $1.key })
        where labels[key] == value && !kept.contains(where: { $0.0 == key })
            && !discovered.contains(where: { $0 == key })
        {
            changes.append((key, .null))
        }
        let record = kept.isEmpty ? nil : OutputValue.object(kept).json(pretty: false)
        var metadata: [(String, OutputValue)] = []
        if !changes.isEmpty { metadata.append(("labels", .object(changes))) }
        if record != text {
            metadata.append(("annotations", [Self.annotation: record.map { .string($0) } ?? .null]))
        }
        patch = metadata.isEmpty ? nil : ["metadata": .object(metadata)]
        self.foreign = foreign
    }

    private static func read(_ text: String?) -> [String: String] {
        guard let text,
            let document = DocumentParser.parseJSON(Array(text.utf8), file: annotation).documents.first
        else { return [:] }
        var owned: [String: String] = [:]
        for (key, value) in document.members {
            if let value = value.string { owned[key] = value }
        }
        return owned
    }
}
