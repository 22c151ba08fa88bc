import ClusterModel

extension Session {
    /// Places pods that ask for no resources: they need a node that takes them and a free slot, nothing else.
    ///
    /// Source: Volcano's `backfill`. It binds what it has placed as soon as the gang is ready, and counts pods of this
    /// kind that still wait as members, so that a gang may be bound in part. Ours undoes what does not make a gang.
    func backfill(_ points: ExtensionPoints) {
        forEachJob(points, where: { $0.phase != .pending }) { session, job in
            guard session.admitsTrying(job, points) else { return .done }
            let waiting = session.jobs[job].tasks.filter { task in
                session.isWaiting(task) && session.tasks[task].isBestEffort
            }
            var statement = Statement()
            for task in waiting.sorted(by: { points.isTask($0, before: $1, in: session) }) {
                switch session.findPlace(for: task) {
                case .success(let placement):
                    session.place(task, placement)
                    statement.record(task)
                case .failure(let noPlace):
                    session.tasks[task].failure = .noNode(noPlace.refusals)
                }
                if session.compatibility == .volcano, points.isReady(job, in: session) {
                    statement.commit(in: session)
                }
            }
            if points.isReady(job, in: session) {
                statement.commit(in: session)
            } else if session.compatibility == .gangwright {
                statement.rollback(in: session)
            }
            return .done
        }
    }
}
