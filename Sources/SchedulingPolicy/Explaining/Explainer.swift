import Allocator
public import ClusterModel

/// Says of the jobs that wait what holds them, and finds the smallest changes that would let each of them run.
///
/// ```swift
/// let explainer = try Explainer(snapshot: snapshot, configuration: .default)
/// for job in explainer.waitingJobs { print(explainer.explain(job)) }
/// ```
///
/// No change is reported that has not been tried: a session is made from the snapshot, the change is applied to it, a
/// cycle is run, and the job has its place. Where to look is read off the books of one session that is kept, which costs
/// little; each trial costs what loading the snapshot costs. It is no part of a cycle.
public final class Explainer {
    /// A job that waits.
    public struct Job: Sendable {
        /// The gang, or the pod.
        public let key: ObjectKey
        /// True for a gang, false for a pod that is its own, or that its gang does without.
        public let isGang: Bool
    }

    /// What a trial has shown.
    enum Outcome: Equatable {
        case waits
        /// The job has its place: so many pods have to leave for it first, and jobs that had a place have none.
        case runs(evictions: Int, displaced: [ObjectKey])
    }

    let snapshot: ClusterSnapshot
    let configuration: SchedulerConfiguration
    private let options: SessionOptions
    private let now: Timestamp?
    /// The snapshot after a cycle.
    let session: Session
    private let result: CycleResult
    private let holds: HoldReader

    /// The trials that are left for the job that is being explained.
    private(set) var trialsLeft = 0
    /// True once a trial was wanted that there was none left for.
    private(set) var isCutOff = false

    private(set) lazy var nodes = Dictionary(uniqueKeysWithValues: snapshot.nodes.map { ($0.name, $0) })
    private(set) lazy var pods = Dictionary(uniqueKeysWithValues: snapshot.pods.map { ($0.key, $0) })
    private lazy var groups = Dictionary(uniqueKeysWithValues: result.podGroups.map { ($0.key, $0) })
    private lazy var pending = Dictionary(uniqueKeysWithValues: result.pending.map { ($0.pod, $0) })

    /// Runs a cycle over a snapshot.
    ///
    /// - Throws: `ResourceOverflow` when amounts do not add up within 63 bits.
    public init(
        snapshot: ClusterSnapshot, configuration: SchedulerConfiguration,
        options: SessionOptions = SessionOptions(), now: Timestamp? = nil
    ) throws(ResourceOverflow) {
        self.snapshot = snapshot
        self.configuration = configuration
        self.options = options
        self.now = now
        session = try Session(snapshot: snapshot, configuration: configuration, options: options)
        result = session.runCycle(now: now)
        holds = HoldReader(session)
    }

    /// The jobs that wait, in the order in which the cycle reports them: gangs, then pods without one.
    public var waitingJobs: [Job] {
        result.podGroups.filter { $0.reason != nil }.map { Job(key: $0.key, isGang: true) }
            + result.pending.filter { $0.podGroup == nil }.map { Job(key: $0.pod, isGang: false) }
    }

    /// The job that a pod waits with: its gang if that waits, else the pod itself; `nil` for a pod that does not wait.
    public func job(ofPod key: ObjectKey) -> Job? {
        guard let entry = pending[key] else { return nil }
        if let gang = entry.podGroup, groups[gang]?.reason != nil { return Job(key: gang, isGang: true) }
        return Job(key: key, isGang: false)
    }

    /// A gang that waits; `nil` for one that does not.
    public func job(ofGang key: ObjectKey) -> Job? {
        groups[key]?.reason == nil ? nil : Job(key: key, isGang: true)
    }

    /// What holds a job, and what would let it run; `nil` for one that does not wait.
    ///
    /// - Parameter trials: The most cycles to run.
    /// - Complexity: O(trials × loading the snapshot).
    public func explain(_ job: Job, trials: Int) -> JobExplanation? {
        guard var explanation = explanation(of: job) else { return nil }
        trialsLeft = max(0, trials)
        isCutOff = false
        explanation.remedies = remedies(for: job, explanation.holds)
        explanation.trials = max(0, trials) - trialsLeft
        explanation.isCutOff = isCutOff
        return explanation
    }

    private func explanation(of job: Job) -> JobExplanation? {
        if job.isGang {
            guard let group = groups[job.key], let reason = group.reason else { return nil }
            return JobExplanation(
                key: job.key, isGang: true, queue: group.queue, reason: reason, message: group.message,
                holds: holds.holds(group))
        }
        guard let entry = pending[job.key] else { return nil }
        let gang = session.findTask(job.key).flatMap { session.tasks[$0].job }
        return JobExplanation(
            key: job.key, isGang: false, queue: gang.map { session.jobs[$0].queueName } ?? "",
            reason: entry.reason, message: entry.message, holds: holds.holds(entry))
    }

    /// What a job that waits is in the session: its gang, and the pods of it that must find a place.
    func needed(_ job: Job) -> (index: Int, tasks: [Int])? {
        if job.isGang {
            guard let index = session.jobIDs[job.key] else { return nil }
            return (index, session.neededTasks(of: index, among: session.jobs[index].tasks))
        }
        guard let task = session.findTask(job.key), let index = session.tasks[task].job else { return nil }
        return (index, [task])
    }

    // MARK: Trials

    /// Runs a cycle over the snapshot with changes; `waits` if no trial is left.
    func attempt(_ changes: [ClusterChange], for job: Job) -> Outcome {
        guard trialsLeft > 0 else {
            isCutOff = true
            return .waits
        }
        trialsLeft -= 1
        guard let trial = try? Session(snapshot: snapshot, configuration: configuration, options: options)
        else { return .waits }
        for change in changes {
            // A change that does not add up within 63 bits is none that helps.
            do { try trial.apply(change) } catch { return .waits }
        }
        let result = trial.runCycle(now: now)
        guard hasPlace(job, result, trial) else { return .waits }
        return .runs(
            evictions: result.evictions.count { $0.preemptor == job.key }, displaced: displaced(by: result))
    }

    /// Whether all that a job needs has a place, or is promised one.
    private func hasPlace(_ job: Job, _ result: CycleResult, _ trial: Session) -> Bool {
        if !job.isGang {
            return result.binds.contains { $0.pod == job.key }
                || result.pipelined.contains { $0.pod == job.key && $0.waitsFor != .gang }
        }
        guard let group = result.podGroups.first(where: { $0.key == job.key }) else { return false }
        if group.reason == nil { return true }
        // Its pods are made once it is admitted.
        if group.pods == 0, groups[job.key]?.reason == .notEnqueued { return group.phase == .inqueue }
        guard group.reason == .gangNotReady, group.placed > 0, let index = trial.jobIDs[job.key] else {
            return false
        }
        return trial.membersNeeded(index) == 0
    }

    /// The jobs that have their place after the cycle that is explained and do not have it after another.
    private func displaced(by result: CycleResult) -> [ObjectKey] {
        let gangs = result.podGroups.filter { $0.reason != nil && groups[$0.key]?.reason == nil }
        let pods = result.pending.filter { $0.podGroup == nil && pending[$0.pod] == nil }
        return gangs.map(\.key) + pods.map(\.pod)
    }

    /// Notes that something was left out of the search.
    func noteCutOff() { isCutOff = true }

    /// A remedy, if the job runs with it.
    func proven(_ kind: Remedy.Kind, _ changes: [ClusterChange], size: Int = 1, for job: Job) -> Remedy? {
        guard case .runs(let evictions, let displaced) = attempt(changes, for: job) else { return nil }
        return Remedy(
            kind: kind, changes: changes, evictions: evictions, displaced: displaced, size: size)
    }

    /// The remedy of the smallest number of a range, if more is never worse; `nil` if none of those looked at helps.
    ///
    /// Looks at the lower end first, then at twice the distance each time, then between the last two.
    func smallest(_ range: ClosedRange<Int>, _ remedy: (Int) -> Remedy?) -> Remedy? {
        var tooLittle = range.lowerBound - 1
        var step = 0
        while true {
            let number = min(range.lowerBound + step, range.upperBound)
            if let found = remedy(number) {
                return smallest(between: tooLittle, and: number, found, remedy)
            }
            if number == range.upperBound || trialsLeft == 0 { return nil }
            tooLittle = number
            step = max(1, step * 2)
        }
    }

    private func smallest(
        between tooLittle: Int, and enough: Int, _ found: Remedy, _ remedy: (Int) -> Remedy?
    ) -> Remedy {
        var (low, high, best) = (tooLittle, enough, found)
        while high - low > 1 {
            let middle = low + (high - low) / 2
            if let found = remedy(middle) { (high, best) = (middle, found) } else { low = middle }
        }
        return best
    }

    // MARK: The search

    /// What would let a job run: for each cause what could remove it, cheap searches first.
    private func remedies(for job: Job, _ holds: [Hold]) -> [Remedy] {
        guard let (index, tasks) = needed(job), !holds.contains(.releasing) else { return [] }
        var found: [Remedy] = []
        let kinds = Set(holds.map(\.kind))
        for hold in holds {
            switch hold {
            case .gate: found += gateRemedies(job)
            case .queueState(let queue, let state): found += queueStateRemedies(queue, state, job)
            case .queueShare(let share): found += shareRemedies(share, job, index, tasks)
            case .quota: found += quotaRemedies(job, index)
            case .reservation(let kept) where kept.keptFor != job.key:
                found += departureRemedies(kept.keptFor, job)
            default: break
            }
        }
        if !kinds.isDisjoint(with: [
            .resource, .constraint, .reservation, .gangMinimum, .queueShare, .admission,
        ]) {
            found += minimumRemedies(job, index)
        }
        let isShort = !kinds.isDisjoint(with: [.resource, .constraint, .reservation])
        if isShort {
            found += additionRemedies(job, index, tasks)
            found += deservedRemedies(job, index, tasks)
            found += constraintRemedies(job, holds, tasks)
        }
        if isShort || kinds.contains(.queueShare) || kinds.contains(.admission) {
            found += endingRemedies(job, index, tasks, isShort: isShort)
            found += nodeRemedies(job, index, tasks)
        }
        return found.enumerated()
            .sorted { left, right in
                let (first, second) = (left.element, right.element)
                return (first.displaced.count, first.size, first.rank, left.offset)
                    < (second.displaced.count, second.size, second.rank, right.offset)
            }
            .map(\.element)
    }
}
