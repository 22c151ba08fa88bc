import Allocator
import ClusterModel

/// How many volumes of a CSI driver a node can hold.
///
/// Source: kube-scheduler's `NodeVolumeLimits` filter. A volume that several pods of a node use counts once, and volumes that
/// are still attached count too.
final class VolumeLimitsRule: NodeRule {
    static let exceeded = NodeRefusal.rule("node(s) exceed max volume count", isResolvable: true)

    /// A volume as drivers count it.
    private struct Attached: Hashable {
        let driver: String
        let handle: String
    }

    private let session: Session
    private let task: Int

    /// `nil` for a pod without volumes, and where no node has a limit.
    init?(_ task: Int, in session: Session) {
        if session.volumes.volumes(of: task) == nil || session.objects.csiNodes.isEmpty { return nil }
        self.session = session
        self.task = task
    }

    /// Why a node cannot take the pod; `nil` if it can.
    func refusal(_ index: Int) -> NodeRefusal? {
        guard let csiNode = session.objects.csiNodes[session.allocator.node(index).name] else { return nil }
        var limits: [String: Int] = [:]
        for driver in csiNode.drivers { limits[driver.name] = driver.volumeLimit }
        if limits.isEmpty { return nil }
        var new = attached(task, csiNode)
        if new.isEmpty { return nil }
        var there: Set<Attached> = []
        for other in session.volumes.tasks(on: index) {
            there.formUnion(attached(other, csiNode))
        }
        for attachment in session.objects.volumeAttachments.values where attachment.nodeName == csiNode.name {
            guard let name = attachment.volumeName, let volume = session.objects.persistentVolumes[name],
                let attached = self.attached(volume, csiNode)
            else { continue }
            there.insert(attached)
        }
        new.subtract(there)
        for driver in Set(new.map(\.driver)) {
            guard let limit = limits[driver] else { continue }
            let count = new.count { $0.driver == driver } + there.count { $0.driver == driver }
            if count > limit { return Self.exceeded }
        }
        return nil
    }

    private func attached(_ task: Int, _ node: CSINode) -> Set<Attached> {
        var found: Set<Attached> = []
        for volume in session.volumes.volumes(of: task) ?? [] {
            switch volume {
            case .claim(let name, _), .ephemeralClaim(let name):
                let key = ObjectKey(namespace: session.tasks[task].key.namespace, name: name)
                if let attached = attached(key, node) { found.insert(attached) }
            case .disk(let disk):
                if let attached = attached(disk, node) { found.insert(attached) }
            case .csi: break
            }
        }
        return found
    }

    /// The volume of a claim; of one that has none yet, the one that will be made for it.
    private func attached(_ key: ObjectKey, _ node: CSINode) -> Attached? {
        guard let claim = session.objects.persistentVolumeClaims[key] else { return nil }
        if !claim.volumeName.isEmpty, let volume = session.objects.persistentVolumes[claim.volumeName] {
            return attached(volume, node)
        }
        guard let name = claim.storageClassName, let storageClass = session.objects.storageClasses[name]
        else { return nil }
        let kind = InlineDisk.Kind.allCases.first { $0.pluginName == storageClass.provisioner }
        if let kind, !node.migratedPlugins.contains(kind.pluginName) { return nil }
        return Attached(driver: kind?.driver ?? storageClass.provisioner, handle: "claim \(key)")
    }

    private func attached(_ volume: PersistentVolume, _ node: CSINode) -> Attached? {
        switch volume.source {
        case .csi(let driver, let handle): Attached(driver: driver, handle: handle)
        case .disk(let disk): attached(disk, node)
        case .other: nil
        }
    }

    /// A disk in the words of a plugin that a CSI driver has replaced on the node.
    private func attached(_ disk: InlineDisk, _ node: CSINode) -> Attached? {
        guard node.migratedPlugins.contains(disk.kind.pluginName) else { return nil }
        return Attached(driver: disk.kind.driver, handle: disk.id)
    }
}
