import ClusterModel

extension Session {
    /// Places pods that ask for no resources as Volcano 1.5 does: each on the first node that passes the filters.
    ///
    /// It goes through gangs and pods in no order, ours by name. As soon as a gang is ready, all of its pods that have a
    /// place are bound; those of a gang that is not keep theirs until the cycle is closed.
    func backfill15() {
        var waiting: [Int] = []
        for job in reportedJobs where jobs[job].phase != .pending && !jobs[job].isHopeless {
            if admitsTrying(job), jobs[job].counts.pendingBestEffort > 0 { waiting.append(job) }
        }
        for job in waiting.sorted(by: { jobs[$0].key < jobs[$1].key }) {
            let pods = jobs[job].tasks.filter { isWaiting($0) && tasks[$0].isBestEffort }
            for task in pods.sorted(by: { tasks[$0].key < tasks[$1].key }) {
                switch firstPlace15(for: task) {
                case .place(let placement):
                    place(task, placement)
                    held.insert(task)
                case .none(let refusals):
                    tasks[task].failure = .noNode(refusals: refusals)
                    continue
                }
                if points.isReady(job, in: self) { bindAllocated(job) }
            }
        }
    }

    /// Binds all pods of a gang that have a place of their own.
    private func bindAllocated(_ job: Int) {
        for task in jobs[job].tasks where tasks[task].status == .allocated {
            held.remove(task)
            commit(task)
        }
    }
}
