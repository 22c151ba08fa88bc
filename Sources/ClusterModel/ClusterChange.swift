/// A change of the cluster: an object as it is now, or the name of one that is gone.
public enum ClusterChange: Equatable, Sendable {
    /// A node, new or changed.
    case node(Node)
    /// A node that is gone.
    case nodeRemoved(String)
    /// A pod of any scheduler, new or changed.
    case pod(Pod)
    /// A pod that is gone.
    case podRemoved(ObjectKey)
    /// A pod group, new or changed.
    case podGroup(PodGroup)
    /// A pod group that is gone.
    case podGroupRemoved(ObjectKey)
    /// A queue, new or changed.
    case queue(Queue)
    /// A queue that is gone.
    case queueRemoved(String)
    /// A priority class, new or changed.
    case priorityClass(PriorityClass)
    /// A priority class that is gone.
    case priorityClassRemoved(String)
    /// An instance type, new or changed.
    case instanceType(InstanceType)
    /// An instance type that is gone.
    case instanceTypeRemoved(String)
    /// A pod disruption budget, new or changed.
    case podDisruptionBudget(PodDisruptionBudget)
    /// A pod disruption budget that is gone.
    case podDisruptionBudgetRemoved(ObjectKey)
    /// A resource quota, new or changed.
    case resourceQuota(ResourceQuota)
    /// A resource quota that is gone.
    case resourceQuotaRemoved(ObjectKey)
    /// A network domain, new or changed.
    case hyperNode(HyperNode)
    /// A network domain that is gone.
    case hyperNodeRemoved(String)
    /// What is published of a node's inside, new or changed.
    case numatopology(Numatopology)
    /// What was published of a node's inside, by its name, is gone.
    case numatopologyRemoved(String)
    /// A namespace, new or changed.
    case namespace(Namespace)
    /// A namespace that is gone.
    case namespaceRemoved(String)
    /// A volume, new or changed.
    case persistentVolume(PersistentVolume)
    /// A volume that is gone.
    case persistentVolumeRemoved(String)
    /// A volume claim, new or changed.
    case persistentVolumeClaim(PersistentVolumeClaim)
    /// A volume claim that is gone.
    case persistentVolumeClaimRemoved(ObjectKey)
    /// A storage class, new or changed.
    case storageClass(StorageClass)
    /// A storage class that is gone.
    case storageClassRemoved(String)
    /// A node's list of CSI drivers, new or changed.
    case csiNode(CSINode)
    /// A node's list of CSI drivers that is gone.
    case csiNodeRemoved(String)
    /// A CSI driver, new or changed.
    case csiDriver(CSIDriver)
    /// A CSI driver that is gone.
    case csiDriverRemoved(String)
    /// A report of room for volumes, new or changed.
    case csiStorageCapacity(CSIStorageCapacity)
    /// A report of room for volumes that is gone.
    case csiStorageCapacityRemoved(ObjectKey)
    /// A volume attachment, new or changed.
    case volumeAttachment(VolumeAttachment)
    /// A volume attachment that is gone.
    case volumeAttachmentRemoved(String)
}
