/// Everything that one scheduling cycle looks at: nodes, pods of all schedulers, gangs, queues, classes, volumes.
///
/// Names are unique within a kind; readers enforce it. The order of the arrays carries no meaning: the same objects
/// in any order give the same decisions.
public struct ClusterSnapshot: Equatable, Sendable {
    /// Nodes.
    public var nodes: [Node]
    /// Pods, bound and pending, of all schedulers.
    public var pods: [Pod]
    /// Gangs: PodGroup objects, AmlJobs and job files.
    public var podGroups: [PodGroup]
    /// Queues.
    public var queues: [Queue]
    /// Priority classes.
    public var priorityClasses: [PriorityClass]
    /// Instance types; the built-in default is among them unless an object overrides it.
    public var instanceTypes: [InstanceType]
    /// Pod disruption budgets.
    public var podDisruptionBudgets: [PodDisruptionBudget] = []
    /// Resource quotas.
    public var resourceQuotas: [ResourceQuota] = []
    /// Network domains.
    public var hyperNodes: [HyperNode] = []
    /// What is published of the inside of nodes.
    public var numatopologies: [Numatopology] = []
    /// Namespaces.
    public var namespaces: [Namespace] = []
    /// Volumes.
    public var persistentVolumes: [PersistentVolume] = []
    /// Volume claims.
    public var persistentVolumeClaims: [PersistentVolumeClaim] = []
    /// Storage classes.
    public var storageClasses: [StorageClass] = []
    /// The CSI drivers of nodes.
    public var csiNodes: [CSINode] = []
    /// CSI drivers.
    public var csiDrivers: [CSIDriver] = []
    /// Reports of room for volumes.
    public var csiStorageCapacities: [CSIStorageCapacity] = []
    /// Volume attachments.
    public var volumeAttachments: [VolumeAttachment] = []
    /// The newest time stamp of the input; the clock of a cycle unless another time is given.
    public var newestTimestamp: Timestamp?

    /// A snapshot of the given objects, without any of the other kinds.
    public init(
        nodes: [Node] = [], pods: [Pod] = [], podGroups: [PodGroup] = [], queues: [Queue] = [],
        priorityClasses: [PriorityClass] = [], instanceTypes: [InstanceType] = [],
        newestTimestamp: Timestamp? = nil
    ) {
        self.nodes = nodes
        self.pods = pods
        self.podGroups = podGroups
        self.queues = queues
        self.priorityClasses = priorityClasses
        self.instanceTypes = instanceTypes
        self.newestTimestamp = newestTimestamp
    }
}
