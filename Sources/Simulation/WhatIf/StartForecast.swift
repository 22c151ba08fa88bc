public import ClusterModel
import SchedulingLoop
public import SchedulingPolicy

/// When a job would start: the scheduler in virtual time, with the pods that run and all that wait.
///
/// Every pod that waits in the snapshot takes part, in the scheduler's own order; nothing new is submitted. So it is a forecast
/// of this queue and no more: whoever comes later may go first.
public struct StartForecast: Sendable {
    /// What is said of the start.
    public enum Answer: Equatable, Sendable {
        /// It runs already.
        case runs
        /// It starts so many milliseconds from now.
        case starts(Int64)
        /// It never starts, with nothing new in the cluster.
        case never
    }

    /// A job that waits and starts before.
    public struct Other: Equatable, Sendable {
        /// The gang, or the pod.
        public let key: ObjectKey
        /// When, in milliseconds from now.
        public let start: Int64
    }

    /// The gang, or the pod.
    public let key: ObjectKey
    /// When it starts.
    public let answer: Answer
    /// What holds it when nothing happens any more, the main cause first; empty unless it never starts.
    public let holds: [Hold]
    /// The jobs that wait now and start before it, in that order.
    public let ahead: [Other]
    /// How much longer pods run, and on what that rests.
    public let runTimes: ExpectedRunTimes
    /// The nodes on which the scheduler keeps places for it now, by name.
    public let reservedNodes: [String]
    /// How many pods that run had to leave for others until then.
    public let evictions: Int

    /// Runs the cluster until nothing happens any more.
    ///
    /// - Parameters:
    ///   - job: a gang, or a pod that is its own.
    ///   - assumed: milliseconds that a pod runs of which nobody says anything; `nil` for ever.
    /// - Returns: `nil` if the snapshot has no such job that is not over.
    /// - Throws: `ResourceOverflow` when amounts do not add up within 63 bits.
    public init?(
        of job: ObjectKey, in snapshot: ClusterSnapshot, _ surroundings: WhatIfRun.Surroundings,
        assuming assumed: Int64?
    ) throws(ResourceOverflow) {
        let now = surroundings.now.timestamp
        let first = try WhatIfRun(snapshot, surroundings)
        guard let place = first.jobs.first(where: { $0.key == job }) else { return nil }
        key = job
        runTimes = ExpectedRunTimes(snapshot, now: now, assuming: assumed)
        let group = first.result.podGroups.first { $0.key == job }
        reservedNodes = group?.reservedNodes ?? []
        if place.state == .runs {
            (answer, holds, ahead, evictions) = (.runs, [], [], 0)
            return
        }
        var plan = SimulationPlan()
        plan.name = "whatif"
        plan.start = surroundings.now
        plan.cluster = snapshot
        plan.remainingRunTimes = runTimes.remaining
        plan.configuration = surroundings.configuration
        plan.options = surroundings.options
        let outcome = try SimulationEngine.run(plan)
        evictions = outcome.evictions
        let starts = Starts(snapshot, outcome)
        if let start = starts.start(of: place) {
            answer = .starts(start)
            holds = []
            ahead = first.jobs.compactMap { other in
                guard other.key != job, other.state != .runs, other.state != .evicted,
                    let before = starts.start(of: other),
                    before < start
                else { return nil }
                return Other(key: other.key, start: before)
            }
            .sorted { $0.start == $1.start ? $0.key < $1.key : $0.start < $1.start }
            return
        }
        (answer, ahead) = (.never, [])
        var end = surroundings
        end.now = surroundings.now.advanced(by: outcome.duration)
        let last = try WhatIfRun(starts.end(snapshot, runTimes), end)
        holds = last.jobs.first { $0.key == job }.map { last.holds($0) } ?? []
    }
}

/// When jobs of a snapshot have started in a simulation of it.
private struct Starts {
    private let outcome: SimulationOutcome
    private let groups: [ObjectKey: PodGroup]
    private let pods: [ObjectKey: Pod]

    init(_ snapshot: ClusterSnapshot, _ outcome: SimulationOutcome) {
        self.outcome = outcome
        groups = Dictionary(
            snapshot.podGroups.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
        pods = Dictionary(snapshot.pods.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// When a job had its minimum, in all and of each role; `nil` if it never had.
    func start(of job: JobPlace) -> Int64? {
        guard let group = groups[job.key], job.isGang else { return time(of: job.pods, needed: 1) }
        let minimum = min(max(1, group.minMember), max(1, job.pods.count))
        guard var start = time(of: job.pods, needed: minimum) else { return nil }
        for role in group.minTaskMember where role.minimum > 0 {
            let members = job.pods.filter { pods[$0]?.role == role.role }
            guard let later = time(of: members, needed: role.minimum) else { return nil }
            start = max(start, later)
        }
        return start
    }

    /// When so many of some pods had started; those that ran at the beginning had at once.
    private func time(of pods: [ObjectKey], needed: Int) -> Int64? {
        let times = pods.compactMap { pod -> Int64? in
            outcome.residentStarts[pod]?.time ?? (self.pods[pod]?.nodeName == nil ? nil : 0)
        }
        return times.count >= needed ? times.sorted()[needed - 1] : nil
    }

    /// The cluster when nothing happens any more: what has an end has ended.
    func end(_ snapshot: ClusterSnapshot, _ runTimes: ExpectedRunTimes) -> ClusterSnapshot {
        var end = snapshot
        end.pods = snapshot.pods.compactMap { pod in
            var pod = pod
            let started = outcome.residentStarts[pod.key]
            guard started != nil || pod.nodeName != nil, !pod.isTerminal else { return pod }
            if runTimes.remaining[pod.key] != nil || pod.isTerminating { return nil }
            if let started {
                pod.nodeName = started.node
                pod.phase = .running
            }
            return pod
        }
        return end
    }
}
