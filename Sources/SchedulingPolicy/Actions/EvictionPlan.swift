import Allocator
import ClusterModel

/// Plans whom a gang needs to leave, so that what their leaving buys is placed in the same decision.
///
/// Ours, under `compatibility: gangwright`. Pods get places one by one: where there is room, or else on the node where the
/// fewest and least important pods have to leave. A gang that can spare pods loses those; one that cannot loses all of its
/// pods, so that none is left below its minimum. At the end whoever need not have left is let off. If the gang does not
/// come together nobody leaves.
struct EvictionPlan {
    /// Who may be asked to leave.
    struct Scope {
        let reason: EvictionReason
        /// The gang that needs places.
        let job: Int
        /// Its queue.
        let queue: Int
        /// Whether nodes are compared pod by pod: `enableTopologyAwarePreemption`.
        let comparesPods: Bool

        var isReclaim: Bool { reason == .reclaim || reason == .gangreclaim }
    }

    /// What a place on a node costs.
    private struct Offer {
        let node: Int
        let victims: [Int]
        /// The highest priority of a gang that loses pods.
        let priority: Int32
        /// What the pods are compared by instead, if the configuration says so.
        let cost: VictimCost?

        func isBetter(than other: Offer) -> Bool {
            if let cost, let otherCost = other.cost { return cost < otherCost }
            if priority != other.priority { return priority < other.priority }
            return victims.count < other.victims.count
        }
    }

    let session: Session
    let scope: Scope
    var statement = Statement()
    /// How many places were found before the plan came to nothing.
    private(set) var mostPlaces = 0
    /// True once someone has to leave so that the queue may take the pods.
    private var isBoundByQueue = false
    /// The only domain in which places are looked for; `nil` for everywhere.
    var domain: (tree: DomainTree, index: Int)?

    init(_ scope: Scope, in session: Session) {
        self.scope = scope
        self.session = session
    }

    /// Places the pods of a gang until it starves no more, and commits; undoes all if it does not come together.
    ///
    /// - Returns: whether the gang holds its places.
    mutating func carryOut(for tasks: [Int]) -> Bool {
        let confined = session.domainTurn(of: scope.job, pods: tasks)
        if let confined { placeInOneDomain(confined) } else { placeAnywhere(tasks) }
        mostPlaces = statement.placed.count
        guard !statement.isEmpty, session.points.isPipelined(scope.job, in: session) else {
            statement.rollback(in: session)
            return false
        }
        letOff()
        // What needs nobody to leave is for the other actions.
        if statement.victims.isEmpty {
            statement.rollback(in: session)
            return false
        }
        for task in statement.placed where session.tasks[task].status == .pipelined {
            session.nominate(task)
        }
        session.noteEvictions(of: statement.victims, for: scope.job)
        statement.commit(in: session)
        return true
    }

    private mutating func placeAnywhere(_ tasks: [Int]) {
        for task in tasks {
            if !session.points.isStarving(scope.job, in: session) { break }
            if exclusion(of: task) != nil { continue }
            if let node = findNode(for: task) {
                session.place(task, Placement(node: node, kind: .pipeline))
                statement.record(task, in: session)
            } else if !session.canContinueAfterFailure(scope.job) {
                break
            }
        }
    }

    /// Takes over what was found out while the gang was tried in domains.
    mutating func takeOver(_ other: EvictionPlan) { isBoundByQueue = other.isBoundByQueue }

    // MARK: One pod

    /// The node for a pod, once those have left who have to.
    mutating func findNode(for task: Int) -> Int? {
        guard let shape = session.tasks[task].shape else { return nil }
        let mayTake = session.points.isAllocatable(scope.queue, task, in: session)
        if mayTake, case .place(let placement) = findFreePlace(for: task) { return placement.node }
        let rules = session.points.nodeRules(for: task, in: session)
        session.allocator.prepare(shape)
        var candidates = session.allocator.nodes(meetingDemandsOf: shape)
        if let rules { candidates.removeAll { rules.refusal($0) != nil } }
        candidates.removeAll { session.allocator.isMarked($0, against: shape) }
        if let domain { candidates.removeAll { !domain.tree.isNode($0, within: domain.index) } }
        var best: Offer?
        for node in session.allocator.ranked(candidates, for: shape, adding: { rules?.points($0) }) {
            guard let offer = offer(on: node, for: task) else { continue }
            if best.map(offer.isBetter) ?? true { best = offer }
        }
        guard let best else { return nil }
        for victim in best.victims {
            statement.evict(victim, because: scope.reason, for: scope.job, in: session)
        }
        isBoundByQueue = isBoundByQueue || !mayTake
        return session.points.isAllocatable(scope.queue, task, in: session) ? best.node : nil
    }

    // MARK: Offers

    /// The fewest pods whose leaving makes room on a node; `nil` if there are none.
    private func offer(on node: Int, for task: Int) -> Offer? {
        let entry = session.nodes.entry(atIndex: node)
        let candidates = allowed(
            session.victimCandidates(on: entry, for: scope.queue, where: isRival), for: task)
        if candidates.isEmpty || !session.fits(task, on: node, with: session.sum(of: candidates)) {
            return nil
        }
        // Pods that their gang can spare first, the least important first.
        var spare: [Int: Int] = [:]
        var chosen: [Int] = []
        var broken: [Int] = []
        var isRoomy = session.fits(task, on: node)
        for victim in candidates where !isRoomy {
            guard let job = session.tasks[victim].job else { continue }
            let left = spare[job] ?? session.spareMembers(job)
            if left <= 0 { continue }
            spare[job] = left - 1
            chosen.append(victim)
            isRoomy = session.fits(task, on: node, with: session.sum(of: chosen))
        }
        // Then whole gangs.
        for victim in candidates where !isRoomy && !chosen.contains(victim) {
            guard let job = session.tasks[victim].job, !broken.contains(job),
                let members = wholeGang(job, for: task)
            else { continue }
            broken.append(job)
            chosen.removeAll { session.tasks[$0].job == job }
            chosen += members
            isRoomy = session.fits(task, on: node, with: session.sum(of: chosen.filter(isOn(entry))))
        }
        if !isRoomy { return nil }
        let needed = withoutSuperfluous(chosen, broken, on: node, entry, for: task)
        // Each was asked about with others; together they may be more than a budget lets go.
        if session.points.permitted(needed, in: session).count < needed.count { return nil }
        let priority = needed.compactMap { session.tasks[$0].job.map { session.jobs[$0].priority } }.max()
        let cost = scope.comparesPods ? VictimCost(of: needed, in: session) : nil
        return Offer(node: node, victims: needed, priority: priority ?? .min, cost: cost)
    }

    private func isOn(_ entry: Int) -> (Int) -> Bool { { session.tasks[$0].node == entry } }

    /// Leaves out pods whose places are not needed, the most important first; gangs that are broken leave whole or not.
    private func withoutSuperfluous(
        _ chosen: [Int], _ broken: [Int], on node: Int, _ entry: Int, for task: Int
    ) -> [Int] {
        var needed = chosen
        for job in broken.reversed() {
            let rest = needed.filter { session.tasks[$0].job != job }
            if session.fits(task, on: node, with: session.sum(of: rest.filter(isOn(entry)))) { needed = rest }
        }
        for victim in chosen.reversed() where needed.contains(victim) {
            guard let job = session.tasks[victim].job, !broken.contains(job) else { continue }
            let rest = needed.filter { $0 != victim }
            if session.fits(task, on: node, with: session.sum(of: rest.filter(isOn(entry)))) { needed = rest }
        }
        return needed
    }

    /// All pods of a gang that hold a place, if all of them may leave.
    private func wholeGang(_ job: Int, for task: Int) -> [Int]? {
        let members = session.jobs[job].tasks.filter { session.tasks[$0].status.isAllocated }
        let mayLeave = members.allSatisfy { isRival($0) }
        return mayLeave && allowed(members, for: task).count == members.count ? members : nil
    }

    /// Whether a pod is of those that the scope is about.
    func isRival(_ victim: Int) -> Bool {
        let status = session.tasks[victim].status
        guard status == .running || status == .bound, session.isPreemptable(victim),
            let job = session.tasks[victim].job, job != scope.job, session.jobs[job].mayBeBroken,
            !session.wasEvicted(scope.job, for: job)
        else { return false }
        if scope.isReclaim { return session.isReclaimable(victim, by: scope.queue) }
        return session.jobs[job].queue == scope.queue
            && session.jobs[job].priority < session.jobs[scope.job].priority
    }

    /// Those that no plugin speaks for.
    private func allowed(_ candidates: [Int], for task: Int) -> [Int] {
        if candidates.isEmpty { return [] }
        let points = session.points
        return scope.isReclaim
            ? points.reclaimable(for: task, among: candidates, in: session)
            : points.preemptable(for: task, among: candidates, in: session)
    }

    // MARK: Afterwards

    /// Takes evictions back that turned out not to be needed, the most important pods first, gangs whole.
    mutating func letOff() {
        let victims = statement.victims
        var gangs: [Int: [Int]] = [:]
        for victim in victims { gangs[session.tasks[victim].job ?? -1, default: []].append(victim) }
        for victim in victims.reversed() where session.tasks[victim].status == .releasing {
            guard let job = session.tasks[victim].job, let members = gangs[job], !members.isEmpty
            else { continue }
            // One that was below its minimum before is no gang that could be broken.
            let (ready, minimum) = (session.jobs[job].counts.ready, session.jobs[job].minMember)
            let left = members.count { session.tasks[$0].status == .releasing }
            let isBroken = ready < minimum && ready + left >= minimum
            gangs[job] = isBroken ? [] : members
            letOff(isBroken ? members : [victim])
        }
    }

    /// Takes the evictions of pods back, if there is room for all of them.
    private mutating func letOff(_ members: [Int]) {
        var restored: [Int] = []
        for member in members where session.tasks[member].status == .releasing {
            guard let entry = session.tasks[member].node, let node = session.nodes.entries[entry].index,
                session.fits(member, on: node)
            else { break }
            statement.takeBack(member, in: session)
            restored.append(member)
        }
        if restored.count == members.count, !isBoundByQueue || queueTakesAll { return }
        for member in restored {
            statement.evict(member, because: scope.reason, for: scope.job, in: session)
        }
    }

    /// Whether the queue may hold all that was placed, as things stand.
    private var queueTakesAll: Bool {
        statement.placed.allSatisfy { task in
            session.points.notify(task, .unplaced, in: session)
            session.charge(task, of: scope.job, sign: -1)
            let isTaken = session.points.isAllocatable(scope.queue, task, in: session)
            session.charge(task, of: scope.job, sign: 1)
            session.points.notify(task, .placed, in: session)
            return isTaken
        }
    }
}

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

/// The gangs that hold places, as far as it takes to see at once that none of them could leave for another.
private struct Rivals {
    private let isReclaim: Bool
    /// By queue, the lowest priority of a gang that holds places.
    private var lowest: [Int: Int32] = [:]

    init(_ session: Session, isReclaim: Bool) {
        self.isReclaim = isReclaim
        for job in session.jobs.indices where session.jobs[job].counts.allocated > 0 {
            guard session.jobs[job].origin != nil, let queue = session.jobs[job].queue,
                !isReclaim || session.queues[queue].queue.isReclaimable
            else { continue }
            lowest[queue] = min(lowest[queue] ?? .max, session.jobs[job].priority)
        }
    }

    /// Whether there is a gang that might leave for this one.
    func mayHelp(_ job: Int, _ session: Session) -> Bool {
        guard let queue = session.jobs[job].queue else { return false }
        if isReclaim { return lowest.keys.contains { $0 != queue } }
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
        let starving = starvingJobs { self.jobs[$0].planFailedAt[reason] != self.roomVersion }
        if starving.queues.isEmpty { return }
        let rivals = Rivals(self, isReclaim: isReclaim)
        var failedPlans: [PlanLikes: PlanFailure] = [:]
        for queue in starving.queues {
            if isReclaim, points.isOverused(queue, in: self) { continue }
            var waiting = starving.heaps[queue] ?? PriorityHeap()
            while let job = waiting.pop(isBefore: { points.isJob($0, before: $1, in: self) }) {
                if !points.isStarving(job, in: self) || jobs[job].hasBlockedMinimum(in: self) { continue }
                if isWithoutTree(job) { continue }
                // What others may keep depends on the gang.
                let shape = reservations.isEmpty && !jobs[job].hasTopology ? commonShape(of: job) : nil
                let likes = shape.map { PlanLikes(queue: queue, shape: $0) }
                let isRuledOut =
                    likes.flatMap { failedPlans[$0] }?.rulesOut(jobs[job].priority, membersNeeded(job))
                    ?? false
                if isRuledOut || !rivals.mayHelp(job, self) {
                    jobs[job].planFailedAt[reason] = roomVersion
                    continue
                }
                let freed = giveFree(for: job)
                defer { keep(freed) }
                let before = (jobs[job].failedAt, jobs[job].report, failures(of: job))
                let scope = EvictionPlan.Scope(
                    reason: reason, job: job, queue: queue, comparesPods: comparesPods)
                var plan = EvictionPlan(scope, in: self)
                if plan.carryOut(for: starving.tasks(of: job)) {
                    failedPlans.removeAll(keepingCapacity: true)
                    // Of pods beyond the minimum what was said before still holds.
                    restore(before.2, of: job)
                    continue
                }
                if let likes, jobs[job].spared == nil {
                    failedPlans[likes] = PlanFailure(priority: jobs[job].priority, places: plan.mostPlaces)
                }
                // Nothing has come of it: what was found out before still holds.
                jobs[job].planFailedAt[reason] = roomVersion
                (jobs[job].failedAt, jobs[job].report) = (before.0, before.1)
                restore(before.2, of: job)
            }
        }
    }

    /// How many pods a gang could lose and still be one: beyond its minimum and those of its roles.
    func spareMembers(_ job: Int) -> Int {
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
