import ClusterModel

extension CycleReport {
    /// The phase that Volcano 1.5 would write when the cycle closes.
    ///
    /// Pods that have been given a place count at once, failed and leaving ones do not, and nothing is ever Completed.
    func phase15(of job: Int) -> PodGroup.Phase {
        let gang = session.jobs[job]
        let isRunning = gang.tasks.contains { session.tasks[$0].status == .running }
        let isUnschedulable =
            hasGang && !gang.tasks.isEmpty && !session.points.isReady(job, in: session)
        if isRunning, isUnschedulable { return .unknown }
        if gang.counts.ready >= gang.minMember { return .running }
        return gang.phase == .inqueue ? .inqueue : .pending
    }
}
