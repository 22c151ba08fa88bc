import Allocator
import ClusterModel

extension Session {
    /// Lets whole bundles of pods leave so that a gang can be placed as a whole.
    ///
    /// Source: Volcano's `gangpreempt` and `gangreclaim`. Pods that their gangs can spare go first, then whole gangs, the
    /// least important first; bundle by bundle until the gang comes together in one of its domains, or nobody leaves.
    func evictBundles(_ reason: EvictionReason, maxDomains: Int, allowsWhole: Bool) {
        let isReclaim = reason == .gangreclaim
        let starving = preemptors(starvingJobs())
        for queue in starving.queues {
            if isReclaim, points.isOverused(queue, in: self) { continue }
            var waiting = starving.heaps[queue] ?? PriorityHeap()
            while let job = waiting.pop(isBefore: { points.isJob($0, before: $1, in: self) }) {
                let tasks = waitingTasks(of: job).filter { !self.tasks[$0].isBestEffort }
                if tasks.isEmpty || isReclaim && !points.isPreemptive(queue, tasks, in: self) { continue }
                for domain in evictionDomains(of: job, limit: maxDomains) {
                    let bundles = evictionBundles(
                        for: GangEviction(job: job, isReclaim: isReclaim), needing: tasks, in: domain)
                    let offered = allowsWhole ? bundles : bundles.filter(\.isSafe)
                    if evict(offered, because: reason, for: job, tasks, in: domain) { break }
                }
            }
        }
    }

    /// Adds bundle after bundle until the gang can be placed.
    private func evict(
        _ bundles: [EvictionBundle], because reason: EvictionReason, for job: Int, _ waiting: [Int],
        in domain: [Int]
    ) -> Bool {
        let need = sum(of: waiting)
        var free = need.indices.map { column in
            domain.reduce(Int64(0)) { $0 + max(0, allocator.futureIdle($1, column)) }
        }
        var chosen: [Int] = []
        for bundle in bundles {
            chosen += bundle.tasks
            let own = sum(of: bundle.tasks)
            for column in free.indices { free[column] += own[column] }
            if need.indices.contains(where: { need[$0] > free[$0] }) { continue }
            var statement = Statement()
            for victim in chosen { statement.evict(victim, because: reason, for: job, in: self) }
            placeWhole(waiting, of: job, in: domain, &statement)
            if points.isPipelined(job, in: self), !statement.isEmpty {
                for task in statement.placed { nominate(task) }
                statement.commit(in: self)
                return true
            }
            statement.rollback(in: self)
        }
        return false
    }

    private func placeWhole(_ waiting: [Int], of job: Int, in domain: [Int], _ statement: inout Statement) {
        for task in waiting {
            guard let shape = tasks[task].shape else { continue }
            if points.isReady(job, in: self) { return }
            let rules = points.nodeRules(for: task, in: self)
            allocator.prepare(shape)
            let placement = allocator.bestNode(
                for: shape, among: domain, where: { rules?.refusal($0) == nil }, adding: { rules?.points($0) }
            )
            guard let placement else {
                if canContinueAfterFailure(job) { continue }
                return
            }
            place(task, Placement(node: placement.node, kind: .pipeline))
            statement.record(task, in: self)
            if points.isPipelined(job, in: self) { return }
        }
    }
}
