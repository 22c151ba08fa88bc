/// What becomes of a gang after its turn.
enum Turn {
    /// It has had its turn.
    case done
    /// It gets another one, in order with the others of its queue.
    case again
}

extension Session {
    /// Gives every gang that qualifies its turn: the best queue first, within it the best gang.
    ///
    /// Source: the loop that Volcano's actions share. A queue goes back among the others after each turn, so that its
    /// place is found anew with what it has got by then.
    ///
    /// - Complexity: O(log queues + log gangs) comparisons a turn.
    func forEachJob(
        where qualifies: (Int) -> Bool, skipping isSkipped: (Int) -> Bool = { _ in false },
        do body: (Int) -> Turn
    ) {
        let points = points
        var waiting = [PriorityHeap<Int>](repeating: PriorityHeap(), count: queues.count)
        for job in cycleJobs {
            guard let queue = jobs[job].queue, !jobs[job].isHopeless, qualifies(job) else { continue }
            waiting[queue].push(job) { points.isJob($0, before: $1, in: self) }
        }
        var order = PriorityHeap<Int>()
        for queue in queueOrder where !waiting[queue].isEmpty {
            order.push(queue) { points.isQueue($0, before: $1, in: self) }
        }
        while let queue = order.pop(isBefore: { points.isQueue($0, before: $1, in: self) }) {
            if isSkipped(queue) { continue }
            guard let job = waiting[queue].pop(isBefore: { points.isJob($0, before: $1, in: self) }) else {
                continue
            }
            if body(job) == .again {
                waiting[queue].push(job) { points.isJob($0, before: $1, in: self) }
            }
            order.push(queue) { points.isQueue($0, before: $1, in: self) }
        }
    }

    /// Whether `allocate` and `backfill` may try a gang; notes why if not.
    func admitsTrying(_ job: Int) -> Bool {
        if let refusal = points.invalidity(of: job, in: self) {
            jobs[job].refusal = refusal
            return false
        }
        return true
    }
}
