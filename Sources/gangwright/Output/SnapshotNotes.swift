import ClusterModel

/// What a user should know about a snapshot that is read in full but not honoured in full.
struct SnapshotNotes {
    let text: String?

    init(_ snapshot: ClusterSnapshot) {
        var lines: [String] = []
        let missing = Set(snapshot.pods.compactMap(\.nodeName)).subtracting(snapshot.nodes.map(\.name))
        if !missing.isEmpty {
            let names = missing.sorted { $0.precedes($1) }.prefix(3).joined(separator: ", ")
            lines.append(
                "warning: pods are bound to \(Count.of(missing.count, "node")) that the input does not have (\(names)"
                    + (missing.count > 3 ? ", …)" : ")"))
        }
        text = lines.isEmpty ? nil : lines.joined(separator: "\n")
    }
}
