import Allocator
import ClusterModel

/// What gangs have in common that are planned for alike: their queue, and what all of their pods ask for.
private struct PlanLikes: Hashable {
    let queue: Int
    let shape: ShapeID
}

/// A plan that came to nothing: those for gangs alike that need as much and are no more important do as well.
private struct PlanFailure {
    let priority: Int32
    /// How many places there were.
    let places: Int

    func rulesOut(_ priority: Int32, _ needed: Int) -> Bool { priority <= self.priority && needed > places }
}

/// The gangs with pods that may be asked to leave, as far as it takes to see at once that none would leave for another.
private struct Rivals {
    private let isReclaim: Bool
    /// By queue, the lowest priority of a gang with pods that may leave; `nil` for a queue without one.
    private var lowest: [Int32?]

    /// - Complexity: O(gangs + pods of those that run and of which none may leave).
    init(_ session: Session, isReclaim: Bool) {
        self.isReclaim = isReclaim
        lowest = Array(repeating: nil, count: session.queues.count)
        for job in session.jobs.indices where session.jobs[job].counts.allocated > 0 {
            guard session.jobs[job].origin != nil, session.jobs[job].mayBeBroken,
                let queue = session.jobs[job].queue,
                !isReclaim || session.queues[queue].queue.isReclaimable
            else { continue }
            let priority = session.jobs[job].priority
            if let known = lowest[queue], known <= priority { continue }
            if session.jobs[job].tasks.contains(where: { session.isEvictable($0) }) {
                lowest[queue] = priority
            }
        }
    }

    /// Whether there is a gang that might leave for this one, as things stand.
    func mayHelp(_ job: Int, _ session: Session) -> Bool {
        guard let queue = session.jobs[job].queue else { return false }
        if isReclaim {
            return lowest.indices.contains {
                lowest[$0] != nil && $0 != queue && session.points.mayGive($0, in: session)
            }
        }
        return lowest[queue].map { $0 < session.jobs[job].priority } ?? false
    }
}

extension Session {
    /// Lets pods of the same queue leave for more important gangs, or takes back from other queues, in plans that are
    /// proven before anybody leaves.
    func evictByPlan(_ reason: EvictionReason) {
        let isReclaim = reason == .reclaim || reason == .gangreclaim
        let comparesPods =
            reason == .preempt && CandidateLimits(configuration.actionArguments[.preempt]) != nil
        let candidates = cycleJobs.filter { !self.hasFailedPlan($0, reason) }
        if candidates.isEmpty { return }
        let rivals = Rivals(self, isReclaim: isReclaim)
        // Who starves is worth finding out only if somebody might leave for them.
        if !candidates.contains(where: { rivals.mayHelp($0, self) }) { return }
        let preemptors = preemptors(starvingJobs { !self.hasFailedPlan($0, reason) })
        var failedPlans: [PlanLikes: PlanFailure] = [:]
        defer { victimTable = nil }
        for queue in preemptors.queues {
            if isReclaim, points.isOverused(queue, in: self) { continue }
            var waiting = preemptors.heaps[queue] ?? PriorityHeap()
            while let job = waiting.pop(isBefore: { points.isJob($0, before: $1, in: self) }) {
                if !points.isStarving(job, in: self) || jobs[job].hasBlockedMinimum(in: self) { continue }
                if isWithoutTree(job) { continue }
                let priority = jobs[job].priority
                // What others may keep depends on the gang.
                let shape = reservations.isEmpty && jobs[job].topology == nil ? commonShape(of: job) : nil
                let likes = shape.map { PlanLikes(queue: queue, shape: $0) }
                let isRuledOut =
                    likes.flatMap { failedPlans[$0] }?.rulesOut(priority, membersNeeded(job)) ?? false
                if isRuledOut || !rivals.mayHelp(job, self) {
                    noteFailedPlan(job, reason)
                    continue
                }
                let freed = giveFree(for: job)
                defer { keep(freed) }
                let before = (jobs[job].failedAt, jobs[job].report, failures(of: job))
                let scope = EvictionPlan.Scope(
                    reason: reason, job: job, queue: queue, comparesPods: comparesPods)
                let known = victimTable.flatMap { $0.queue == queue && $0.priority == priority ? $0 : nil }
                let victims =
                    known ?? VictimTable(self, queue: queue, priority: priority, isReclaim: isReclaim)
                victimTable = victims
                var plan = EvictionPlan(scope, victims, in: self)
                if plan.carryOut(for: waitingTasks(of: job)) {
                    failedPlans.removeAll(keepingCapacity: true)
                    // Of pods beyond the minimum what was said before still holds.
                    restore(before.2, of: job)
                    continue
                }
                if let likes, jobs[job].spared == nil {
                    failedPlans[likes] = PlanFailure(priority: priority, places: plan.mostPlaces)
                }
                // Nothing has come of it: what was found out before still holds.
                noteFailedPlan(job, reason)
                (jobs[job].failedAt, jobs[job].report) = (before.0, before.1)
                restore(before.2, of: job)
            }
        }
    }

    /// Whether no plan was found for a gang in the state that the nodes are in.
    private func hasFailedPlan(_ job: Int, _ reason: EvictionReason) -> Bool {
        planRound.version == roomVersion && jobs[job].failedPlans.round == planRound.number
            && jobs[job].failedPlans.reasons.contains(reason.planReason)
    }

    private func noteFailedPlan(_ job: Int, _ reason: EvictionReason) {
        if planRound.version != roomVersion { planRound = (roomVersion, planRound.number + 1) }
        if jobs[job].failedPlans.round != planRound.number {
            jobs[job].failedPlans = FailedPlans(round: planRound.number)
        }
        jobs[job].failedPlans.reasons.insert(reason.planReason)
    }

    /// Whether a pod may be asked to leave, whoever asks.
    func isEvictable(_ task: Int) -> Bool {
        let status = tasks[task].status
        return (status == .running || status == .bound) && isPreemptable(task)
    }

    /// How many pods a gang could lose and still be one: beyond its minimum and those of its roles.
    func spareMembers(_ job: Int) -> Int {
        if jobs[job].leavesWhole { return 0 }
        let ready = jobs[job].counts.ready
        // A gang that is below its minimum already is no gang any more.
        if ready < jobs[job].minMember { return jobs[job].counts.allocated }
        return ready - max(jobs[job].minMember, jobs[job].roleMinimum)
    }

    // MARK: Who has left for whom

    /// For how many cycles a gang does not evict one that it was evicted for: five minutes of cycles a second apart.
    private static var cyclesOfPeace: Int { 300 }

    /// Whether pods of one gang were evicted for another of late: then they do not evict that one in turn.
    func wasEvicted(_ job: Int, for other: Int) -> Bool {
        guard let then = evictedFor[jobs[job].key]?[jobs[other].key] else { return false }
        if cycle - then >= Self.cyclesOfPeace { return false }
        jobs[job].spared = jobs[other].key
        return true
    }

    /// Remembers for whom pods have to leave.
    func noteEvictions(of victims: [Int], for job: Int) {
        for (key, gangs) in evictedFor {
            let recent = gangs.filter { cycle - $0.value < Self.cyclesOfPeace }
            evictedFor[key] = recent.isEmpty ? nil : recent
        }
        for victim in victims {
            guard let other = tasks[victim].job else { continue }
            evictedFor[jobs[other].key, default: [:]][jobs[job].key] = cycle
        }
    }
}

extension JobState {
    /// Whether pods that are needed for the minimum cannot be tried at all.
    func hasBlockedMinimum(in session: Session) -> Bool {
        let blocked = tasks.count { session.tasks[$0].status == .pending && session.isBlocked($0) }
        return counts.valid - blocked < minMember
    }
}

/// The actions that found no plan for a gang, in one state of the nodes.
struct FailedPlans: Sendable {
    /// Actions that plan.
    struct Reasons: OptionSet, Sendable {
        let rawValue: UInt8
    }

    /// The state of the nodes, as the session counts those in which plans have failed.
    var round: UInt32 = 0
    var reasons: Reasons = []
}

extension EvictionReason {
    fileprivate var planReason: FailedPlans.Reasons {
        switch self {
        case .preempt: FailedPlans.Reasons(rawValue: 1)
        case .reclaim: FailedPlans.Reasons(rawValue: 2)
        case .gangpreempt: FailedPlans.Reasons(rawValue: 4)
        case .gangreclaim: FailedPlans.Reasons(rawValue: 8)
        case .shuffle, .evict: []
        }
    }
}
