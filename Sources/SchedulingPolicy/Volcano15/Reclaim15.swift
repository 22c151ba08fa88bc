import Allocator
import ClusterModel

extension Session {
    /// Takes back from other queues as Volcano 1.5 does: one pod of the best gang of the best queue at a time.
    ///
    /// Any gang of which something waits may reclaim. Nothing is tried first: whoever is chosen leaves at once, even if the
    /// gang does not come together; and what is free on a node is not counted, so that it does not spare anybody. A queue
    /// that cannot take the pod whose turn it is gets no further turn.
    func reclaim15() {
        var heaps: [Int: PriorityHeap<Int>] = [:]
        var pods: [Int: ArraySlice<Int>] = [:]
        for job in cycleJobs where jobs[job].phase != .pending && !jobs[job].isHopeless {
            guard let queue = jobs[job].queue, points.invalidity(of: job, in: self) == nil else { continue }
            let waiting = waitingTasks(of: job)
            if waiting.isEmpty { continue }
            pods[job] = waiting[...]
            heaps[queue, default: PriorityHeap()].push(job) { points.isJob($0, before: $1, in: self) }
        }
        var order = PriorityHeap<Int>()
        for queue in queueOrder where heaps[queue] != nil {
            order.push(queue) { points.isQueue($0, before: $1, in: self) }
        }
        while let queue = order.pop(isBefore: { points.isQueue($0, before: $1, in: self) }) {
            if points.isOverused(queue, in: self) { continue }
            guard let job = heaps[queue]?.pop(isBefore: { points.isJob($0, before: $1, in: self) }),
                let task = pods[job]?.popFirst(), points.isAllocatable(queue, task, in: self)
            else { continue }
            if reclaim15(for: task, of: job, queue) {
                heaps[queue]?.push(job) { points.isJob($0, before: $1, in: self) }
            }
            order.push(queue) { points.isQueue($0, before: $1, in: self) }
        }
    }

    /// Lets pods leave on node after node, by name, until what has left on one of them is enough.
    private func reclaim15(for task: Int, of job: Int, _ queue: Int) -> Bool {
        let rules = points.nodeRules(for: task, in: self)
        for node in passingNodes15(for: task, rules) {
            let running = runningTasks15(on: node) { isReclaimable($0, by: queue) }
            let victims = points.reclaimable(for: task, among: running, in: self)
            if victims.isEmpty || !fits(task, on: node, with: sum(of: victims)) { continue }
            var left: [Int] = []
            for victim in victims {
                evict(victim)
                commitEviction(of: victim, because: .reclaim, for: job)
                left.append(victim)
                if isCovered15(task, by: left) { break }
            }
            if !isCovered15(task, by: left) || !fits(task, on: node) { continue }
            place(task, Placement(node: node, kind: .pipeline))
            held.insert(task)
            nominate(task)
            return true
        }
        return false
    }

    /// Whether what pods took is as much as another asks for.
    private func isCovered15(_ task: Int, by others: [Int]) -> Bool {
        let freed = sum(of: others)
        let counted = resourceColumns
        return amounts.range(of: tasks[task].request).allSatisfy { index in
            let entry = amounts.entries[index]
            return entry.amount <= freed[entry.column] || !counted.contains(entry.column)
        }
    }
}
