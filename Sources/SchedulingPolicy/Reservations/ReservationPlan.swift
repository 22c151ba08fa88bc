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

    /// The soonest places for the minimum of a gang; `nil` if it fits nowhere even in an empty cluster.
    ///
    /// The search begins with those who have left for the gang before it, since this one needs about as many: from there
    /// it strides, twice as far each time, until it has passed the number that will just do, and halves what is left.
    /// - Complexity: O((pods that leave or come back + gang) × log running pods).
    func planReservation(for job: Int, at now: Timestamp, _ departures: inout Departures) -> Reservation? {
        if jobs[job].counts.allocated == 0 { return soonestPlaces(for: job, at: now, &departures) }
        // Pods of its own that run are a part of what it needs.
        leave(0, of: &departures)
        var others = Departures(
            departures.endings.filter { tasks[$0.task].job != job }, queues: queues.count)
        defer { leave(0, of: &others) }
        return soonestPlaces(for: job, at: now, &others)
    }

    private func soonestPlaces(
        for job: Int, at now: Timestamp, _ departures: inout Departures
    ) -> Reservation? {
        guard let queue = jobs[job].queue else { return nil }
        let waiting = waitingTasks(of: job)
        var best: (count: Int, entries: [Reservation.Entry])?
        var tooFew = -1
        var next = departures.count
        var stride = 1
        while best == nil || tooFew < 0 && next > 0 {
            if best != nil {
                next = max(0, next - stride)
                stride *= 2
            } else if tooFew >= 0 {
                if next == departures.endings.count { return nil }
                next = min(departures.endings.count, next + stride)
                stride *= 2
            }
            if let entries = entries(of: job, waiting, after: next, &departures) {
                best = (next, entries)
            } else {
                tooFew = next
                if best != nil { break }
            }
        }
        guard var best else { return nil }
        while tooFew + 1 < best.count {
            let middle = (tooFew + best.count) / 2
            if let entries = entries(of: job, waiting, after: middle, &departures) {
                best = (middle, entries)
            } else {
                tooFew = middle
            }
        }
        leave(best.count, of: &departures)
        let end = best.count == 0 ? now.secondsSinceEpoch : departures.endings[best.count - 1].end
        return Reservation(
            job: job, cause: .waiting, entries: best.entries,
            start: end.map { Timestamp(secondsSinceEpoch: $0) }, departed: best.count,
            given: givenBack(by: departures, to: points.holders(of: queue, in: self)))
    }

    /// Running pods by their expected end; of those of which none is known the ones that have run longest first.
    ///
    /// - Complexity: O(running pods), and O(log running pods) more for each that has come since the last cycle.
    func endings(at now: Timestamp) -> [Ending] {
        var endings: [Ending] = []
        endings.reserveCapacity(boundCount)
        var isListed = [Bool](repeating: false, count: tasks.count)
        func list(_ task: Int, _ job: Int) {
            if isListed[task] { return }
            isListed[task] = true
            if let ending = ending(of: task, job, at: now) { endings.append(ending) }
        }
        // Sorting what is nearly in order is cheap.
        for task in departureOrder {
            guard let job = tasks[task].job, jobs[job].origin != nil else { continue }
            list(task, job)
        }
        for job in jobs.indices where jobs[job].origin != nil && jobs[job].counts.allocated > 0 {
            for task in jobs[job].tasks { list(task, job) }
        }
        endings.sort { $0.precedes($1, in: self) }
        departureOrder = endings.map(\.task)
        return endings
    }

    /// When a pod is expected to end; `nil` for one that does not run, or that the cluster cannot do without.
    private func ending(of task: Int, _ job: Int, at now: Timestamp) -> Ending? {
        let status = tasks[task].status
        guard status == .running || status == .bound || status == .binding,
            !tasks[task].traits.contains(.isCritical), tasks[task].node != nil
        else { return nil }
        let start = runTimes.start(of: task, created: tasks[task].created)?.secondsSinceEpoch
        var end: Int64?
        if let start, let seconds = runTimes.seconds(of: task, job: job, request: tasks[task].request) {
            // What should have ended is expected to end at once.
            let (sum, isTooLong) = start.addingReportingOverflow(seconds)
            if !isTooLong { end = max(sum, now.secondsSinceEpoch) }
        }
        return Ending(task: task, end: end, start: start ?? .min)
    }

    /// Where the pods that a gang needs would go if so many had left; `nil` if there is no room, or its queue may not
    /// take them.
    private func entries(
        of job: Int, _ waiting: [Int], after count: Int, _ departures: inout Departures
    ) -> [Reservation.Entry]? {
        leave(count, of: &departures)
        // Its queue would be passed over.
        if !isQueueOpen(to: job) { return nil }
        forgetExhaustion()
        let failures = failures(of: job)
        let hasQueueShareFailure = jobs[job].hasQueueShareFailure
        var statement = Statement()
        placeMinimum(of: job, waiting, &statement)
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
        forgetExhaustion()
        return found
    }

    private func placeMinimum(of job: Int, _ waiting: [Int], _ statement: inout Statement) {
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
        setCardsLeaving(of: task, on: node, isLeaving)
        if !pins.isEmpty { pins.setLeavingInThought(task, on: node, isLeaving) }
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
