import Allocator
import ClusterModel

/// The books: what gangs and queues hold, ask for and are promised.
extension Session {
    // MARK: Pods of a gang

    /// Books what a pod takes or asks for (`1`), or takes it off again (`-1`). The gang has been touched.
    func book(_ task: Int, of job: Int, sign: Int) {
        let state = (
            status: tasks[task].status, role: tasks[task].role, request: tasks[task].request,
            isBestEffort: tasks[task].isBestEffort, isGated: tasks[task].isGated
        )
        jobs[job].count(state.status, in: state.role, isBestEffort: state.isBestEffort, by: sign)
        if jobs[job].topology != nil { countInSubGroup(task, of: job, state.status, by: sign) }
        let isAllocated = state.status.isAllocated
        let isRequested = isAllocated || state.status == .pending
        if !isRequested, !state.isGated { return }
        let queue = jobs[job].queue
        for index in amounts.range(of: state.request) {
            let entry = amounts.entries[index]
            let amount = Int64(sign) * entry.amount
            if isAllocated { jobAllocated[job, entry.column] += amount }
            if isRequested { jobRequest[job, entry.column] += amount }
            if state.isGated { addGated(amount, entry.column, job) }
            guard let queue else { continue }
            if isAllocated { queues[queue].allocated[entry.column] += amount }
            if isRequested { queues[queue].request[entry.column] += amount }
        }
    }

    private func addGated(_ amount: Int64, _ column: Int, _ job: Int) {
        gatedRequests[job, default: [Int64](repeating: 0, count: resources.count)][column] += amount
        if gatedRequests[job]?.allSatisfy({ $0 == 0 }) ?? false { gatedRequests[job] = nil }
    }

    /// Books a pod's place to its gang and queue, or takes it off again.
    func charge(_ task: Int, of job: Int, sign: Int64) {
        let queue = jobs[job].queue
        for index in amounts.range(of: tasks[task].request) {
            let entry = amounts.entries[index]
            jobAllocated[job, entry.column] += sign * entry.amount
            if let queue { queues[queue].allocated[entry.column] += sign * entry.amount }
        }
    }

    func setStatus(_ task: Int, _ status: TaskStatus) {
        guard let job = tasks[task].job else { return }
        let (old, role, isBestEffort) = (tasks[task].status, tasks[task].role, tasks[task].isBestEffort)
        jobs[job].count(old, in: role, isBestEffort: isBestEffort, by: -1)
        jobs[job].count(status, in: role, isBestEffort: isBestEffort, by: 1)
        if jobs[job].topology != nil {
            countInSubGroup(task, of: job, old, by: -1)
            countInSubGroup(task, of: job, status, by: 1)
        }
        tasks[task].status = status
        jobs[job].isPhaseKnown = false
    }

    // MARK: Gangs of a queue

    /// Says that a gang is about to change: its part of the sums is taken out until the next cycle opens.
    func touch(_ job: Int) {
        if jobs[job].isSettled {
            addToSums(job, sign: -1)
            jobs[job].isSettled = false
        }
        jobs[job].failedAt = nil
        jobs[job].report = nil
        jobs[job].isPhaseKnown = false
        if jobs[job].isListed { return }
        jobs[job].isListed = true
        unsettledJobs.append(job)
    }

    /// Adds what a gang holds beyond its minimum, and what admission has promised it, to its queue's sums.
    func addToSums(_ job: Int, sign: Int64) {
        let queue = jobs[job].queue
        for column in 0..<resources.count {
            let claims = claims(of: job, column)
            if let queue {
                queues[queue].settledElastic[column] += sign * claims.elastic
                queues[queue].settledInqueue[column] += sign * claims.inqueue
            }
            settledAdmitted[column] += sign * claims.admitted
        }
    }

    /// What a gang holds beyond its minimum; what admission has promised it in its queue; and the same as `overcommit`
    /// counts it, which does so in full as long as the gang waits.
    @inline(__always)
    func claims(of job: Int, _ column: Int) -> (elastic: Int64, inqueue: Int64, admitted: Int64) {
        let allocated = jobAllocated[job, column]
        guard jobs[job].hasMinResources else { return (max(0, allocated), 0, 0) }
        let elastic = max(0, allocated - jobMinimum[job, column])
        let isInqueue = jobs[job].phase == .inqueue
        let isRunning = jobs[job].phase == .running && jobs[job].counts.allocated >= jobs[job].minMember
        guard isRunning || isInqueue else { return (elastic, 0, 0) }
        let rest = outstanding(job, column, after: allocated)
        return (elastic, rest, isInqueue ? outstanding(job, column, after: 0) : rest)
    }

    /// What admission holds back of a resource: the minimum less what is there already and what gated pods ask for.
    func outstanding(_ job: Int, _ column: Int, after allocated: Int64) -> Int64 {
        guard jobs[job].hasMinResources else { return 0 }
        return max(0, jobMinimum[job, column] - allocated - (gatedRequests[job]?[column] ?? 0))
    }
}
