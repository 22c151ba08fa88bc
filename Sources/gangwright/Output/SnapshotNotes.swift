import ClusterModel
import SchedulingPolicy

/// What a user should know about a snapshot that is read in full but not honoured in full.
struct SnapshotNotes {
    let text: String?

    init(_ snapshot: ClusterSnapshot, _ configuration: SchedulerConfiguration) {
        var lines: [String] = []
        let missing = Set(snapshot.pods.compactMap(\.nodeName)).subtracting(snapshot.nodes.map(\.name))
        if !missing.isEmpty {
            let names = missing.sorted { $0.precedes($1) }.prefix(3).joined(separator: ", ")
            lines.append(
                "warning: pods are bound to \(Count.of(missing.count, "node")) that the input does not have (\(names)"
                    + (missing.count > 3 ? ", …)" : ")"))
        }
        let topology = snapshot.podGroups.count { group in
            group.annotations.keys.contains { $0.hasPrefix("volcano.sh/task-topology-") }
        }
        if topology > 0, configuration.tiers.contains(where: { $0.contains { $0.name == "task-topology" } }) {
            lines.append(
                "warning: \(Count.of(topology, "pod group")) with a task topology: placed without regard to it"
            )
        }
        text = lines.isEmpty ? nil : lines.joined(separator: "\n")
    }
}
