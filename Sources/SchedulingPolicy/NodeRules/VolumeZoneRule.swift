import Allocator
import ClusterModel

/// The zones of the volumes of a pod, by the labels that some provisioners give them.
///
/// Source: kube-scheduler's `VolumeZone` filter. A node that is in no zone and no region at all takes every volume.
final class VolumeZoneRule: NodeRule {
    /// Labels by what they were called before.
    private static let newNames = [
        "failure-domain.beta.kubernetes.io/zone": "topology.kubernetes.io/zone",
        "failure-domain.beta.kubernetes.io/region": "topology.kubernetes.io/region",
    ]
    private static let keys =
        newNames.keys.sorted { $0.precedes($1) } + newNames.values.sorted { $0.precedes($1) }
    static let conflict = NodeRefusal.rule("node(s) had no available volume zone", isResolvable: false)

    private let session: Session
    private let demands: [(key: String, values: Set<String>)]

    /// `nil` for a pod whose volumes are in no zone.
    init?(_ task: Int, in session: Session) {
        if session.volumes.volumes(of: task) == nil { return nil }
        var demands: [(key: String, values: Set<String>)] = []
        for key in session.claims(of: task) {
            guard let claim = session.objects.persistentVolumeClaims[key], !claim.volumeName.isEmpty,
                let volume = session.objects.persistentVolumes[claim.volumeName]
            else { continue }
            for label in Self.keys {
                guard let text = volume.labels[label] else { continue }
                demands.append((label, Self.values(text)))
            }
        }
        if demands.isEmpty { return nil }
        self.demands = demands
        self.session = session
    }

    /// A label that stands for several zones separates them by two underscores.
    private static func values(_ text: String) -> Set<String> {
        var values: Set<String> = []
        var current = ""
        var underscores = 0
        for character in text {
            underscores = character == "_" ? underscores + 1 : 0
            current.append(character)
            if underscores == 2 {
                values.insert(String(current.dropLast(2)))
                current = ""
                underscores = 0
            }
        }
        values.insert(current)
        return values
    }

    /// Why a node cannot take the pod; `nil` if it can.
    func refusal(_ index: Int) -> NodeRefusal? {
        let labels = session.allocator.node(index).labels
        if !Self.keys.contains(where: { labels[$0] != nil }) { return nil }
        let isMet = demands.allSatisfy { demand in
            let value = labels[demand.key] ?? Self.newNames[demand.key].flatMap { labels[$0] }
            return value.map(demand.values.contains) ?? false
        }
        return isMet ? nil : Self.conflict
    }
}
