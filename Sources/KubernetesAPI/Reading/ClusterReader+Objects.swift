internal import ClusterModel
internal import Documents

// Which reader takes which object, and where the outcome goes.
extension ClusterReader {
    mutating func readObject(_ object: FieldReader, kind: ObjectKind) {
        let before = object.sink.problems.count
        let metadata = ObjectMetadata(of: object)
        let key =
            kind.isNamespaced
            ? metadata.key(defaultNamespace: options.namespace)
            : ObjectKey(namespace: "", name: metadata.name)
        switch kind {
        case .node:
            keep(NodeReader.read(object, metadata), \.nodes, key, object, since: before)
        case .pod:
            let pod = PodReader.read(object, metadata, key: key)
            if keep(pod, \.pods, key, object, since: before) { note(pod.started) }
        case .podGroup:
            keep(PodGroupReader.read(object, metadata, key: key), \.podGroups, key, object, since: before)
        case .queue:
            keep(QueueReader.read(object, metadata), \.queues, key, object, since: before)
        case .priorityClass:
            keep(PriorityClassReader.read(object, metadata), \.priorityClasses, key, object, since: before)
        case .instanceType:
            keep(InstanceTypeReader.read(object, metadata), \.instanceTypes, key, object, since: before)
        case .amlJob:
            keep(AmlJobReader.read(object, metadata, key: key), \.amlJobs, key, object, since: before)
        case .podDisruptionBudget:
            let value = PodDisruptionBudgetReader.read(object, metadata, key: key)
            keep(value, \.podDisruptionBudgets, key, object, since: before)
        case .resourceQuota:
            let value = ResourceQuotaReader.read(object, metadata, key: key)
            keep(value, \.resourceQuotas, key, object, since: before)
        case .hyperNode:
            let value = HyperNodeReader.read(object, metadata)
            keep(value, \.hyperNodes, key, object, since: before)
        case .namespace:
            let namespace = Namespace(
                name: metadata.name, labels: metadata.labels, annotations: metadata.annotations)
            keep(namespace, \.namespaces, key, object, since: before)
        case .persistentVolume:
            let value = PersistentVolumeReader.read(object, metadata)
            keep(value, \.persistentVolumes, key, object, since: before)
        case .persistentVolumeClaim:
            let value = PersistentVolumeClaimReader.read(object, metadata, key: key)
            keep(value, \.persistentVolumeClaims, key, object, since: before)
        case .storageClass:
            let value = StorageClassReader.read(object, metadata)
            keep(value, \.storageClasses, key, object, since: before)
        case .csiNode:
            let value = CSIReader.node(object, metadata)
            keep(value, \.csiNodes, key, object, since: before)
        case .csiDriver:
            let value = CSIReader.driver(object, metadata)
            keep(value, \.csiDrivers, key, object, since: before)
        case .csiStorageCapacity:
            let value = CSIReader.capacity(object, metadata, key: key)
            keep(value, \.csiStorageCapacities, key, object, since: before)
        case .volumeAttachment:
            let value = CSIReader.attachment(object, metadata)
            keep(value, \.volumeAttachments, key, object, since: before)
        }
        // A class or a type, say, says nothing about when the cluster was looked at.
        if kind.tellsTime, !object.sink.hasErrors(since: before) {
            note(metadata.created)
        }
    }

    /// Keeps an object unless reading it brought an error; says whether it did.
    @discardableResult
    private mutating func keep<Object>(
        _ value: Object, _ table: WritableKeyPath<ClusterReader, ObjectTable<Object>>, _ key: ObjectKey,
        _ object: FieldReader, since before: Int
    ) -> Bool {
        if object.sink.hasErrors(since: before) { return false }
        self[keyPath: table].insert(value, key: key, from: object, named: object.object("metadata") ?? object)
        return true
    }
}
