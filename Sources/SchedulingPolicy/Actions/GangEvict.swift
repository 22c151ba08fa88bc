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
                let tasks = tasksToMakeRoomFor(of: job)
                if tasks.isEmpty || isReclaim && !points.isPreemptive(queue, tasks, in: self) { continue }
                for domain in evictionDomains(of: job, limit: maxDomains) {
                    let bundles = evictionBundles(
                        for: GangEviction(job: job, isReclaim: isReclaim), needing: tasks,
                        in: domainTree(of: job)[domain].nodes)
                    let offered = allowsWhole ? bundles : bundles.filter(\.isSafe)
                    if evict(offered, because: reason, for: job, tasks, in: domain) { break }
                }
            }
        }
    }

    /// The pods of a gang that room is made for: all that wait, or those of its first part if it is ready already.
    private func tasksToMakeRoomFor(of job: Int) -> [Int] {
        let waiting = waitingTasks(of: job).filter { !tasks[$0].isBestEffort }
        guard points.isReady(job, in: self), jobs[job].topology?.isDivided ?? false else {
            return waiting
        }
        let parts = Set(waiting.compactMap { topology.part(of: $0) })
        let first = parts.min { points.isSubGroup($0, before: $1, of: job, in: self) }
        return waiting.filter { topology.part(of: $0) == first }
    }

    /// Adds bundle after bundle until the gang can be placed.
    private func evict(
        _ bundles: [EvictionBundle], because reason: EvictionReason, for job: Int, _ waiting: [Int],
        in domain: Int
    ) -> Bool {
        let need = sum(of: waiting)
        let nodes = domainTree(of: job)[domain].nodes
        var free = need.indices.map { column in
            nodes.reduce(Int64(0)) { $0 + max(0, allocator.futureIdle($1, column)) }
        }
        var chosen: [Int] = []
        for bundle in bundles {
            chosen += bundle.tasks
            let own = sum(of: bundle.tasks)
            for column in free.indices { free[column] += own[column] }
            if let column = resources.column(.nvidiaGPU) {
                for task in bundle.tasks { free[column] += Int64(cardsHeldInPart(by: task)) }
            }
            if need.indices.contains(where: { need[$0] > free[$0] }) { continue }
            var statement = Statement()
            for victim in chosen { statement.evict(victim, because: reason, for: job, in: self) }
            placeWhole(waiting, of: job, in: domain, &statement)
            if points.isPipelined(job, in: self), statement.placeCount > 0 {
                for task in statement.placed { nominate(task) }
                statement.commit(in: self)
                return true
            }
            statement.rollback(in: self)
        }
        return false
    }

    /// Places a gang in a domain; one whose pods form parts part by part, each within its own limit.
    private func placeWhole(_ waiting: [Int], of job: Int, in domain: Int, _ statement: inout Statement) {
        if var turn = domainTurn(of: job, pods: waiting) {
            turn.mode = .promised
            turn.placeAll(in: domain, &statement)
            return
        }
        var pods = waiting[...]
        var search = PromisedPlaces(session: self, tree: domainTree(of: job), domain: domain)
        placePods(
            &pods, of: SubGroupID(job: job, index: nil), cachesRoleFailures: false, &statement, &search)
    }
}
