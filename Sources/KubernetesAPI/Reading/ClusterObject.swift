public import ClusterModel
public import Documents

/// An object that scheduling looks at, read.
public enum ClusterObject: Equatable, Sendable {
    case node(Node)
    case pod(Pod)
    case podGroup(PodGroup)
    /// A PodGroup of another API than Volcano's: what it leaves to its pods is empty or nil.
    case qualifiedPodGroup(PodGroup)
    case workload(Workload)
    case queue(Queue)
    case priorityClass(PriorityClass)
    case instanceType(InstanceType)
    /// Azure ML's job, as the gang that it stands for.
    case amlJob(PodGroup)
    case podDisruptionBudget(PodDisruptionBudget)
    case resourceQuota(ResourceQuota)
    case hyperNode(HyperNode)
    case numatopology(Numatopology)
    case namespace(Namespace)
    case persistentVolume(PersistentVolume)
    case persistentVolumeClaim(PersistentVolumeClaim)
    case storageClass(StorageClass)
    case csiNode(CSINode)
    case csiDriver(CSIDriver)
    case csiStorageCapacity(CSIStorageCapacity)
    case volumeAttachment(VolumeAttachment)

    /// Reads an object of a kind that is known: the items of a list do not repeat it.
    ///
    /// - Parameter sink: Takes what is wrong with it.
    /// - Returns: The object and its name; nil if anything was wrong that must not be.
    public static func read(
        _ value: Value, kind: ObjectKind, sink: ProblemSink
    ) -> (object: ClusterObject, key: ObjectKey)? {
        let reader = FieldReader(value, sink: sink)
        let before = sink.problems.count
        let metadata = ObjectMetadata(of: reader)
        let key = metadata.key(of: kind, defaultNamespace: "default")
        let object = ClusterObject(reader, kind, metadata, key)
        return sink.hasErrors(since: before) ? nil : (object, key)
    }

    init(_ object: FieldReader, _ kind: ObjectKind, _ metadata: ObjectMetadata, _ key: ObjectKey) {
        switch kind {
        case .node: self = .node(NodeReader.read(object, metadata))
        case .pod: self = .pod(PodReader.read(object, metadata, key: key))
        case .podGroup: self = .podGroup(PodGroupReader.read(object, metadata, key: key))
        case .schedulerPluginsPodGroup:
            self = .qualifiedPodGroup(
                QualifiedPodGroupReader.schedulerPlugins(object, metadata, key: key) { .schedulerPlugins($0) }
            )
        case .formerSchedulerPluginsPodGroup:
            self = .qualifiedPodGroup(
                QualifiedPodGroupReader.schedulerPlugins(object, metadata, key: key) {
                    .formerSchedulerPlugins($0)
                })
        case .kubernetesPodGroup:
            self = .qualifiedPodGroup(QualifiedPodGroupReader.kubernetes(object, metadata, key: key))
        case .workload: self = .workload(WorkloadReader.read(object, metadata, key: key))
        case .queue: self = .queue(QueueReader.read(object, metadata))
        case .priorityClass: self = .priorityClass(PriorityClassReader.read(object, metadata))
        case .instanceType: self = .instanceType(InstanceTypeReader.read(object, metadata))
        case .amlJob: self = .amlJob(AmlJobReader.read(object, metadata, key: key))
        case .podDisruptionBudget:
            self = .podDisruptionBudget(PodDisruptionBudgetReader.read(object, metadata, key: key))
        case .resourceQuota: self = .resourceQuota(ResourceQuotaReader.read(object, metadata, key: key))
        case .hyperNode: self = .hyperNode(HyperNodeReader.read(object, metadata))
        case .numatopology: self = .numatopology(NumatopologyReader.read(object, metadata))
        case .namespace:
            self = .namespace(
                Namespace(name: metadata.name, labels: metadata.labels, annotations: metadata.annotations))
        case .persistentVolume: self = .persistentVolume(PersistentVolumeReader.read(object, metadata))
        case .persistentVolumeClaim:
            self = .persistentVolumeClaim(PersistentVolumeClaimReader.read(object, metadata, key: key))
        case .storageClass: self = .storageClass(StorageClassReader.read(object, metadata))
        case .csiNode: self = .csiNode(CSIReader.node(object, metadata))
        case .csiDriver: self = .csiDriver(CSIReader.driver(object, metadata))
        case .csiStorageCapacity:
            self = .csiStorageCapacity(CSIReader.capacity(object, metadata, key: key))
        case .volumeAttachment: self = .volumeAttachment(CSIReader.attachment(object, metadata))
        }
    }
}

extension ObjectMetadata {
    /// The name of an object of a kind, in its namespace if it lives in one.
    func key(of kind: ObjectKind, defaultNamespace: String) -> ObjectKey {
        kind.isNamespaced
            ? key(defaultNamespace: defaultNamespace) : ObjectKey(namespace: "", name: name)
    }
}
