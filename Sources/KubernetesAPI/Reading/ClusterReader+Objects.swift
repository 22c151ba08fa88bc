internal import ClusterModel
internal import Documents

// Where an object goes that has been read.
extension ClusterReader {
    mutating func readObject(_ object: FieldReader, kind: ObjectKind) {
        let before = object.sink.problems.count
        let metadata = ObjectMetadata(of: object)
        let key = metadata.key(of: kind, defaultNamespace: options.namespace)
        let value = ClusterObject(object, kind, metadata, key)
        if object.sink.hasErrors(since: before) { return }
        // A class or a type, say, says nothing about when the cluster was looked at.
        if kind.tellsTime { note(metadata.created) }
        func keep<Object>(_ value: Object, _ table: inout ObjectTable<Object>) {
            table.insert(
                value, key: key, from: object, named: object.object("metadata") ?? object,
                isOverlay: isOverlay)
        }
        switch value {
        case .node(let value): keep(value, &nodes)
        case .pod(let value):
            note(value.started)
            keep(value, &pods)
        case .podGroup(let value): keep(value, &podGroups)
        case .qualifiedPodGroup(let value):
            qualifiedPodGroups[kind, default: ObjectTable(kind: kind.qualifiedName)]
                .insert(
                    value, key: key, from: object, named: object.object("metadata") ?? object,
                    isOverlay: isOverlay)
        case .workload(let value): keep(value, &workloads)
        case .queue(let value): keep(value, &queues)
        case .priorityClass(let value): keep(value, &priorityClasses)
        case .instanceType(let value): keep(value, &instanceTypes)
        case .amlJob(let value): keep(value, &amlJobs)
        case .podDisruptionBudget(let value): keep(value, &podDisruptionBudgets)
        case .resourceQuota(let value): keep(value, &resourceQuotas)
        case .hyperNode(let value): keep(value, &hyperNodes)
        case .numatopology(let value): keep(value, &numatopologies)
        case .namespace(let value): keep(value, &namespaces)
        case .persistentVolume(let value): keep(value, &persistentVolumes)
        case .persistentVolumeClaim(let value): keep(value, &persistentVolumeClaims)
        case .storageClass(let value): keep(value, &storageClasses)
        case .csiNode(let value): keep(value, &csiNodes)
        case .csiDriver(let value): keep(value, &csiDrivers)
        case .csiStorageCapacity(let value): keep(value, &csiStorageCapacities)
        case .volumeAttachment(let value): keep(value, &volumeAttachments)
        }
    }
}
