import ClusterModel

/// What proportion and capacity know of a queue alike (6.5, 6.6).
struct OracleQueueBooks {
    var request = OracleAmounts()
    var elastic = OracleAmounts()
    var inqueue = OracleAmounts()
    var realCapability = OracleAmounts()
    var deserved = OracleAmounts()

    /// The books of the jobs that a queue is asked about.
    init(_ jobs: [OracleJob]) {
        for job in jobs {
            let holding = job.tasks.filter(\.status.isAllocated)
            request =
                request
                + .sum(job.tasks.filter { $0.status == .pending }.map(\.request) + holding.map(\.request))
            elastic = elastic + job.allocated.exceeding(job.minResources ?? OracleAmounts())
            let isStarted = job.phase == .running && holding.count >= job.min
            if job.phase == .inqueue || isStarted {
                inqueue = inqueue + (job.minResources ?? OracleAmounts()).exceeding(job.allocated)
            }
        }
    }

    /// What a queue may hold of what its parent has: less what is kept for others, at most its capability.
    static func realCapability(
        of queue: Queue, within whole: OracleAmounts, kept: OracleAmounts
    ) -> OracleAmounts {
        var capability = OracleAmounts(queue.capability ?? [:])
        for name in ["cpu", "memory"] where capability[name] <= 0 { capability.values[name] = nil }
        return (whole.exceeding(kept) + OracleAmounts(queue.guarantee)).lowered(
            to: capability, missing: .infinity)
    }
}

/// 6.5.
final class OracleProportion: OraclePlugin {
    private(set) var books: [String: OracleQueueBooks] = [:]

    private func allocated(_ queue: String) -> OracleAmounts {
        .sum(session.jobs.filter { $0.group.queue == queue }.map(\.allocated))
    }

    override func open() {
        let kept = OracleAmounts.sum(session.queues.values.map { OracleAmounts($0.guarantee) })
        for (name, jobs) in Dictionary(grouping: session.jobs, by: \.group.queue) {
            guard let queue = session.queues[name] else { continue }
            var its = OracleQueueBooks(jobs)
            its.realCapability = OracleQueueBooks.realCapability(of: queue, within: session.total, kept: kept)
            books[name] = its
        }
        shareOut()
    }

    /// Water-filling.
    private func shareOut() {
        var remaining = session.total
        var unmet = Set(books.keys)
        while true {
            let weights = unmet.reduce(0.0) { $0 + Double(session.queues[$1]?.weight ?? 0) }
            if weights == 0 { return }
            var change = OracleAmounts()
            for name in session.queueNames where unmet.contains(name) {
                guard let queue = session.queues[name], var its = books[name] else { continue }
                let before = its.deserved
                its.deserved = (before + remaining * (Double(queue.weight) / weights))
                    .lowered(to: its.realCapability, missing: .infinity)
                    .lowered(to: its.request, missing: 0)
                    .raised(to: OracleAmounts(queue.guarantee))
                if its.request.isAtMost(its.deserved) || its.deserved == before { unmet.remove(name) }
                change = change + (its.deserved - before)
                books[name] = its
            }
            let before = remaining
            remaining = (remaining - change).raised(to: OracleAmounts(remaining.values.mapValues { _ in 0 }))
            if remaining.isEmpty || remaining == before { return }
        }
    }

    private func share(_ queue: String) -> Double {
        allocated(queue).dominantShare(of: books[queue]?.deserved ?? OracleAmounts())
    }

    override func queueOrder(_ left: Queue, _ right: Queue) -> Int? {
        let decision = oracleCompare(right.priority, left.priority)
        return decision != 0 ? decision : oracleCompare(share(left.name), share(right.name))
    }

    override func overused(_ queue: Queue) -> Bool? {
        books[queue.name].map { $0.deserved.isAtMost(allocated(queue.name)) }
    }

    override func allocatable(_ queue: Queue, _ task: OracleTask) -> Bool? {
        guard queue.state == .open, let its = books[queue.name] else { return false }
        return (allocated(queue.name) + task.request).isAtMost(its.deserved, inDimensionsOf: task.request)
    }

    override func preemptive(_ queue: Queue, _ task: OracleTask) -> Bool? { allocatable(queue, task) }

    override func reclaimable(_ reclaimer: OracleTask, _ candidates: [OracleTask]) -> [OracleTask]? {
        var left: [String: OracleAmounts] = [:]
        return candidates.filter { victim in
            guard let name = session.job(of: victim)?.group.queue, let its = books[name] else { return false }
            let held = left[name] ?? allocated(name)
            if held.isAtMost(its.deserved) { return false }
            left[name] = held - victim.request
            return true
        }
    }

    override func jobEnqueueable(_ job: OracleJob) -> OracleVote? {
        let name = job.group.queue
        guard session.queue(of: job).state == .open, let its = books[name] else { return .reject }
        guard let asked = job.minResources else { return .permit }
        let sum = asked + allocated(name) + its.inqueue - its.elastic
        return sum.isAtMost(its.realCapability, inDimensionsOf: asked) ? .permit : .reject
    }

    override func jobEnqueued(_ job: OracleJob) {
        guard let its = books[job.group.queue] else { return }
        books[job.group.queue]?.inqueue = its.inqueue + (job.minResources ?? OracleAmounts())
    }

    override func deserved(_ queue: String) -> OracleAmounts? { books[queue]?.deserved }
}
