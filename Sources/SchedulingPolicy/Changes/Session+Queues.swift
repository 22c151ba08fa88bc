import Allocator
public import ClusterModel

/// Queues come, change and go.
extension Session {
    /// Queues that every cluster has, whether an object says so or not.
    static let builtInQueues = ["default", "root"]

    /// Takes note of a queue as it is now, new or changed. - Complexity: O(gangs) for a new one.
    ///
    /// - Throws: `ResourceOverflow` when amounts no longer add up within 63 bits; nothing has changed then.
    public func update(_ queue: Queue) throws(ResourceOverflow) {
        closeCycle()
        let queue = countingShares(queue)
        allocator.addResources(
            (queue.capability?.names ?? []) + queue.guarantee.names + queue.deserved.names)
        syncColumns()
        let old = try queueIDs[queue.name].map { id throws(ResourceOverflow) in
            try queues[id].queue.claims()
        }
        try podSums.replace(old ?? [:], by: try queue.claims(), resources)
        set(queue)
    }

    /// Forgets a queue; gangs that name it wait for another of its name. - Complexity: O(gangs).
    public func removeQueue(_ name: String) {
        closeCycle()
        guard let id = queueIDs[name], queues[id].exists else { return }
        podSums.remove(queues[id].queue.guarantee, resources)
        podSums.remove(queues[id].queue.deserved, resources)
        if Self.builtInQueues.contains(name) {
            queues[id].queue = Queue(builtIn: name)
            return
        }
        queues[id].queue = Queue(name: name)
        queues[id].exists = false
        for job in jobs.indices where jobs[job].queue == id {
            touch(job)
            let name = jobs[job].queueName
            move(job, toQueue: nil)
            jobs[job].queueName = name
        }
    }

    func update(builtInQueue name: String) { set(Queue(builtIn: name)) }

    private func set(_ queue: Queue) {
        let id = queueIDs[queue.name] ?? queues.count
        if id == queues.count {
            queueIDs[queue.name] = id
            queues.append(QueueShare(queue: queue, columns: resources.count))
        }
        let isNew = !queues[id].exists
        let old = queues[id].queue
        // It may open nodes to gangs that found none.
        if old.affinity != queue.affinity || old.annotations != queue.annotations
            || old.parent != queue.parent
        {
            roomVersion.freed += 1
            roomVersion.changed += 1
        }
        queues[id].queue = queue
        queues[id].exists = true
        if !isNew { return }
        for job in jobs.indices where jobs[job].queue == nil && jobs[job].queueName == queue.name {
            touch(job)
            move(job, toQueue: queue.name)
        }
    }
}
