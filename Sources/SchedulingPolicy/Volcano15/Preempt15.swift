import Allocator
import ClusterModel

extension Session {
    /// Lets pods leave for more important ones of their own queue as Volcano 1.5 does.
    ///
    /// Whoever runs and asks for something may have to leave, unless a plugin speaks for it: pods are not asked whether they
    /// are preemptable. Pods that were chosen on a node which then proves too small leave all the same, if the gang comes
    /// together elsewhere. Within gangs nothing is ever taken back.
    func preempt15() {
        preemptForGangs15()
        // Later Volcano has an action of its own for these: shuffle.
        evictNamed(because: .evict)
    }

    private func preemptForGangs15() {
        var preemptors = preemptors(starvingJobs())
        let starving = preemptors.jobs.values.joined().sorted { jobs[$0].key < jobs[$1].key }
        if starving.isEmpty { return }
        for queue in queuesAtWork() {
            var waiting = preemptors.heaps[queue] ?? PriorityHeap()
            while let job = waiting.pop(isBefore: { points.isJob($0, before: $1, in: self) }) {
                var statement = Statement()
                var isAssigned = false
                while points.isStarving(job, in: self), let task = preemptors.nextTask(of: job, in: self) {
                    let hasPlace = preempt15(for: task, of: job, &statement) { victim in
                        guard let other = self.tasks[victim].job else { return false }
                        return other != job && self.jobs[other].queue == queue
                    }
                    isAssigned = isAssigned || hasPlace
                }
                if !points.isPipelined(job, in: self) {
                    statement.rollback(in: self)
                    continue
                }
                statement.commit(in: self)
                if isAssigned { waiting.push(job) { points.isJob($0, before: $1, in: self) } }
            }
            // Those of the other queues too, again and again.
            for job in starving { preemptWithin15(job) }
        }
    }

    private func preemptWithin15(_ job: Int) {
        for task in waitingTasks(of: job) {
            var statement = Statement()
            let hasPlace = preempt15(for: task, of: job, &statement) { self.tasks[$0].job == job }
            statement.commit(in: self)
            if !hasPlace { return }
        }
    }

    /// The queues with gangs that are admitted and can come together, by name.
    private func queuesAtWork() -> [Int] {
        var found: Set<Int> = []
        for job in jobs.indices where jobs[job].origin != nil && jobs[job].phase != .pending {
            guard let queue = jobs[job].queue, !found.contains(queue), !jobs[job].isHopeless,
                points.invalidity(of: job, in: self) == nil
            else { continue }
            found.insert(queue)
        }
        return queueOrder.filter(found.contains)
    }

    /// Makes room for a pod on the best node where that can be done; says whether it was.
    private func preempt15(
        for task: Int, of job: Int, _ statement: inout Statement, where isRival: (Int) -> Bool
    ) -> Bool {
        guard let shape = tasks[task].shape, let queue = jobs[job].queue else { return false }
        let rules = points.nodeRules(for: task, in: self)
        let candidates = passingNodes15(for: task, rules)
        for node in allocator.ranked(candidates, for: shape, adding: { rules?.points($0) }) {
            let savepoint = statement.savepoint
            let running = runningTasks15(on: node) { !tasks[$0].isBestEffort && isRival($0) }
            let victims = points.preemptable(for: task, among: running, in: self)
            if victims.isEmpty || !fits(task, on: node, with: sum(of: victims)) { continue }
            func isRoomy() -> Bool { points.isAllocatable(queue, task, in: self) && fits(task, on: node) }
            for victim in lastFirst15(victims) {
                if isRoomy() { break }
                statement.evict(victim, because: .preempt, for: job, in: self)
            }
            if !isRoomy() { continue }
            place(task, Placement(node: node, kind: .pipeline))
            statement.record(task, in: self)
            if statement.hasEvicted(since: savepoint) { nominate(task) }
            return true
        }
        return false
    }

    /// The pods on a node that run and that a rule accepts, by name: Volcano has them in no order.
    func runningTasks15(on node: Int, where accepts: (Int) -> Bool) -> [Int] {
        var found: [Int] = []
        forEachTask(on: nodes.entry(atIndex: node)) { task in
            guard tasks[task].status == .running, let job = tasks[task].job, jobs[job].origin != nil,
                accepts(task)
            else { return }
            found.append(task)
        }
        return found.sorted { tasks[$0].key < tasks[$1].key }
    }

    /// Pods of any gangs in the reverse of the order in which pods of one gang are tried.
    private func lastFirst15(_ victims: [Int]) -> [Int] {
        let useIndices = victims.allSatisfy { tasks[$0].nameIndex != nil }
        func isBefore(_ left: Int, _ right: Int) -> Bool {
            let order = points.taskComparison(left, right, in: self)
            if order != 0 { return order < 0 }
            if useIndices, let first = tasks[left].nameIndex, let second = tasks[right].nameIndex,
                first != second
            {
                return first < second
            }
            let (first, second) = (tasks[left].created, tasks[right].created)
            return first == second
                ? tasks[left].key < tasks[right].key : Timestamp.isOlder(first, second)
        }
        return victims.sorted { isBefore($1, $0) }
    }
}
