internal import ClusterModel
internal import Documents

/// Reads `v1` PersistentVolume objects.
enum PersistentVolumeReader {
    static func read(_ object: FieldReader, _ metadata: ObjectMetadata) -> PersistentVolume {
        var volume = PersistentVolume(
            name: metadata.name, labels: metadata.labels, isTerminating: metadata.isTerminating)
        if let spec = object.object("spec") {
            volume.capacityBytes = spec.storage("capacity")
            volume.accessModes = spec.accessModes()
            volume.volumeMode = spec.choice("volumeMode") ?? .filesystem
            volume.storageClassName =
                spec.nonEmptyString("storageClassName")
                ?? metadata.annotations["volume.beta.kubernetes.io/storage-class"] ?? ""
            volume.nodeAffinity = spec.object("nodeAffinity").flatMap(nodeAffinity)
            volume.claim = spec.object("claimRef").flatMap(claim)
            volume.source = source(spec)
        }
        volume.phase = object.object("status")?.choice("phase") ?? .pending
        return volume
    }

    private static func nodeAffinity(_ affinity: FieldReader) -> [NodeSelectorTerm]? {
        guard !affinity.lacks("required") else {
            affinity.report("required", "found nothing, expected node selector terms")
            return nil
        }
        return affinity.object("required").map(NodeAffinityReader.terms)
    }

    private static func claim(_ reference: FieldReader) -> ClaimReference? {
        let namespace = reference.objectName("namespace")
        let name = reference.objectName("name")
        guard let namespace, let name else { return nil }
        return ClaimReference(
            key: ObjectKey(namespace: namespace, name: name), uid: reference.string("uid") ?? "")
    }

    private static func source(_ spec: FieldReader) -> PersistentVolume.Source {
        if let csi = spec.object("csi") {
            let driver = csi.requiredString("driver")
            let handle = csi.requiredString("volumeHandle")
            if let driver, let handle { return .csi(driver: driver, handle: handle) }
            return .other
        }
        return InlineDiskReader.read(spec).map { .disk($0) } ?? .other
    }
}

/// Reads `v1` PersistentVolumeClaim objects.
enum PersistentVolumeClaimReader {
    static func read(_ object: FieldReader, _ metadata: ObjectMetadata, key: ObjectKey)
        -> PersistentVolumeClaim
    {
        var claim = PersistentVolumeClaim(
            key: key, uid: metadata.uid, owners: metadata.owners, isTerminating: metadata.isTerminating)
        if let spec = object.object("spec") {
            claim.volumeName = spec.string("volumeName") ?? ""
            claim.storageClassName = spec.string("storageClassName")
            claim.accessModes = spec.accessModes()
            claim.volumeMode = spec.choice("volumeMode") ?? .filesystem
            claim.requestBytes = spec.object("resources")?.storage("requests") ?? 0
            claim.selector = spec.labelSelector("selector")
        }
        // The annotation is older than the field and wins, as it does for Kubernetes.
        let annotations = metadata.annotations
        claim.storageClassName =
            annotations["volume.beta.kubernetes.io/storage-class"] ?? claim.storageClassName
        claim.selectedNode = annotations["volume.kubernetes.io/selected-node"].flatMap {
            $0.isEmpty ? nil : $0
        }
        claim.isBindCompleted = annotations["pv.kubernetes.io/bind-completed"] != nil
        claim.phase = object.object("status")?.choice("phase") ?? .pending
        return claim
    }
}

extension FieldReader {
    /// The amount of `storage` in a list of amounts; 0 when it is absent.
    fileprivate func storage(_ key: String) -> Int64 {
        resourceList(key) { $0 == "storage" }?["storage"] ?? 0
    }

    fileprivate func accessModes() -> Set<VolumeAccessMode> {
        var modes: Set<VolumeAccessMode> = []
        for (index, text) in strings("accessModes").enumerated() {
            if let mode = VolumeAccessMode(rawValue: text) {
                modes.insert(mode)
            } else {
                let known = alternatives(VolumeAccessMode.allCases.map(\.rawValue))
                report("accessModes", "found \(text.debugDescription) at \(index), expected \(known)")
            }
        }
        return modes
    }
}
