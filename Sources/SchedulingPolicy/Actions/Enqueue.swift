import ClusterModel

extension Session {
    /// Admits pod groups, queue by queue: the phase Pending becomes Inqueue.
    ///
    /// Source: Volcano's `enqueue`. A group that asks for no minimum resources is always admitted. One that is rejected is
    /// passed over, and the next of its queue is asked.
    func enqueue() {
        forEachJob(where: { self.jobs[$0].phase == .pending }) { job in
            if jobs[job].hasMinResources, let reason = points.enqueueRejection(of: job, in: self) {
                jobs[job].refusal = .notEnqueued(message: reason)
                return .done
            }
            touch(job)
            points.admit(job, in: self)
            jobs[job].phase = .inqueue
            return .done
        }
    }
}
