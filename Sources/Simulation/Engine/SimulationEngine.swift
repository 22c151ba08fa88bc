public import ClusterModel
import SchedulingLoop

/// Runs a plan: the scheduler's own loop, told of a cluster that exists only in virtual time.
///
/// ```swift
/// let outcome = try SimulationEngine.run(plan)
/// outcome.jobs[0].started   // milliseconds since the start
/// ```
///
/// Nothing here decides where a pod goes: that is the loop's, with the cycles that `gangwright run` would run. Cycles that cannot
/// decide anything, because nothing has changed since one that decided nothing, are left out. What a controller, a
/// kubelet and an API server would do is done here, after the plan's delays.
///
/// - Complexity: O(events × log running jobs) beside what the scheduler's cycles take; memory follows what is submitted and has not
///   ended, and keeps one outcome a job.
public struct SimulationEngine {
    /// Runs a plan to its end.
    ///
    /// - Parameter progress: Told now and then how far the run is, some hundred times in all.
    /// - Throws: `ResourceOverflow` when amounts do not add up within 63 bits.
    public static func run(
        _ plan: SimulationPlan, progress: ((Progress) -> Void)? = nil
    ) throws(ResourceOverflow) -> SimulationOutcome {
        let cluster = try SimulatedCluster(plan)
        cluster.onProgress = progress
        return try cluster.run()
    }

    /// How far a run is.
    public struct Progress: Sendable, Equatable {
        /// Virtual time since the start, in milliseconds.
        public var time: Int64
        /// How long the run lasts in virtual time; `nil` until all jobs have ended.
        public var duration: Int64?
        /// Jobs that have been submitted.
        public var submitted: Int
        /// All jobs of the plan.
        public var jobs: Int

        /// A run that is so far.
        public init(time: Int64, duration: Int64?, submitted: Int, jobs: Int) {
            (self.time, self.duration, self.submitted, self.jobs) = (time, duration, submitted, jobs)
        }

        /// Which part of the run is over, from 0 to 1: of its time, or of its jobs where the end is not known.
        public var part: Double {
            if let duration { return duration == 0 ? 1 : min(1, Double(time) / Double(duration)) }
            return jobs == 0 ? 1 : Double(submitted) / Double(jobs)
        }
    }
}

extension SimulatedCluster {
    /// What can happen next; of things at the same time the first comes first.
    private enum Source {
        case planned, end, bound, start, leaving, recreation, submission, picture, residentEnd, cycle
    }

    func run() throws(ResourceOverflow) -> SimulationOutcome {
        let end = plan.duration ?? .max
        while let (source, time) = next(), time <= end {
            if isOver(source) { break }
            pass(to: time)
            try take(source)
        }
        return finish(at: plan.duration ?? now)
    }

    /// Whether nothing but cycles for their own sake is left: a rule that asks for one again and again decides nothing new.
    private func isOver(_ source: Source) -> Bool {
        guard source == .cycle, plan.duration == nil, idleCycles >= Self.mostIdleCycles else { return false }
        return nextEvent() == nil
    }

    private static let mostIdleCycles = 1_000

    private func next() -> (Source, Int64)? {
        var event = nextEvent()
        // Pods of a job that start in the same moment foresee its end together.
        if !touched.isEmpty, event?.1 ?? .max > now {
            foreseeEnds()
            event = nextEvent()
        }
        guard let due = nextCycle(), due < event?.1 ?? .max else { return event }
        return (.cycle, due)
    }

    private func nextEvent() -> (Source, Int64)? {
        var first: (Source, Int64)?
        func consider(_ source: Source, _ time: Int64?) {
            if let time, time < first?.1 ?? .max { first = (source, time) }
        }
        if nextPlanned < plan.events.count { consider(.planned, plan.events[nextPlanned].time) }
        consider(.end, ends.nextTime)
        consider(.residentEnd, residentEnds.nextTime)
        consider(.bound, bindings.nextTime)
        consider(.start, starts.nextTime)
        consider(.leaving, departures.nextTime)
        consider(.recreation, recreations.nextTime)
        if nextJob < plan.jobs.count { consider(.submission, plan.jobs[nextJob].submitted) }
        if nextPicture < pictureTimes.count { consider(.picture, pictureTimes[nextPicture]) }
        return first
    }

    private func take(_ source: Source) throws(ResourceOverflow) {
        switch source {
        case .cycle: return try runCycle()
        case .picture:
            outcome.pictures.append(nodes.picture(at: pictureTimes[nextPicture]))
            nextPicture += 1
            return
        case .planned:
            nextPlanned += 1
            try take(plan.events[nextPlanned - 1].event)
        case .submission:
            nextJob += 1
            try submit(nextJob - 1)
        case .end:
            let (job, generation) = ends.removeFirst()
            try end(Int(job), generation)
        case .residentEnd:
            let (pod, generation) = residentEnds.removeFirst()
            try endResident(Int(pod), generation)
        case .bound: try confirm(bindings.removeFirst())
        case .start: try start(starts.removeFirst())
        case .leaving: try depart(departures.removeFirst())
        case .recreation: try recreate(recreations.removeFirst())
        }
        outcome.events += 1
    }
}
