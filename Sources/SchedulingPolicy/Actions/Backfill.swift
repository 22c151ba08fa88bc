import Allocator
import ClusterModel

extension Session {
    /// Places pods that ask for no resources: they need a node that takes them and a free slot, nothing else.
    ///
    /// Source: Volcano's `backfill`. It binds what it has placed as soon as the gang is ready, and counts pods of this
    /// kind that still wait as members, so that a gang may be bound in part. Ours undoes what does not make a gang.
    func backfill() {
        for job in reportedJobs where jobs[job].phase != .pending && !jobs[job].isHopeless {
            _ = admitsTrying(job)
        }
        if compatibility.isVolcano { takeBackPromises() }
        var statement = Statement()
        var inOrder: [Int] = []
        forEachJob(where: { self.jobs[$0].phase != .pending && self.jobs[$0].counts.pendingBestEffort > 0 }) {
            job in
            // Volcano puts all pods in order before it places the first.
            if compatibility.isVolcano { inOrder.append(job) } else { backfill(job, &statement) }
            return .done
        }
        for job in inOrder { backfill(job, &statement) }
    }

    private func backfill(_ job: Int, _ statement: inout Statement) {
        guard admitsTrying(job) else { return }
        let waiting = jobs[job].tasks.filter { isWaiting($0) && tasks[$0].isBestEffort }
        for task in waiting.sorted(by: { points.isTask($0, before: $1, in: self) }) {
            switch findPlaceWithinWish(for: task) {
            case .place(let placement) where placement.kind == .allocate:
                place(task, placement)
                statement.record(task, in: self)
            case .place:
                // Volcano binds it to the slot of a pod that has just been evicted and is still there.
                tasks[task].failure = .noNode(refusals: number([:]))
            case .none(let refusals):
                tasks[task].failure = .noNode(refusals: refusals)
            }
            if compatibility.isVolcano, points.isReady(job, in: self) { statement.commit(in: self) }
        }
        if points.isReady(job, in: self) {
            statement.commit(in: self)
        } else if compatibility == .gangwright {
            statement.rollback(in: self)
        } else {
            statement.hold(in: self)
        }
    }

    /// What an earlier action has promised to pods that ask for nothing ends: they are placed at once. A gang that cannot come
    /// together, since others have evicted of it, is not looked at.
    private func takeBackPromises() {
        for task in held.sorted() where tasks[task].status == .pipelined && tasks[task].isBestEffort {
            guard let job = tasks[task].job, points.invalidity(of: job, in: self) == nil else { continue }
            held.remove(task)
            unplace(task, because: nil)
        }
    }
}
