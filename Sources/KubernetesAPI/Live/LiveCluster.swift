public import ClusterModel

/// The cluster as an API server tells of it, object by object, turned into changes for a scheduling loop.
///
/// It settles what one object takes from another: the gang of a pod that an AmlJob owns, the priority of a pod that has
/// a class and no number, the queue of a gang whose API has none. Objects come in any order; when one comes late, what it matters to is told again.
public struct LiveCluster: Sendable {
    /// The instance types that the cluster has.
    public private(set) var instanceTypes: [String: InstanceType] = [:]
    private var classes: [String: PriorityClass] = [:]
    private var priorities = PriorityResolver(classes: [])
    /// Pods to which nobody gave a number: the API server does, unless its admission of priorities is off.
    private var withoutPriority: [ObjectKey: Pod] = [:]
    private var podGroups: Set<ObjectKey> = []
    private var amlJobs: [ObjectKey: PodGroup] = [:]
    private var qualifiedGangs = QualifiedGangs()

    /// An empty cluster.
    public init() {}

    /// Takes an object that is new or has changed.
    public mutating func changed(_ object: ClusterObject) -> [ClusterChange] {
        switch object {
        case .node(let value): [.node(value)]
        case .pod(let value): changed(value)
        case .podGroup(let value): changed(value)
        case .qualifiedPodGroup(let value): qualifiedGangs.set(value)
        case .workload(let value): qualifiedGangs.set(value)
        case .queue(let value): [.queue(value)]
        case .priorityClass(let value): changed(value)
        case .instanceType(let value): changed(value)
        case .amlJob(let value): changed(amlJob: value)
        case .podDisruptionBudget(let value): [.podDisruptionBudget(value)]
        case .resourceQuota(let value): [.resourceQuota(value)]
        case .hyperNode(let value): [.hyperNode(value)]
        case .numatopology(let value): [.numatopology(value)]
        case .namespace(let value): [.namespace(value)]
        case .persistentVolume(let value): [.persistentVolume(value)]
        case .persistentVolumeClaim(let value): [.persistentVolumeClaim(value)]
        case .storageClass(let value): [.storageClass(value)]
        case .csiNode(let value): [.csiNode(value)]
        case .csiDriver(let value): [.csiDriver(value)]
        case .csiStorageCapacity(let value): [.csiStorageCapacity(value)]
        case .volumeAttachment(let value): [.volumeAttachment(value)]
        }
    }

    /// Takes note that an object is gone.
    public mutating func removed(_ kind: ObjectKind, _ key: ObjectKey) -> [ClusterChange] {
        switch kind {
        case .node: return [.nodeRemoved(key.name)]
        case .pod:
            withoutPriority[key] = nil
            return [.podRemoved(key)] + qualifiedGangs.removePod(key)
        case .podGroup:
            podGroups.remove(key)
            return [amlJobs[key].map { .podGroup($0) } ?? .podGroupRemoved(key)]
        case .schedulerPluginsPodGroup: return removed(.schedulerPlugins(key.name), key.namespace)
        case .formerSchedulerPluginsPodGroup: return removed(.formerSchedulerPlugins(key.name), key.namespace)
        case .kubernetesPodGroup: return removed(.kubernetes(key.name), key.namespace)
        case .workload: return qualifiedGangs.removeWorkload(key)
        case .queue: return [.queueRemoved(key.name)]
        case .priorityClass:
            classes[key.name] = nil
            return [.priorityClassRemoved(key.name)] + resolveAgain()
        case .instanceType:
            instanceTypes[key.name] = nil
            return [.instanceTypeRemoved(key.name)]
        case .amlJob:
            amlJobs[key] = nil
            return podGroups.contains(key) ? [] : [.podGroupRemoved(key)]
        case .podDisruptionBudget: return [.podDisruptionBudgetRemoved(key)]
        case .resourceQuota: return [.resourceQuotaRemoved(key)]
        case .hyperNode: return [.hyperNodeRemoved(key.name)]
        case .numatopology: return [.numatopologyRemoved(key.name)]
        case .namespace: return [.namespaceRemoved(key.name)]
        case .persistentVolume: return [.persistentVolumeRemoved(key.name)]
        case .persistentVolumeClaim: return [.persistentVolumeClaimRemoved(key)]
        case .storageClass: return [.storageClassRemoved(key.name)]
        case .csiNode: return [.csiNodeRemoved(key.name)]
        case .csiDriver: return [.csiDriverRemoved(key.name)]
        case .csiStorageCapacity: return [.csiStorageCapacityRemoved(key)]
        case .volumeAttachment: return [.volumeAttachmentRemoved(key.name)]
        }
    }

    // MARK: What depends on others

    private mutating func changed(_ pod: Pod) -> [ClusterChange] {
        let settled = settled(pod)
        return [.pod(settled)] + qualifiedGangs.set(settled)
    }

    private mutating func removed(_ gang: GangName, _ namespace: String) -> [ClusterChange] {
        qualifiedGangs.removeGroup(ObjectKey(namespace: namespace, name: gang.text))
    }

    private mutating func settled(_ pod: Pod) -> Pod {
        var settled = pod
        // It makes the gang whether it has been heard of yet or not.
        if pod.podGroup == nil { settled.podGroup = AmlJobReader.owner(of: pod) { _ in true } }
        if pod.priority == nil {
            withoutPriority[pod.key] = settled
            priorities.resolve(&settled)
        } else if !withoutPriority.isEmpty {
            withoutPriority[pod.key] = nil
        }
        return settled
    }

    private mutating func changed(_ group: PodGroup) -> [ClusterChange] {
        podGroups.insert(group.key)
        return [.podGroup(group)]
    }

    private mutating func changed(amlJob group: PodGroup) -> [ClusterChange] {
        amlJobs[group.key] = group
        // A PodGroup of the same name says more.
        return podGroups.contains(group.key) ? [] : [.podGroup(group)]
    }

    private mutating func changed(_ type: InstanceType) -> [ClusterChange] {
        instanceTypes[type.name] = type
        return [.instanceType(type)]
    }

    private mutating func changed(_ priorityClass: PriorityClass) -> [ClusterChange] {
        classes[priorityClass.name] = priorityClass
        return [.priorityClass(priorityClass)] + resolveAgain()
    }

    /// Tells again of the pods that depend on priority classes.
    private mutating func resolveAgain() -> [ClusterChange] {
        priorities = PriorityResolver(classes: classes.values.sorted { $0.name.precedes($1.name) })
        return withoutPriority.values.sorted { $0.key < $1.key }.flatMap { pod in
            var pod = pod
            priorities.resolve(&pod)
            return [.pod(pod)] + qualifiedGangs.set(pod)
        }
    }
}
