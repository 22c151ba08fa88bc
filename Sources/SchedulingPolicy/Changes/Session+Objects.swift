import ClusterModel

/// Objects that some plugins look at and that no column follows.
struct ClusterObjects: Sendable {
    /// Pod disruption budgets by namespace and name.
    var podDisruptionBudgets: [ObjectKey: PodDisruptionBudget] = [:]
    /// Resource quotas by namespace and name.
    var resourceQuotas: [ObjectKey: ResourceQuota] = [:]
    /// Network domains by name.
    var hyperNodes: [String: HyperNode] = [:]
    /// What is published of the inside of nodes, by name.
    var numatopologies: [String: Numatopology] = [:]
    /// Instance types by name.
    var instanceTypes: [String: InstanceType] = [:]
    /// Namespaces by name.
    var namespaces: [String: Namespace] = [:]
    /// Volumes by name.
    var persistentVolumes: [String: PersistentVolume] = [:]
    /// Volume claims by namespace and name.
    var persistentVolumeClaims: [ObjectKey: PersistentVolumeClaim] = [:]
    /// Storage classes by name.
    var storageClasses: [String: StorageClass] = [:]
    /// The CSI drivers of nodes by name.
    var csiNodes: [String: CSINode] = [:]
    /// CSI drivers by name.
    var csiDrivers: [String: CSIDriver] = [:]
    /// Reports of room for volumes by namespace and name.
    var csiStorageCapacities: [ObjectKey: CSIStorageCapacity] = [:]
    /// Volume attachments by name.
    var volumeAttachments: [String: VolumeAttachment] = [:]

    /// Takes note of those of a snapshot; what was known before stays.
    mutating func add(_ snapshot: ClusterSnapshot) {
        for object in snapshot.podDisruptionBudgets { podDisruptionBudgets[object.key] = object }
        for object in snapshot.resourceQuotas { resourceQuotas[object.key] = object }
        for object in snapshot.hyperNodes { hyperNodes[object.name] = object }
        for object in snapshot.numatopologies { numatopologies[object.name] = object }
        for object in snapshot.instanceTypes { instanceTypes[object.name] = object }
        for object in snapshot.namespaces { namespaces[object.name] = object }
        for object in snapshot.persistentVolumes { persistentVolumes[object.name] = object }
        for object in snapshot.persistentVolumeClaims { persistentVolumeClaims[object.key] = object }
        for object in snapshot.storageClasses { storageClasses[object.name] = object }
        for object in snapshot.csiNodes { csiNodes[object.name] = object }
        for object in snapshot.csiDrivers { csiDrivers[object.name] = object }
        for object in snapshot.csiStorageCapacities { csiStorageCapacities[object.key] = object }
        for object in snapshot.volumeAttachments { volumeAttachments[object.name] = object }
    }
}

/// Objects that are only kept come, change and go.
extension Session {
    /// Takes note of a change of one of the kinds in `ClusterObjects`; says whether it is of one.
    ///
    /// Whatever it is, it may let in pods that waited, and change what was found out about any node.
    func applyToObjects(_ change: ClusterChange) -> Bool {
        switch change {
        case .instanceType(let object): objects.instanceTypes[object.name] = object
        case .instanceTypeRemoved(let name): objects.instanceTypes[name] = nil
        case .podDisruptionBudget(let object): objects.podDisruptionBudgets[object.key] = object
        case .podDisruptionBudgetRemoved(let key): objects.podDisruptionBudgets[key] = nil
        case .resourceQuota(let object): objects.resourceQuotas[object.key] = object
        case .resourceQuotaRemoved(let key): objects.resourceQuotas[key] = nil
        case .hyperNode(let object):
            objects.hyperNodes[object.name] = object
            invalidateDomains()
        case .hyperNodeRemoved(let name):
            objects.hyperNodes[name] = nil
            invalidateDomains()
        case .numatopology(let object):
            objects.numatopologies[object.name] = object
            noteTopology(of: object.name)
        case .numatopologyRemoved(let name):
            objects.numatopologies[name] = nil
            noteTopology(of: name)
        case .namespace(let object): objects.namespaces[object.name] = object
        case .namespaceRemoved(let name): objects.namespaces[name] = nil
        case .persistentVolume(let object): objects.persistentVolumes[object.name] = object
        case .persistentVolumeRemoved(let name): objects.persistentVolumes[name] = nil
        case .persistentVolumeClaim(let object): objects.persistentVolumeClaims[object.key] = object
        case .persistentVolumeClaimRemoved(let key):
            objects.persistentVolumeClaims[key] = nil
            volumes.avoided[key] = nil
        case .storageClass(let object): objects.storageClasses[object.name] = object
        case .storageClassRemoved(let name): objects.storageClasses[name] = nil
        case .csiNode(let object): objects.csiNodes[object.name] = object
        case .csiNodeRemoved(let name): objects.csiNodes[name] = nil
        case .csiDriver(let object): objects.csiDrivers[object.name] = object
        case .csiDriverRemoved(let name): objects.csiDrivers[name] = nil
        case .csiStorageCapacity(let object): objects.csiStorageCapacities[object.key] = object
        case .csiStorageCapacityRemoved(let key): objects.csiStorageCapacities[key] = nil
        case .volumeAttachment(let object): objects.volumeAttachments[object.name] = object
        case .volumeAttachmentRemoved(let name): objects.volumeAttachments[name] = nil
        default: return false
        }
        closeCycle()
        roomVersion.changed += 1
        roomVersion.freed += 1
        return true
    }
}
