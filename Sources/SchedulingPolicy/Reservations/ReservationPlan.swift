import Allocator
import ClusterModel

/// When and where a gang will have room: what runs is let go in thought, the soonest end first, until the gang fits.
extension Session {
    /// A pod that will give its place back.
    struct Ending {
        let task: Int
        /// In seconds since 1970; `nil` where nobody knows.
        let end: Int64?
        /// When it started, likewise; `.min` where nobody knows.
        let start: Int64

        /// What is sorted by before names: known ends first, by end; the others by start.
        private var key: (Int, Int64) { end.map { (0, $0) } ?? (1, start) }

        func precedes(_ other: Ending, in session: Session) -> Bool {
            let (own, others) = (key, other.key)
            if own != others { return own < others }
            return session.tasks[task].key < session.tasks[other.task].key
        }
    }

    /// The soonest places for the minimum of a gang; `nil` if it fits nowhere even in an empty cluster, or fits now.
    ///
    /// Twice as many pods leave with each trial until the gang fits, and then as few of them as will do: most gangs wait for the
    /// first few of very many.
    /// - Complexity: O((pods that have to leave + gang) × log running pods).
    func planReservation(for job: Int, at now: Timestamp, _ endings: [Ending]) -> Reservation? {
        var low = 0
        var high = 0
        var best = entries(of: job, without: endings[..<0])
        while best == nil {
            if high == endings.count { return nil }
            low = high + 1
            high = min(endings.count, max(1, 2 * high))
            best = entries(of: job, without: endings[..<high])
        }
        while low < high {
            let middle = (low + high) / 2
            if let found = entries(of: job, without: endings[..<middle]) {
                best = found
                high = middle
            } else {
                low = middle + 1
            }
        }
        let start = high == 0 ? now : endings[high - 1].end.map { Timestamp(secondsSinceEpoch: $0) }
        return Reservation(job: job, cause: .waiting, entries: best ?? [], start: start)
    }

    /// Running pods by their expected end; of those of which none is known the ones that have run longest first.
    ///
    /// - Complexity: O(running pods × log running pods).
    func endings(at now: Timestamp) -> [Ending] {
        var endings: [Ending] = []
        endings.reserveCapacity(boundCount)
        for job in jobs.indices where jobs[job].origin != nil && jobs[job].counts.allocated > 0 {
            for task in jobs[job].tasks {
                let status = tasks[task].status
                guard status == .running || status == .bound || status == .binding,
                    !tasks[task].traits.contains(.isCritical), tasks[task].node != nil
                else { continue }
                let start = runTimes.start(of: task, created: tasks[task].created)?.secondsSinceEpoch
                var end: Int64?
                if let start,
                    let seconds = runTimes.seconds(of: task, job: job, request: tasks[task].request)
                {
                    // What should have ended is expected to end at once.
                    let (sum, isTooLong) = start.addingReportingOverflow(seconds)
                    if !isTooLong { end = max(sum, now.secondsSinceEpoch) }
                }
                endings.append(Ending(task: task, end: end, start: start ?? .min))
            }
        }
        endings.sort { $0.precedes($1, in: self) }
        return endings
    }

    /// Where the pods that a gang needs would go if others had left; `nil` if there is no room.
    private func entries(of job: Int, without endings: ArraySlice<Ending>) -> [Reservation.Entry]? {
        for ending in endings { setLeaving(ending.task, true) }
        forgetExhaustion()
        let failures = failures(of: job)
        let hasQueueShareFailure = jobs[job].hasQueueShareFailure
        var statement = Statement()
        placeMinimum(of: job, &statement)
        var found: [Reservation.Entry]?
        if points.isReady(job, in: self) || points.isPipelined(job, in: self) {
            found = statement.placed.compactMap { task in
                guard let shape = tasks[task].shape, let node = tasks[task].node,
                    let index = nodes.entries[node].index
                else { return nil }
                return Reservation.Entry(task: task, shape: shape, node: index)
            }
        }
        statement.rollback(in: self)
        restore(failures, of: job)
        jobs[job].hasQueueShareFailure = hasQueueShareFailure
        for ending in endings { setLeaving(ending.task, false) }
        forgetExhaustion()
        return found
    }

    private func placeMinimum(of job: Int, _ statement: inout Statement) {
        let waiting = waitingTasks(of: job)
        if var turn = domainTurn(of: job, pods: waiting) {
            turn.purpose = .keep
            _ = turn.place(&statement)
            return
        }
        for task in waiting {
            if points.isReady(job, in: self) || points.isPipelined(job, in: self) { return }
            // A gang that its queue may not take keeps no places from others.
            if let queue = jobs[job].queue, !points.isAllocatable(queue, task, in: self) { return }
            if case .place(let placement) = findPlace(for: task) {
                place(task, placement)
                statement.record(task, in: self)
            }
        }
    }

    /// Books a running pod as one that leaves, or as one that stays, in thought: its gang is not told.
    func setLeaving(_ task: Int, _ isLeaving: Bool) {
        guard let entry = tasks[task].node, let node = nodes.entries[entry].index else { return }
        allocator.remove(tasks[task].request, from: node, as: isLeaving ? .bound : .releasing)
        allocator.add(tasks[task].request, to: node, as: isLeaving ? .releasing : .bound)
    }

    /// What kept each pod of a gang from a place, in the order of the pods.
    func failures(of job: Int) -> [TaskFailure?] { jobs[job].tasks.map { tasks[$0].failure } }

    /// Says again of the pods that wait what was said before a trial.
    func restore(_ failures: [TaskFailure?], of job: Int) {
        for (task, failure) in zip(jobs[job].tasks, failures) where tasks[task].status == .pending {
            tasks[task].failure = failure
        }
    }

    /// Forgets which shapes found no place: what is free has changed.
    func forgetExhaustion() {
        exhausted.removeAll(keepingCapacity: true)
        exhaustedInStatement.removeAll(keepingCapacity: true)
        roomLimits.removeAll(keepingCapacity: true)
    }
}
