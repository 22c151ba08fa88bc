import ClusterModel

/// The actions that evict (5.5, 5.6).
extension Oracle {
    private func starvingJobs() -> [OracleJob] {
        jobs.filter { $0.phase != .pending && isValid($0) && isStarving($0) }
    }

    private func pendingHeap(_ job: OracleJob) -> OracleHeap<OracleTask> {
        OracleHeap(job.tasks.filter { $0.status == .pending && !$0.isGated }, by: taskPrecedes)
    }

    func preempt() {
        let starving = starvingJobs()
        var queueHeap = queueHeap(jobs.filter { $0.phase != .pending && isValid($0) })
        while let queue = queueHeap.pop() {
            let mine = starving.filter { $0.group.queue == queue.name }
            var heap = OracleHeap(mine, by: jobPrecedes)
            while let job = heap.pop() { preemptOthers(job, queue) }
            // "Each starving job of the queue": those that were when the action began, the older first.
            for job in mine { preemptInside(job, queue) }
        }
    }

    /// Phase 1: a job against the others of its queue, in one statement.
    private func preemptOthers(_ job: OracleJob, _ queue: Queue) {
        let statement = OracleStatement(self)
        var tasks = pendingHeap(job)
        while isStarving(job), let task = tasks.pop() {
            _ = attempt(task, queue, statement) { victim in
                guard let its = self.job(of: victim) else { return false }
                return its !== job && its.group.queue == job.group.queue
            }
        }
        if isPipelined(job) { statement.commit() } else { statement.discard() }
    }

    /// Phase 2: tasks of a job against tasks of the same, a statement each.
    private func preemptInside(_ job: OracleJob, _ queue: Queue) {
        var tasks = pendingHeap(job)
        while let task = tasks.pop() {
            let statement = OracleStatement(self)
            if !attempt(task, queue, statement, { self.job(of: $0) === job }) {
                statement.discard()
                return
            }
            statement.commit()
        }
    }

    /// One attempt in normal mode: nodes by score; on each, victims go until the task fits.
    private func attempt(
        _ task: OracleTask, _ queue: Queue, _ statement: OracleStatement, _ isRival: (OracleTask) -> Bool
    ) -> Bool {
        for node in ranked(task, nodes.filter { fit(task, $0) != .unresolvable }) {
            let candidates = leaving(node, for: task) { victim in
                (victim.status == .bound || victim.status == .running) && victim.isPreemptable
                    && (!task.isBestEffort || victim.isBestEffort) && isRival(victim)
            }
            let victims = preemptable(task, candidates)
            if !isEnough(victims, for: task, on: node) { continue }
            let before = statement.count
            func fits() -> Bool {
                isAllocatable(queue, task) && task.request.isAtMost(node.futureIdle)
                    && fit(task, node) == .fits
            }
            var heap = victimHeap(victims, for: task)
            while !fits(), let victim = heap.pop() {
                statement.evict(victim, reason: "preempt", preemptor: task)
            }
            if fits() {
                statement.pipeline(task, on: node)
                return true
            }
            statement.discard(downTo: before)
        }
        return false
    }

    /// Candidates on a node. Volcano has them in any order; ours is that in which they would leave.
    private func leaving(
        _ node: OracleNode, for task: OracleTask, where isCandidate: (OracleTask) -> Bool
    ) -> [OracleTask] {
        var heap = victimHeap(node.tasks.filter(isCandidate), for: task)
        var found: [OracleTask] = []
        while let candidate = heap.pop() { found.append(candidate) }
        return found
    }

    /// Validation of victims: with all of them gone the task would fit.
    private func isEnough(_ victims: [OracleTask], for task: OracleTask, on node: OracleNode) -> Bool {
        task.request.isAtMost(node.futureIdle + .sum(victims.map(\.request)))
    }

    func reclaim() {
        let starving = starvingJobs()
        var heaps = Dictionary(grouping: starving) { $0.group.queue }.mapValues {
            OracleHeap($0, by: jobPrecedes)
        }
        var queueHeap = queueHeap(jobs.filter { $0.phase != .pending && isValid($0) })
        while let queue = queueHeap.pop() {
            if isOverused(queue) { continue }
            while let job = heaps[queue.name]?.pop() {
                let statement = OracleStatement(self)
                var tasks = pendingHeap(job)
                while isStarving(job), let task = tasks.pop() {
                    if isPreemptive(queue, task) { reclaim(task, job, statement) }
                }
                if isPipelined(job) { statement.commit() } else { statement.discard() }
            }
        }
    }

    private func reclaim(_ task: OracleTask, _ job: OracleJob, _ statement: OracleStatement) {
        for node in nodes where fit(task, node) != .unresolvable {
            let candidates = leaving(node, for: task) { victim in
                guard victim.status == .running, victim.isPreemptable, let its = self.job(of: victim)
                else { return false }
                return its.group.queue != job.group.queue && queue(of: its).isReclaimable
            }
            if candidates.isEmpty { continue }
            let victims = reclaimable(task, candidates)
            if !isEnough(victims, for: task, on: node) { continue }
            let before = statement.count
            // Evicted tasks are releasing, so that they are part of what is free in future.
            var heap = victimHeap(victims, for: task)
            while !task.request.isAtMost(node.futureIdle), let victim = heap.pop() {
                statement.evict(victim, reason: "reclaim", preemptor: task)
            }
            if task.request.isAtMost(node.futureIdle) {
                statement.pipeline(task, on: node)
                return
            }
            statement.discard(downTo: before)
        }
    }
}
