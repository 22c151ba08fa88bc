public import ClusterModel

/// Volumes come to nodes with the pods that use them.
extension Session {
    /// Takes note of the volumes of a pod.
    func noteVolumes(of pod: Pod, _ task: Int) {
        guard let volumes = pod.constraints?.volumes, !volumes.isEmpty, !pod.isTerminal else { return }
        self.volumes.setVolumes(volumes, of: task)
    }

    /// Forgets the volumes of a pod that is on no node any more.
    func forgetVolumes(of task: Int) {
        if volumes.volumes(of: task) != nil { volumes.setVolumes(nil, of: task) }
    }

    /// The claims that a pod names, each once.
    func claims(of task: Int) -> [ObjectKey] {
        var claims: [ObjectKey] = []
        for volume in volumes.volumes(of: task) ?? [] {
            guard let name = volume.claimName else { continue }
            let key = ObjectKey(namespace: tasks[task].key.namespace, name: name)
            if !claims.contains(key) { claims.append(key) }
        }
        return claims
    }

    /// Counts the volumes of a pod that comes to a node (`1`) or leaves it (`-1`).
    ///
    /// The first pod of a claim that has no volume yet takes the one that it finds there: others must do without it.
    func bookVolumes(of task: Int, on node: Int, sign: Int) {
        if volumes.volumes(of: task) == nil { return }
        let claims = claims(of: task)
        let matches = sign > 0 ? volumeMatches(claims, on: node) : [:]
        for claim in volumes.count(task, claims, on: node, by: sign) {
            if sign < 0 {
                volumes.giveBack(claim)
            } else if let volume = matches[claim] {
                volumes.keep(volume, for: claim)
            }
        }
    }

    private func volumeMatches(_ claims: [ObjectKey], on node: Int) -> [ObjectKey: String] {
        let waiting = claims.compactMap { objects.persistentVolumeClaims[$0] }
            .filter {
                objects.isDelayed($0) && $0.selectedNode == nil && volumes.nodes(using: $0.key).isEmpty
            }
        if waiting.isEmpty { return [:] }
        let wanted = waiting.map { WantedVolume($0, in: objects) }.sorted(by: WantedVolume.isSmaller)
        return WantedVolume.match(wanted, on: allocator.node(node), isKept: isKept).found
    }

    /// Whether a volume is kept for another claim, which has yet to get it.
    func isKept(_ volume: String, not claim: ObjectKey) -> Bool {
        guard let other = volumes.kept[volume], other != claim else { return false }
        return objects.persistentVolumeClaims[other].map { !$0.isBound } ?? false
    }

    // MARK: Claims without a volume

    /// What is to be done for the claims of a pod that has a place before it may run there; empty for most pods.
    func claimBindings(of task: Int) -> [ClaimBinding] {
        if volumes.volumes(of: task) == nil { return [] }
        return claims(of: task).compactMap { key in
            guard let claim = objects.persistentVolumeClaims[key], objects.isDelayed(claim) else {
                return nil
            }
            return ClaimBinding(claim: key, volume: volumes.volume(keptFor: key))
        }
    }

    /// Whether a waiting pod has volumes that are in some places and not in others.
    ///
    /// It goes before the others of its gang, which might else take the only place that is within reach of its volumes: a
    /// gang of which some claims got their volumes before another failed could not be placed for ever.
    func isTiedByVolumes(_ task: Int) -> Bool {
        guard tasks[task].status == .pending, volumes.volumes(of: task) != nil else { return false }
        return claims(of: task).contains { key in
            guard let claim = objects.persistentVolumeClaims[key] else { return false }
            if claim.isBound { return objects.persistentVolumes[claim.volumeName]?.nodeAffinity != nil }
            if claim.selectedNode != nil { return !claim.isShareable }
            let storageClass = claim.storageClassName.flatMap { objects.storageClasses[$0] }
            return storageClass?.provisioner == StorageClass.noProvisioner
        }
    }

    /// Takes note of the nodes on which a claim is to get no volume for now; of none, that every node will do again.
    public func avoid(_ nodes: [String], for claim: ObjectKey) {
        closeCycle()
        volumes.avoided[claim] = nodes.isEmpty ? nil : Set(nodes)
        roomVersion.changed += 1
        roomVersion.freed += 1
    }

    /// Whether a node meets a volume's node affinity; `nil` while either is not known.
    public func isVolume(_ name: String, reachableFrom node: String) -> Bool? {
        guard let volume = objects.persistentVolumes[name],
            let index = nodes.find(node).flatMap({ nodes.entries[$0].index })
        else { return nil }
        return volume.isReachable(from: allocator.node(index))
    }
}

extension ClusterObjects {
    /// Whether a claim gets its volume once a pod of it has been given a node.
    func isDelayed(_ claim: PersistentVolumeClaim) -> Bool {
        guard claim.volumeName.isEmpty, let name = claim.storageClassName else { return false }
        return storageClasses[name]?.bindingMode == .waitForFirstConsumer
    }
}

/// A claim that waits for a volume, with those that would do, the best first.
struct WantedVolume {
    let claim: PersistentVolumeClaim
    private let candidates: [PersistentVolume]
    /// True where a volume is for this claim alone: then it takes no other, and none is made.
    let isReserved: Bool

    /// Source: kube-scheduler's `FindMatchingVolume`. The smallest that is large enough; of equal ones by name.
    ///
    /// - Complexity: O(volumes).
    init(_ claim: PersistentVolumeClaim, in objects: ClusterObjects) {
        self.claim = claim
        let fitting = objects.persistentVolumes.values.filter { volume in
            !volume.isTerminating && volume.volumeMode == claim.volumeMode
                && volume.capacityBytes >= claim.requestBytes
        }
        let own = fitting.filter { volume in
            volume.claim.map { $0.key == claim.key && ($0.uid.isEmpty || $0.uid == claim.uid) } ?? false
        }
        isReserved = !own.isEmpty
        let free = fitting.filter { volume in
            volume.phase == .available && volume.claim == nil
                && volume.storageClassName == claim.storageClassName ?? ""
                && claim.accessModes.isSubset(of: volume.accessModes)
                && claim.selector?.matches(volume.labels) ?? true
        }
        candidates = (own.isEmpty ? free : own).sorted { left, right in
            left.capacityBytes == right.capacityBytes
                ? left.name.precedes(right.name) : left.capacityBytes < right.capacityBytes
        }
    }

    /// The order in which claims choose: the smaller first, since it is content with less.
    static func isSmaller(_ left: WantedVolume, _ right: WantedVolume) -> Bool {
        left.claim.requestBytes == right.claim.requestBytes
            ? left.claim.key < right.claim.key : left.claim.requestBytes < right.claim.requestBytes
    }

    /// The volumes that claims would get on a node, and the claims for which there is none.
    static func match(
        _ wanted: [WantedVolume], on node: Node, isKept: (String, ObjectKey) -> Bool
    ) -> (found: [ObjectKey: String], missing: [WantedVolume]) {
        var taken: Set<String> = []
        var found: [ObjectKey: String] = [:]
        var missing: [WantedVolume] = []
        for wish in wanted {
            let volume = wish.candidates.first { volume in
                !taken.contains(volume.name) && !isKept(volume.name, wish.claim.key)
                    && volume.isReachable(from: node)
            }
            if let volume {
                taken.insert(volume.name)
                found[wish.claim.key] = volume.name
            } else {
                missing.append(wish)
            }
        }
        return (found, missing)
    }
}

extension PersistentVolume {
    /// Whether a node meets the volume's node affinity.
    func isReachable(from node: Node) -> Bool {
        nodeAffinity.map { terms in terms.contains { $0.matches(node) } } ?? true
    }
}
