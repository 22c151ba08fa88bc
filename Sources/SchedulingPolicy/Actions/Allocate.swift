import Allocator
import ClusterModel

extension Session {
    /// Places gangs: each whole, or not at all.
    ///
    /// Source: Volcano's `allocate`. A turn tries the gang's pods in order until it is ready; what it placed is bound if
    /// the gang is ready, held to the cycle's end if enough of it is promised a place, and undone otherwise. Pods beyond
    /// the minimum are placed one a turn.
    func allocate(cachesRoleFailures: Bool, flipsPending: Bool) {
        if flipsPending { admitAll() }
        openReservations()
        prepareWorksheets()
        var statement = Statement()
        forEachJob(
            where: { !self.jobs[$0].worksheet.isEmpty }, skipping: { self.hasHadShare($0) }
        ) { job in
            let freed = giveFree(for: job)
            defer { keep(freed) }
            if jobs[job].topology != nil,
                let turn = allocateByDomain(job, &statement, cachesRoleFailures: cachesRoleFailures)
            {
                return turn
            }
            if refuseForRoom(job) { return .done }
            allocate(job, &statement, cachesRoleFailures: cachesRoleFailures)
            if points.isReady(job, in: self) {
                statement.commit(in: self)
                return jobs[job].worksheet.isEmpty ? .done : .again
            }
            if mayHold(job) {
                statement.hold(in: self)
            } else {
                statement.rollback(in: self)
                rememberFailure(of: job)
            }
            return .done
        }
        noteOverusedQueues()
    }

    /// Tries a gang's pods until it is ready or nothing is left to try.
    private func allocate(_ job: Int, _ statement: inout Statement, cachesRoleFailures: Bool) {
        guard let queue = jobs[job].queue else { return }
        jobs[job].wasTried = true
        var pods = worksheet[jobs[job].worksheet]
        var search = ClusterSearch(session: self, job: job, queue: queue)
        placePods(
            &pods, of: SubGroupID(job: job, index: nil), cachesRoleFailures: cachesRoleFailures, &statement,
            &search)
        jobs[job].worksheet = pods.indices
    }

    /// Whether a gang has what it came for. Volcano asks the one part that such a gang is, which knows of no roles.
    func endsTurn(_ job: Int) -> Bool {
        compatibility == .volcano
            ? points.isSubGroupReady(SubGroupID(job: job, index: nil), in: self)
            : points.isReady(job, in: self)
    }

    /// Whether the places of a gang that is not ready are kept until the cycle is closed.
    private func mayHold(_ job: Int) -> Bool {
        points.isPipelined(job, in: self)
            || (compatibility == .volcano
                && points.isSubGroupPipelined(SubGroupID(job: job, index: nil), in: self))
    }

    /// Why a pod that its queue may not take is not placed: a node may be lacking as well, and that says more.
    func queueShareFailure(of task: Int, _ job: Int) -> TaskFailure {
        if jobs[job].hasQueueShareFailure { return .queueShare }
        jobs[job].hasQueueShareFailure = true
        if case .none(let refusals) = findPlace(for: task) { return .noNode(refusals: refusals) }
        return .queueShare
    }

    // MARK: Early refusal

    /// Passes over a gang that needs more places than there are for pods of its shape, without trying it.
    ///
    /// It would fail all the same: places for equal pods do not depend on the order in which they are taken.
    func refuseForRoom(_ job: Int) -> Bool {
        let needed = points.placesNeeded(job, in: self)
        // A gate that lets a gang wait with fewer places would have it hold them.
        guard needed > 1, !mayHold(job), !allocator.isFreeing else { return false }
        let pods = worksheet[jobs[job].worksheet]
        guard let shape = commonShape(ofPods: pods) else { return false }
        let room = allocator.room(for: shape)
        if room >= needed { return false }
        for task in pods.prefix(room) { tasks[task].failure = .noRoomForGang }
        let refusals = limits(of: shape)
        for task in pods.dropFirst(room) { tasks[task].failure = .noNode(refusals: refusals) }
        jobs[job].wasTried = true
        jobs[job].worksheet = 0..<0
        rememberFailure(of: job)
        return true
    }

    /// What stands in the way of one more pod of a shape once what is free is full of it.
    private func limits(of shape: ShapeID) -> Int32 {
        if let known = roomLimits[shape] { return known }
        var counts: [NodeRefusal: Int] = [:]
        if detail == .everything {
            counts = lastingRefusals(of: shape).merging(allocator.diagnosis.limitCounts(of: shape)) { $1 }
        }
        let limits = number(counts)
        roomLimits[shape] = limits
        return limits
    }

    // MARK: Worksheets

    /// Admits every gang: where no action does, nobody is turned down.
    func admitAll() {
        for job in reportedJobs where !jobs[job].isHopeless && jobs[job].phase == .pending {
            touch(job)
            jobs[job].phase = .inqueue
        }
    }

    /// Lists the pods that each gang will try, best first.
    func prepareWorksheets() {
        worksheet.removeAll(keepingCapacity: true)
        for job in reportedJobs where !jobs[job].isHopeless && jobs[job].phase != .pending {
            if !admitsTrying(job) || isStillWithoutRoom(job) { continue }
            // Volcano leaves pods that ask for nothing to backfill and counts them as placed. Ours places a gang whole.
            let needed = max(jobs[job].minMember, jobs[job].roleMinimum)
            let withBestEffort = compatibility == .gangwright && needed > 1
            let start = worksheet.count
            for task in jobs[job].tasks where isWaiting(task) && (withBestEffort || !tasks[task].isBestEffort)
            {
                worksheet.append(task)
            }
            sort(start)
            jobs[job].worksheet = start..<worksheet.count
        }
    }

    /// Brings the end of the worksheet into order; mostly it is already.
    private func sort(_ start: Int) {
        for position in worksheet.indices.dropFirst(start + 1)
        where points.isTask(worksheet[position], before: worksheet[position - 1], in: self) {
            worksheet[start...].sort { points.isTask($0, before: $1, in: self) }
            return
        }
    }

    /// True for a pod that waits and may be tried.
    func isWaiting(_ task: Int) -> Bool { tasks[task].status == .pending && !isBlocked(task) }

    /// True for a pod that is not tried, whatever the cluster looks like.
    func isBlocked(_ task: Int) -> Bool { tasks[task].isGated || !unsupported(task).isEmpty }

    /// What a pod states that this configuration would look at, if somebody could evaluate it.
    func unsupported(_ task: Int) -> UnsupportedConstraints {
        tasks[task].unsupported.intersection(points.nodes.evaluated)
    }

    /// A queue that has had its share is passed over with all that waits in it.
    func noteOverusedQueues() {
        for job in cycleJobs where !jobs[job].wasTried && !jobs[job].worksheet.isEmpty {
            guard let queue = jobs[job].queue, hasHadShare(queue) else { continue }
            jobs[job].refusal = .queueOverused
        }
    }
}
