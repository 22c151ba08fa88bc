import Allocator
import ClusterModel

/// Volumes that pods cannot share.
///
/// Source: kube-scheduler's `VolumeRestrictions` filter, which Volcano leaves out: a claim with `ReadWriteOncePod` is for one
/// pod in the cluster, and two pods of a node cannot have one disk of Google's, unless both only read, or of Amazon's.
final class VolumeRestrictionsRule: NodeRule {
    static let inUse = NodeRefusal.rule(
        "node has pod using PersistentVolumeClaim with the same name and ReadWriteOncePod access mode",
        isResolvable: true)
    static let diskConflict = NodeRefusal.rule("node(s) had no available disk", isResolvable: true)

    private let session: Session
    private let exclusive: [ObjectKey]
    private let disks: [InlineDisk]

    /// `nil` for a pod whose volumes can be shared.
    init?(_ task: Int, in session: Session) {
        guard let volumes = session.volumes.volumes(of: task) else { return nil }
        exclusive = session.claims(of: task).filter { key in
            session.objects.persistentVolumeClaims[key]?.accessModes.contains(.readWriteOncePod) ?? false
        }
        disks = Self.disks(volumes)
        if exclusive.isEmpty, disks.isEmpty { return nil }
        self.session = session
    }

    private static func disks(_ volumes: [PodVolume]) -> [InlineDisk] {
        volumes.compactMap { volume in
            guard case .disk(let disk) = volume,
                disk.kind == .gcePersistentDisk || disk.kind == .awsElasticBlockStore
            else { return nil }
            return disk
        }
    }

    /// Why a node cannot take the pod; `nil` if it can.
    func refusal(_ index: Int) -> NodeRefusal? {
        if exclusive.contains(where: { !session.volumes.nodes(using: $0).isEmpty }) { return Self.inUse }
        if disks.isEmpty { return nil }
        for other in session.volumes.tasks(on: index) {
            let theirs = Self.disks(session.volumes.volumes(of: other) ?? [])
            let conflicts = theirs.contains { their in
                disks.contains { own in
                    own.kind == their.kind && own.id == their.id
                        && !(own.kind == .gcePersistentDisk && own.isReadOnly && their.isReadOnly)
                }
            }
            if conflicts { return Self.diskConflict }
        }
        return nil
    }
}
