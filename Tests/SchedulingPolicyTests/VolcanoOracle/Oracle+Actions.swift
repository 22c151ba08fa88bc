import ClusterModel

/// The actions that place without eviction (5.2 to 5.4).
extension Oracle {
    private func jobHeaps(_ jobs: [OracleJob]) -> [String: OracleHeap<OracleJob>] {
        Dictionary(grouping: jobs) { $0.group.queue }.mapValues { OracleHeap($0, by: jobPrecedes) }
    }

    func queueHeap(_ jobs: [OracleJob]) -> OracleHeap<Queue> {
        let names = Set(jobs.map(\.group.queue)).sorted { $0.precedes($1) }
        return OracleHeap(names.compactMap { queues[$0] }, by: queuePrecedes)
    }

    func enqueue() {
        var heaps = jobHeaps(jobs.filter { $0.phase == .pending })
        var queueHeap = queueHeap(jobs)
        while let queue = queueHeap.pop() {
            guard let job = heaps[queue.name]?.pop() else { continue }
            if job.minResources == nil || isEnqueueable(job) {
                jobEnqueued(job)
                job.phase = .inqueue
            }
            queueHeap.push(queue)
        }
    }

    func allocate() {
        if !configuration.actions.contains("enqueue") {
            for job in jobs where job.phase == .pending { job.phase = .inqueue }
        }
        let taking = jobs.filter { $0.phase != .pending && isValid($0) }
        var heaps = jobHeaps(taking)
        var queueHeap = queueHeap(taking)
        var tasks: [ObjectKey: OracleHeap<OracleTask>] = [:]
        for job in taking {
            let pending = job.tasks.filter { $0.status == .pending && !$0.isBestEffort && !$0.isGated }
            tasks[job.group.key] = OracleHeap(pending, by: taskPrecedes)
        }
        while let queue = queueHeap.pop() {
            if isOverused(queue) { continue }
            guard let job = heaps[queue.name]?.pop() else { continue }
            var waiting = tasks[job.group.key] ?? OracleHeap(by: taskPrecedes)
            if place(job, &waiting, queue), !waiting.isEmpty { heaps[queue.name]?.push(job) }
            tasks[job.group.key] = waiting
            queueHeap.push(queue)
        }
    }

    /// One turn of a job; true if it is ready at the end.
    private func place(_ job: OracleJob, _ waiting: inout OracleHeap<OracleTask>, _ queue: Queue) -> Bool {
        let statement = OracleStatement(self)
        while let task = waiting.pop() {
            if !isAllocatable(queue, task) { continue }
            let role = task.pod.role
            if !role.isEmpty && job.failedRoles.contains(role) { continue }
            let possible = nodes.filter { task.request.isAtMost($0.futureIdle) && fit(task, $0) == .fits }
            if possible.isEmpty {
                // A role without a name is remembered as failed, but does not keep the others of it from being tried.
                job.failedRoles.insert(role)
                if isWorthwhile(job) { continue } else { break }
            }
            let free = possible.filter { task.request.isAtMost($0.idle) }
            guard let node = ranked(task, free.isEmpty ? possible : free).first else { continue }
            if free.isEmpty {
                statement.pipeline(task, on: node)
            } else {
                statement.allocate(task, on: node)
            }
            if isSubJobReady(job) { break }
        }
        if !isSubJobReady(job) && !isSubJobPipelined(job) { statement.discard() }
        if !isReady(job) { return false }
        statement.commit()
        return true
    }

    /// *Need to continue after a failed task* (5.3).
    private func isWorthwhile(_ job: OracleJob) -> Bool {
        // The gang's minimum is the sub-job's too.
        if job.min >= job.tasks.count { return false }
        let roles = job.group.minTaskMember
        if job.min < roles.reduce(0, { $0 + $1.minimum }) {
            let left = job.tasks.count { $0.status == .pending && !job.failedRoles.contains($0.pod.role) }
            return job.ready + left >= job.min
        }
        return job.failedRoles.allSatisfy { failed in
            let minimum = roles.first { $0.role == failed }?.minimum ?? 0
            return job.tasks.count {
                $0.pod.role == failed && ($0.status.isAllocated || $0.status == .succeeded)
            }
                >= minimum
        }
    }

    func backfill() {
        let taking = jobs.filter { $0.phase != .pending && isValid($0) }
        for task in taking.flatMap(\.tasks) where task.status == .pipelined && task.isBestEffort {
            task.status = .pending
            task.node = nil
        }
        var order: [OracleTask] = []
        var heaps = jobHeaps(taking)
        var queueHeap = queueHeap(taking)
        while let queue = queueHeap.pop() {
            while let job = heaps[queue.name]?.pop() {
                let pending = job.tasks.filter { $0.status == .pending && $0.isBestEffort && !$0.isGated }
                var heap = OracleHeap(pending, by: taskPrecedes)
                while let task = heap.pop() { order.append(task) }
            }
        }
        for task in order {
            // Deliberate difference: a node is never over-committed, so that a place must be free without predicates too.
            let possible = nodes.filter { $0.hasSlot && fit(task, $0) == .fits }
            guard let node = ranked(task, possible).first, let job = job(of: task) else { continue }
            task.status = .allocated
            task.node = node.name
            if !isReady(job) { continue }
            for member in job.tasks where member.status == .allocated {
                member.status = .binding
                binds.append(Placement(pod: member.pod.key.description, node: member.node ?? ""))
            }
        }
    }
}
