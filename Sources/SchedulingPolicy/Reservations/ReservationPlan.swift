import Allocator
import ClusterModel

/// When and where a gang will have room: what runs is let go in thought, the soonest end first, until the gang fits.
extension Session {
    /// A pod that will give its place back.
    private struct Ending {
        let task: Int
        /// `nil` where nobody knows.
        let end: Timestamp?
    }

    /// The soonest places for the minimum of a gang; `nil` if it fits nowhere even in an empty cluster, or fits now.
    ///
    /// - Complexity: O((running pods + gang) × log running pods).
    func planReservation(for job: Int, at now: Timestamp) -> Reservation? {
        let endings = endings(at: now)
        var low = 0
        var high = endings.count
        guard let last = entries(of: job, without: endings[0..<high]) else { return nil }
        var best = last
        while low < high {
            let middle = (low + high) / 2
            if let found = entries(of: job, without: endings[0..<middle]) {
                best = found
                high = middle
            } else {
                low = middle + 1
            }
        }
        let start = high == 0 ? now : endings[high - 1].end
        return Reservation(job: job, cause: .waiting, entries: best, start: start)
    }

    /// Running pods by their expected end; of those of which none is known the ones that have run longest first.
    private func endings(at now: Timestamp) -> [Ending] {
        var endings: [(ending: Ending, key: (Int, Int64, ObjectKey))] = []
        for job in jobs.indices where jobs[job].origin != nil && jobs[job].counts.allocated > 0 {
            for task in jobs[job].tasks {
                let status = tasks[task].status
                guard status == .running || status == .bound || status == .binding,
                    !tasks[task].traits.contains(.isCritical), tasks[task].node != nil
                else { continue }
                let start = runTimes.start(of: task, created: tasks[task].created)
                let started = start?.secondsSinceEpoch ?? .min
                var end: Timestamp?
                if let start,
                    let seconds = runTimes.seconds(of: task, job: job, request: tasks[task].request)
                {
                    // What should have ended is expected to end at once.
                    let (sum, isTooLong) = start.secondsSinceEpoch.addingReportingOverflow(seconds)
                    if !isTooLong {
                        end = Timestamp(secondsSinceEpoch: max(sum, now.secondsSinceEpoch))
                    }
                }
                endings.append(
                    (
                        Ending(task: task, end: end),
                        (end == nil ? 1 : 0, end?.secondsSinceEpoch ?? started, tasks[task].key)
                    ))
            }
        }
        return endings.sorted { $0.key < $1.key }.map(\.ending)
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
