import Allocator
import ClusterModel

/// Where the volumes of a pod are, or can be made.
///
/// Source: kube-scheduler's `VolumeBinding` filter. A claim with a volume goes where the volume is; one that waits for its
/// first pod goes where a volume is free for it or can be made; one that should have its volume already must get it first.
final class VolumeBindingRule: NodeRule {
    static let noVolume = refusal(
        "node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)")
    static let unreachable = refusal("node(s) didn't match PersistentVolume's node affinity")
    static let noneToBind = refusal("node(s) didn't find available persistent volumes to bind")
    static let noSpace = refusal("node(s) did not have enough free storage")
    static let avoided = refusal("node(s) where a volume could not be had a moment ago")

    private let session: Session
    /// What is said of every node.
    private var always: NodeRefusal?
    /// The volumes of claims that have one.
    private var bound: [PersistentVolume] = []
    private var hasMissingVolume = false
    /// Claims that get their volume with this pod.
    private var wanted: [WantedVolume] = []

    /// `nil` for a pod without claims.
    init?(_ task: Int, in session: Session) {
        guard let volumes = session.volumes.volumes(of: task) else { return nil }
        self.session = session
        if !volumes.contains(where: { $0.claimName != nil }) { return nil }
        for volume in volumes where always == nil {
            guard let name = volume.claimName else { continue }
            let key = ObjectKey(namespace: session.tasks[task].key.namespace, name: name)
            always = sort(key, volume)
        }
        wanted.sort(by: WantedVolume.isSmaller)
    }

    /// Finds out how far a claim has got; says what is wrong with it.
    private func sort(_ key: ObjectKey, _ volume: PodVolume) -> NodeRefusal? {
        let objects = session.objects
        guard let claim = objects.persistentVolumeClaims[key] else {
            if case .ephemeralClaim = volume {
                return Self.refusal(
                    "waiting for ephemeral volume controller to create the persistentvolumeclaim \"\(key.name)\""
                )
            }
            return Self.refusal("persistentvolumeclaim \"\(key.name)\" not found")
        }
        if claim.phase == .lost {
            return Self.refusal(
                "persistentvolumeclaim \"\(key.name)\" bound to non-existent persistentvolume \"\(claim.volumeName)\""
            )
        }
        if claim.isTerminating {
            return Self.refusal("persistentvolumeclaim \"\(key.name)\" is being deleted")
        }
        if claim.isBound {
            if let volume = objects.persistentVolumes[claim.volumeName] {
                bound.append(volume)
            } else {
                hasMissingVolume = true
            }
            return nil
        }
        if !objects.isDelayed(claim) {
            return Self.refusal("pod has unbound immediate PersistentVolumeClaims")
        }
        if !wanted.contains(where: { $0.claim.key == key }) {
            wanted.append(WantedVolume(claim, in: objects))
        }
        return nil
    }

    private static func refusal(_ reason: String) -> NodeRefusal { .rule(reason, isResolvable: false) }

    /// Whether a reason is one of this rule's.
    static func gives(_ reason: String) -> Bool {
        [noVolume, unreachable, noneToBind, noSpace, avoided].contains(refusal(reason))
            || reason.lowercased().contains("persistentvolumeclaim")
    }

    /// Why a node cannot take the pod; `nil` if it can.
    func refusal(_ index: Int) -> NodeRefusal? {
        if let always { return always }
        let node = session.allocator.node(index)
        if bound.contains(where: { !$0.isReachable(from: node) }) { return Self.unreachable }
        var lacksSpace = false
        if !wanted.isEmpty {
            if !session.volumes.avoided.isEmpty, wanted.contains(where: { isAvoided($0.claim, node) }) {
                return Self.avoided
            }
            let free = wanted.filter { !isAwaited($0.claim) }
            if free.count < wanted.count,
                wanted.contains(where: { isAwaited($0.claim) && !isAwaited($0.claim, on: node) })
            {
                return Self.noneToBind
            }
            for wish in WantedVolume.match(free, on: node, isKept: session.isKept).missing {
                switch wish.isReserved ? .impossible : provision(wish.claim, on: node) {
                case .possible: break
                case .impossible: return Self.noneToBind
                case .noSpace: lacksSpace = true
                }
            }
        }
        if lacksSpace { return Self.noSpace }
        return hasMissingVolume ? Self.noVolume : nil
    }

    /// Whether the volume of a claim is being made for a node already.
    private func isAwaited(_ claim: PersistentVolumeClaim) -> Bool {
        claim.selectedNode != nil || !session.volumes.nodes(using: claim.key).isEmpty
    }

    /// Whether a volume that is being made, or taken, will be within reach of a node.
    ///
    /// Pods that have been placed with a claim tie it to their node: its volume will be where they are. Without them the
    /// node does that a scheduler has asked for. One that many nodes may use at a time is taken to be within reach of all
    /// for which it could be made, else no gang that shares one could ever begin; where that proves wrong, the gang is
    /// placed anew, with a volume whose reach is known.
    private func isAwaited(_ claim: PersistentVolumeClaim, on node: Node) -> Bool {
        if session.compatibility == .gangwright, claim.isShareable {
            if let volume = session.volumes.volume(keptFor: claim.key) {
                return session.objects.persistentVolumes[volume]?.isReachable(from: node) ?? false
            }
            return provision(claim, on: node) != .impossible
        }
        let places = session.volumes.nodes(using: claim.key)
        if !places.isEmpty { return places.contains { session.allocator.node($0).name == node.name } }
        return claim.selectedNode == node.name
    }

    /// Whether a volume for a claim was tried to be had on a node, in vain.
    private func isAvoided(_ claim: PersistentVolumeClaim, _ node: Node) -> Bool {
        session.volumes.avoided[claim.key]?.contains(node.name) ?? false
    }

    private enum Provision {
        case possible, impossible, noSpace
    }

    /// Whether a volume can be made where a node reaches it. Source: kube-scheduler's `checkVolumeProvisions`.
    private func provision(_ claim: PersistentVolumeClaim, on node: Node) -> Provision {
        let objects = session.objects
        guard let storageClass = claim.storageClassName.flatMap({ objects.storageClasses[$0] }),
            !storageClass.provisioner.isEmpty, storageClass.provisioner != StorageClass.noProvisioner
        else { return .impossible }
        let topologies = storageClass.allowedTopologies
        if !topologies.isEmpty, !topologies.contains(where: { $0.matches(node.labels) }) {
            return .impossible
        }
        guard objects.csiDrivers[storageClass.provisioner]?.reportsCapacity ?? false else { return .possible }
        let hasSpace = objects.csiStorageCapacities.values.contains { report in
            report.storageClassName == storageClass.name
                && report.maximumVolumeBytes ?? report.capacityBytes ?? -1 >= claim.requestBytes
                && report.nodeTopology?.matches(node.labels) ?? false
        }
        return hasSpace ? .possible : .noSpace
    }
}
