import ClusterModel

/// 6.2.
final class OraclePriority: OraclePlugin {
    override func taskOrder(_ left: OracleTask, _ right: OracleTask) -> Int? {
        oracleCompare(right.priority, left.priority)
    }

    override func jobOrder(_ left: OracleJob, _ right: OracleJob) -> Int? {
        oracleCompare(right.priority, left.priority)
    }

    override func jobStarving(_ job: OracleJob) -> Bool? { job.ready + job.waiting < job.tasks.count }

    override func preemptable(_ preemptor: OracleTask, _ candidates: [OracleTask]) -> [OracleTask]? {
        guard let mine = session.job(of: preemptor) else { return nil }
        return candidates.filter { victim in
            guard let its = session.job(of: victim) else { return false }
            return its === mine ? victim.priority < preemptor.priority : its.priority < mine.priority
        }
    }
}

/// 6.1.
final class OracleGang: OraclePlugin {
    private func isPlaced(_ task: OracleTask) -> Bool {
        task.status.isAllocated || task.status == .succeeded || (task.status == .pending && task.isBestEffort)
    }

    override func jobValid(_ job: OracleJob) -> Bool? {
        func isValid(_ task: OracleTask) -> Bool {
            task.status.isAllocated || [.succeeded, .pipelined, .pending].contains(task.status)
        }
        return job.hasRoles(counting: isValid) && job.tasks.count(where: isValid) >= job.min
    }

    override func jobReady(_ job: OracleJob) -> Bool? {
        job.hasRoles(counting: isPlaced) && job.ready + job.pendingBestEffort >= job.min
    }

    /// A part knows of no roles.
    override func subJobReady(_ job: OracleJob) -> Bool? { job.ready + job.pendingBestEffort >= job.min }

    override func subJobPipelined(_ job: OracleJob) -> OracleVote? {
        job.waiting + job.ready + job.pendingBestEffort >= job.min ? .permit : .reject
    }

    override func jobPipelined(_ job: OracleJob) -> OracleVote? {
        let hasRoles = job.hasRoles { isPlaced($0) || $0.status == .pipelined }
        return hasRoles && job.waiting + job.ready + job.pendingBestEffort >= job.min ? .permit : .reject
    }

    override func jobStarving(_ job: OracleJob) -> Bool? { job.waiting + job.ready < job.min }

    override func jobOrder(_ left: OracleJob, _ right: OracleJob) -> Int? {
        func rank(_ job: OracleJob) -> Int { job.ready + job.pendingBestEffort >= job.min ? 1 : 0 }
        return oracleCompare(rank(left), rank(right))
    }

    private func surplus(_ candidates: [OracleTask]) -> [OracleTask] {
        var ready: [ObjectKey: Int] = [:]
        return candidates.filter { victim in
            guard let job = session.job(of: victim) else { return false }
            let left = ready[job.group.key] ?? job.ready
            if left <= job.min { return false }
            ready[job.group.key] = left - 1
            return true
        }
    }

    override func preemptable(_ preemptor: OracleTask, _ candidates: [OracleTask]) -> [OracleTask]? {
        surplus(candidates)
    }

    override func reclaimable(_ reclaimer: OracleTask, _ candidates: [OracleTask]) -> [OracleTask]? {
        surplus(candidates)
    }

    /// A gang that is not ready is said to be so, unless all that is missing is on its way out.
    override func isUnschedulable(_ job: OracleJob) -> Bool {
        if job.tasks.isEmpty || jobReady(job) == true { return false }
        let scheduled =
            job.count(.running, .bound, .failed, .succeeded)
            + job.tasks.count { $0.status == .releasing && $0.node != nil }
        return !(job.count(.pending, .pipelined) == 0 && scheduled >= job.min)
    }
}

/// 6.3.
final class OracleConformance: OraclePlugin {
    private func ordinary(_ candidates: [OracleTask]) -> [OracleTask] {
        candidates.filter { victim in
            let isCritical = ["system-cluster-critical", "system-node-critical"].contains(
                victim.pod.priorityClassName)
            return !isCritical && victim.pod.key.namespace != "kube-system"
        }
    }

    override func preemptable(_ preemptor: OracleTask, _ candidates: [OracleTask]) -> [OracleTask]? {
        ordinary(candidates)
    }

    override func reclaimable(_ reclaimer: OracleTask, _ candidates: [OracleTask]) -> [OracleTask]? {
        ordinary(candidates)
    }
}

/// 6.4, without hierarchy.
final class OracleDRF: OraclePlugin {
    override func jobOrder(_ left: OracleJob, _ right: OracleJob) -> Int? {
        let total = session.total
        return oracleCompare(
            left.allocated.dominantShare(of: total), right.allocated.dominantShare(of: total))
    }

    override func preemptable(_ preemptor: OracleTask, _ candidates: [OracleTask]) -> [OracleTask]? {
        guard let mine = session.job(of: preemptor) else { return nil }
        let total = session.total
        let share = (mine.allocated + preemptor.request).dominantShare(of: total)
        var left: [ObjectKey: OracleAmounts] = [:]
        return candidates.filter { victim in
            guard let job = session.job(of: victim) else { return false }
            // What a walk takes from a job stays taken, whether the task becomes a victim or not.
            let rest = (left[job.group.key] ?? job.allocated) - victim.request
            left[job.group.key] = rest
            let its = rest.dominantShare(of: total)
            return share < its || abs(share - its) <= 1e-6
        }
    }
}

/// 6.11.
final class OracleOvercommit: OraclePlugin {
    private var idle = OracleAmounts()
    private var inqueue = OracleAmounts()

    override func open() {
        let factor = setting.number("overcommit-factor", 1.2)
        idle = session.total * (factor < 1 ? 1.2 : factor) - .sum(session.nodes.map(\.used))
        for job in session.jobs {
            guard let reserved = job.minResources else { continue }
            let allocated = job.tasks.filter(\.status.isAllocated)
            if job.phase == .inqueue { inqueue = inqueue + reserved }
            if job.phase == .running, allocated.count >= job.min {
                inqueue = inqueue + reserved.exceeding(job.allocated)
            }
        }
    }

    override func jobEnqueueable(_ job: OracleJob) -> OracleVote? {
        guard let asked = job.minResources else { return .permit }
        return (inqueue + asked).isAtMost(idle, inDimensionsOf: asked) ? .permit : .reject
    }

    override func jobEnqueued(_ job: OracleJob) { inqueue = inqueue + (job.minResources ?? OracleAmounts()) }
}
