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
}
