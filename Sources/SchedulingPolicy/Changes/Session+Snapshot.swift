import Allocator
public import ClusterModel

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
        default:
            let isKept = applyToObjects(change)
            precondition(isKept, "a change of a kind that nobody keeps")
        }
    }

    /// Takes note of all objects of a snapshot; what was known before stays.
    ///
    /// - Throws: `ResourceOverflow` when amounts do not add up within 63 bits; the objects before the one that is too
    ///   much are known then.
    public func update(_ snapshot: ClusterSnapshot) throws(ResourceOverflow) {
        closeCycle()
        roomVersion.changed += 1
        roomVersion.freed += 1
        objects.add(snapshot)
        for published in snapshot.numatopologies { noteTopology(of: published.name) }
        invalidateDomains()
        for priorityClass in snapshot.priorityClasses { priorityClasses[priorityClass.name] = priorityClass }
        setPriorities()
        for queue in snapshot.queues { try update(queue) }
        for group in snapshot.podGroups { try update(group) }
        tasks.reserveCapacity(tasks.count + snapshot.pods.count)
        taskIndex.reserveCapacity(taskIndex.count + snapshot.pods.count)
        for node in snapshot.nodes { try update(node) }
        let pods = snapshot.pods.span
        for index in pods.indices { try update(pods[index]) }
    }
}
