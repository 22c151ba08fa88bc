import Allocator
import ClusterModel

/// A cycle opens on what has changed, and is closed by the next change.
extension Session {
    /// Brings the books up to date and the gangs into order.
    ///
    /// - Complexity: O(waiting gangs + changed gangs + queues).
    func openCycle() {
        closeCycle()
        // Whoever answers from outside may say something else than in the last cycle.
        if nodeUsage != nil || extender != nil { roomVersion.freed += 1 }
        if compatibility == .volcano15 { passOverOverfullNodes() }
        prepareNeighbours()
        cycle += 1
        isOpen = true
        boundBefore = boundCount
        total = offered.map(Double.init)
        used = taken.map(Double.init)
        let changed = settle()
        orderGangs(changed)
        admitted = settledAdmitted
        queueOrder = queues.indices.filter { queues[$0].exists }
            .sorted { queues[$0].queue.name.precedes(queues[$1].queue.name) }
        for queue in queueOrder {
            queues[queue].inqueue = queues[queue].settledInqueue
            queues[queue].elastic = queues[queue].settledElastic
            queues[queue].deserved = nil
        }
        binds.removeAll(keepingCapacity: true)
        evictions.removeAll(keepingCapacity: true)
        forgetExhaustion()
        forgetOldRefusals()
        for job in reportedJobs { beginCycle(of: job) }
    }

    /// Gives back what the last cycle held without binding it. Whatever comes from outside does this first.
    func closeCycle() {
        if !isOpen { return }
        isOpen = false
        countLeaving()
        if held.isEmpty { return }
        keepNominations()
        for task in held.sorted() { unplace(task, because: nil) }
        held.removeAll(keepingCapacity: true)
        roomVersion.freed += 1
        roomVersion.changed += 1
    }

    /// Adds up what has changed; says which gangs that were.
    private func settle() -> [Int] {
        var changed: [Int] = []
        changed.reserveCapacity(unsettledJobs.count)
        for job in unsettledJobs {
            jobs[job].isListed = false
            if jobs[job].isUnused { continue }
            addToSums(job, sign: 1)
            jobs[job].isSettled = true
            let isWaiting = jobs[job].phase == .pending || jobs[job].counts.pending > 0
            jobs[job].isActive = jobs[job].origin != nil && isWaiting
            if jobs[job].isActive, !jobs[job].isInActiveList {
                jobs[job].isInActiveList = true
                activeJobs.append(job)
            }
            if jobs[job].origin != nil { changed.append(job) }
        }
        unsettledJobs.removeAll(keepingCapacity: true)
        return changed
    }

    /// Sorts the gangs of the cycle by age. Those that waited before are in order already.
    private func orderGangs(_ changed: [Int]) {
        activeJobs.removeAll { job in
            if jobs[job].isActive { return false }
            jobs[job].isInActiveList = false
            return true
        }
        activeJobs.sort(by: isOlder)
        cycleJobs = activeJobs
        let inactive = changed.filter { !jobs[$0].isActive }
        reportedJobs = inactive.isEmpty ? cycleJobs : (cycleJobs + inactive).sorted(by: isOlder)
        for (rank, job) in cycleJobs.enumerated() { jobs[job].rank = rank }
    }

    /// The order of gangs that no plugin tells apart: by creation (none is oldest), then namespace, then name.
    func isOlder(_ left: Int, _ right: Int) -> Bool {
        let (leftTime, rightTime) = (jobs[left].created, jobs[right].created)
        if leftTime != rightTime { return Timestamp.isOlder(leftTime, rightTime) }
        if jobs[left].key != jobs[right].key { return jobs[left].key < jobs[right].key }
        return !jobs[left].isSingle && jobs[right].isSingle
    }

    private func beginCycle(of job: Int) {
        if !jobs[job].isOrdered, jobs[job].counts.pending > 0 { orderTasks(of: job) }
        jobs[job].worksheet = 0..<0
        jobs[job].hasQueueShareFailure = false
        jobs[job].refusal = nil
        jobs[job].spared = nil
        if jobs[job].queue == nil { jobs[job].refusal = .queueNotFound }
        if let invalid = jobs[job].invalid { jobs[job].refusal = .invalid(invalid) }
        if jobs[job].tasks.isEmpty, jobs[job].foreignPods > 0 { jobs[job].refusal = .otherScheduler }
        if !isStillWithoutRoom(job) { forgetFailure(of: job) }
    }

    /// Has a gang tried as if it had not been before.
    func forgetFailure(of job: Int) {
        jobs[job].failedAt = nil
        jobs[job].report = nil
        jobs[job].wasTried = false
        for role in jobs[job].roles.indices where jobs[job].roles[role].hasFailed {
            jobs[job].roles[role].hasFailed = false
        }
        for task in jobs[job].tasks where tasks[task].failure != nil { tasks[task].failure = nil }
    }

    /// Failures name what nodes had to say by number: once there is much of it, all gangs are tried anew.
    private func forgetOldRefusals() {
        if refusals.count < 1_000 { return }
        refusals.removeAll()
        topology.refusedDomains.removeAll()
        for job in cycleJobs { jobs[job].failedAt = nil }
    }

    /// Whether nothing has happened since a gang found no room that could have made any.
    ///
    /// Pods of one shape fit if there are enough places, and places come only when something is freed. Pods of several
    /// shapes stand in each other's way, and pods that look at others may be waiting for one to come: any change may help.
    func isStillWithoutRoom(_ job: Int) -> Bool {
        guard let failedAt = jobs[job].failedAt else { return false }
        return failedAt.version.freed == roomVersion.freed
            && (failedAt.hasOneShape || failedAt.version.changed == roomVersion.changed)
    }

    /// Notes the state of the nodes that a gang failed in, where its queue had no part in it.
    func rememberFailure(of job: Int) {
        if jobs[job].hasQueueShareFailure { return }
        jobs[job].failedAt = RoomFailure(version: roomVersion, hasOneShape: commonShape(of: job) != nil)
    }

    /// What all waiting pods of a gang ask for, on any node, whatever else is there; `nil` if they differ.
    func commonShape(of job: Int) -> ShapeID? {
        commonShape(ofPods: jobs[job].tasks.lazy.filter { self.isWaiting($0) })
    }

    /// What all of some pods ask for; `nil` if they differ.
    ///
    /// - Parameter ignoresRules: whether to count pods of which nodes are refused for what else is there.
    func commonShape(ofPods pods: some Sequence<Int>, ignoresRules: Bool = false) -> ShapeID? {
        var shape: ShapeID?
        let looksAtRules = !ignoresRules && !points.nodeFilters.isEmpty
        for task in pods {
            // A rule may refuse a node while it is emptier, and take it once others are there.
            if looksAtRules, let rules = points.nodeRules(for: task, in: self), !rules.isLasting {
                return nil
            }
            if tasks[task].isNominated || shape.map({ $0 != tasks[task].shape }) ?? false { return nil }
            shape = tasks[task].shape
        }
        return shape
    }

    /// The order of a gang's pods that no plugin tells apart.
    ///
    /// Source: Volcano's default task order: the index at the end of `job-task-index` names, then creation, then name. The
    /// index counts only if every pod has one; otherwise the order would not be one.
    func orderTasks(of job: Int) {
        let useIndices = jobs[job].tasks.allSatisfy { tasks[$0].nameIndex != nil }
        jobs[job].tasks.sort { left, right in
            if useIndices, let first = tasks[left].nameIndex, let second = tasks[right].nameIndex,
                first != second
            {
                return first < second
            }
            let (first, second) = (tasks[left].created, tasks[right].created)
            return first == second
                ? tasks[left].key < tasks[right].key : Timestamp.isOlder(first, second)
        }
        for (position, task) in jobs[job].tasks.enumerated() { tasks[task].position = Int32(position) }
        jobs[job].isOrdered = true
    }
}

extension Timestamp {
    /// Whether one time of creation, where none is the oldest, comes before another.
    static func isOlder(_ left: Timestamp?, _ right: Timestamp?) -> Bool {
        guard let right else { return false }
        guard let left else { return true }
        return left < right
    }
}
