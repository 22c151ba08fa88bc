import Allocator
import ClusterModel

extension Session {
    /// Places gangs: each whole, or not at all.
    ///
    /// Source: Volcano's `allocate`. A turn tries the gang's pods in order until it is ready; what it placed is bound if
    /// the gang is ready, held to the cycle's end if enough of it is promised a place, and undone otherwise. Pods beyond
    /// the minimum are placed one a turn.
    func allocate(_ points: ExtensionPoints, cachesRoleFailures: Bool, flipsPending: Bool) {
        prepareWorksheets(points, flipsPending: flipsPending)
        forEachJob(
            points, where: { !$0.worksheet.isEmpty },
            skipping: { session, queue in points.isOverused(queue, in: session) }
        ) { session, job in
            var statement = Statement()
            session.allocate(job, points, &statement, cachesRoleFailures: cachesRoleFailures)
            let isReady = points.isReady(job, in: session)
            if !isReady, !points.isPipelined(job, in: session) {
                statement.rollback(in: session)
                return .done
            }
            if !isReady { return .done }
            statement.commit(in: session)
            return session.jobs[job].worksheet.isEmpty ? .done : .again
        }
        noteOverusedQueues(points)
    }

    /// Tries a gang's pods until it is ready or nothing is left to try.
    private func allocate(
        _ job: Int, _ points: ExtensionPoints, _ statement: inout Statement, cachesRoleFailures: Bool
    ) {
        guard let queue = jobs[job].queue else { return }
        jobs[job].wasTried = true
        while let task = jobs[job].worksheet.popFirst() {
            if !points.isAllocatable(queue, task, in: self) {
                tasks[task].failure = queueShareFailure(of: task)
                continue
            }
            let role = tasks[task].role
            if cachesRoleFailures, jobs[job].roles[role].hasFailed, !jobs[job].roles[role].name.isEmpty {
                tasks[task].failure = .roleFailed
                continue
            }
            switch findPlace(for: task) {
            case .success(let placement):
                place(task, placement)
                statement.record(task)
                if points.isReady(job, in: self) { return }
            case .failure(let noPlace):
                tasks[task].failure = .noNode(noPlace.refusals)
                jobs[job].roles[role].hasFailed = true
                if !canContinueAfterFailure(job) { return }
            }
        }
    }

    /// Why a pod that its queue may not take is not placed: a node may be lacking as well, and that says more.
    private func queueShareFailure(of task: Int) -> TaskFailure {
        let job = tasks[task].job
        if jobs[job].hasQueueShareFailure { return .queueShare }
        jobs[job].hasQueueShareFailure = true
        if case .failure(let noPlace) = findPlace(for: task) { return .noNode(noPlace.refusals) }
        return .queueShare
    }

    /// Lists the pods that each gang will try, best first.
    private func prepareWorksheets(_ points: ExtensionPoints, flipsPending: Bool) {
        for job in jobs.indices where jobs[job].queue != nil && !jobs[job].isHopeless {
            if jobs[job].phase == .pending {
                if !flipsPending { continue }
                jobs[job].phase = .inqueue
            }
            if !admitsTrying(job, points) { continue }
            // Volcano leaves pods that ask for nothing to backfill and counts them as placed. Ours places a gang whole.
            let needed = max(jobs[job].minMember, jobs[job].roleMinimum)
            let withBestEffort = compatibility == .gangwright && needed > 1
            jobs[job].worksheet = ArraySlice(
                jobs[job].tasks
                    .filter { isWaiting($0) && (withBestEffort || !tasks[$0].isBestEffort) }
                    .sorted { points.isTask($0, before: $1, in: self) })
        }
    }

    /// True for a pod that waits and may be tried.
    func isWaiting(_ task: Int) -> Bool { tasks[task].status == .pending && tasks[task].block == nil }

    /// A queue that has had its share is passed over with all that waits in it.
    private func noteOverusedQueues(_ points: ExtensionPoints) {
        for job in jobs.indices where !jobs[job].wasTried && !jobs[job].worksheet.isEmpty {
            guard let queue = jobs[job].queue, points.isOverused(queue, in: self) else { continue }
            jobs[job].refusal = .queueOverused
        }
    }
}
