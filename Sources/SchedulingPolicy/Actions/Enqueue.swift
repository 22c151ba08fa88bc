import ClusterModel

extension Session {
    /// Admits pod groups, queue by queue: the phase Pending becomes Inqueue.
    ///
    /// Source: Volcano's `enqueue`. A group that asks for no minimum resources is always admitted. One that is rejected is
    /// passed over, and the next of its queue is asked.
    func enqueue(_ points: ExtensionPoints) {
        forEachJob(points, where: { $0.phase == .pending }) { session, job in
            if session.jobs[job].minResources != nil,
                let reason = points.enqueueRejection(of: job, in: session)
            {
                session.jobs[job].refusal = .notEnqueued(message: reason)
                return .done
            }
            points.admit(job, in: session)
            session.jobs[job].phase = .inqueue
            return .done
        }
    }
}
