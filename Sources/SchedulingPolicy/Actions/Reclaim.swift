import Allocator
import ClusterModel

extension Session {
    /// Takes back from other queues what a queue is entitled to.
    ///
    /// Source: Volcano's `reclaim`. The best queue first, all its gangs that starve, best first; a gang gets places one pod
    /// at a time, and all of them or none, as the gates say. Nodes are tried by name.
    func reclaim() {
        var reclaimers = preemptors(
            starvingJobs { self.compatibility.isVolcano || !self.wishesForNearness($0) })
        for queue in reclaimers.queues where !points.isOverused(queue, in: self) {
            var waiting = reclaimers.heaps[queue] ?? PriorityHeap()
            while let job = waiting.pop(isBefore: { points.isJob($0, before: $1, in: self) }) {
                var statement = Statement()
                while points.isStarving(job, in: self), let task = reclaimers.nextTask(of: job, in: self) {
                    if neverPreempts(task) || !points.isPreemptive(queue, [task], in: self) { continue }
                    reclaim(for: task, of: job, queue, &statement)
                }
                if points.isPipelined(job, in: self) {
                    statement.commit(in: self)
                } else {
                    statement.rollback(in: self)
                }
            }
        }
    }

    /// Makes room for a pod on the first node where that can be done.
    private func reclaim(for task: Int, of job: Int, _ queue: Int, _ statement: inout Statement) {
        guard let shape = tasks[task].shape else { return }
        let rules = points.nodeRules(for: task, in: self)
        for node in allocator.nodes(meetingDemandsOf: shape) where !(rules?.isPastHelp(node) ?? false) {
            let candidates = victimCandidates(on: nodes.entry(atIndex: node), for: queue) { victim in
                tasks[victim].status == .running && isPreemptable(victim) && isReclaimable(victim, by: queue)
            }
            if candidates.isEmpty { continue }
            let victims = points.reclaimable(for: task, among: candidates, in: self)
            guard fits(task, on: node, without: victims, freeing: sum(of: victims)) else { continue }
            let savepoint = statement.savepoint
            for victim in victims.sorted(by: { points.isVictim($0, before: $1, for: queue, in: self) }) {
                if fits(task, on: node, without: [], freeing: []) { break }
                statement.evict(victim, because: .reclaim, for: job, in: self)
            }
            // Volcano does not ask again whether those that are left keep the pod away.
            if compatibility == .gangwright,
                rules?.refusal(node, looksAtRoom: false) != nil || allocator.isMarked(node, against: shape)
            {
                statement.rollback(to: savepoint, in: self)
                continue
            }
            place(task, Placement(node: node, kind: .pipeline))
            statement.record(task, in: self)
            if statement.hasEvicted(since: savepoint) { nominate(task) }
            return
        }
    }

    /// Whether a pod is in another queue, which gives back.
    func isReclaimable(_ victim: Int, by queue: Int) -> Bool {
        guard let job = tasks[victim].job, let other = jobs[job].queue, other != queue else { return false }
        return queues[other].queue.isReclaimable
    }
}
