import Allocator
public import ClusterModel

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

extension Session {
    /// Takes note of one change.
    ///
    /// - Throws: `ResourceOverflow` when amounts no longer add up within 63 bits; nothing has changed then.
    public func apply(_ change: ClusterChange) throws(ResourceOverflow) {
        switch change {
        case .node(let node): try update(node)
        case .nodeRemoved(let name): removeNode(name)
        case .pod(let pod): try update(pod)
        case .podRemoved(let key): removePod(key)
        case .podGroup(let group): try update(group)
        case .podGroupRemoved(let key): removePodGroup(key)
        case .queue(let queue): try update(queue)
        case .queueRemoved(let name): removeQueue(name)
        case .priorityClass(let priorityClass): update(priorityClass)
        case .priorityClassRemoved(let name): removePriorityClass(name)
        }
    }

    /// Takes note of all objects of a snapshot; what was known before stays.
    ///
    /// - Throws: `ResourceOverflow` when amounts do not add up within 63 bits; the objects before the one that is too
    ///   much are known then.
    public func update(_ snapshot: ClusterSnapshot) throws(ResourceOverflow) {
        for priorityClass in snapshot.priorityClasses { priorityClasses[priorityClass.name] = priorityClass }
        setPriorities()
        for queue in snapshot.queues { try update(queue) }
        for group in snapshot.podGroups { try update(group) }
        tasks.reserveCapacity(tasks.count + snapshot.pods.count)
        taskIDs.reserveCapacity(taskIDs.count + snapshot.pods.count)
        for node in snapshot.nodes { try update(node) }
        for pod in snapshot.pods { try update(pod) }
    }
}
