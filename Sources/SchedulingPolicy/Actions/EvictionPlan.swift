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
        let cost: EvictionCost
        /// What the pods are compared by instead, if the configuration says so.
        let podCost: VictimCost?

        func isBetter(than other: Offer) -> Bool {
            if let podCost, let otherCost = other.podCost { return podCost < otherCost }
            return cost.isBetter(than: other.cost)
        }
    }

    let session: Session
    let scope: Scope
    /// Who may leave on each node, as the plan leaves it.
    let table: VictimTable
    /// Whether the gang has lost pods to others, which it may have to spare.
    private let hasLostPods: Bool
    /// By gang that was asked about, whether it is spared.
    private var spared: [Int: Bool] = [:]
    var statement = Statement()
    /// The gangs that were looked at as a whole since anybody was last told to leave: their pods, none if they stay.
    private var wholeGangs: [Int: [Int]] = [:]
    /// How many places were found before the plan came to nothing.
    private(set) var mostPlaces = 0
    /// True once someone has to leave so that the queue may take the pods.
    private var isBoundByQueue = false
    /// The only domain in which places are looked for; `nil` for everywhere.
    var domain: (tree: DomainTree, index: Int)?

    init(_ scope: Scope, _ table: VictimTable, in session: Session) {
        self.scope = scope
        self.session = session
        self.table = table
        hasLostPods = session.evictedFor[session.jobs[scope.job].key] != nil
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
        // What needs nobody to leave is for the other actions; what the next cycle would choose otherwise is for none.
        if statement.victims.isEmpty || !session.renewPromises(besides: statement.placed) {
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
        wholeGangs.removeAll(keepingCapacity: true)
        if scope.isReclaim { table.noteGivers() }
        guard let best = bestOffer(for: task, shape) else { return nil }
        for victim in best.victims {
            statement.evict(victim, because: scope.reason, for: scope.job, in: session)
        }
        isBoundByQueue = isBoundByQueue || !mayTake
        return session.points.isAllocatable(scope.queue, task, in: session) ? best.node : nil
    }

    // MARK: Offers

    /// The cheapest place for a pod; of equal ones the one on the node with the highest score.
    private mutating func bestOffer(for task: Int, _ shape: ShapeID) -> Offer? {
        var candidates = table.nodes(for: shape)
        let rules = session.points.nodeRules(for: task, in: session)
        session.allocator.prepare(shape)
        if let rules { candidates.removeAll { rules.refusal($0, looksAtRoom: false) != nil } }
        candidates.removeAll { session.allocator.isMarked($0, against: shape) }
        if let domain { candidates.removeAll { !domain.tree.isNode($0, within: domain.index) } }
        // A gang that spares others says nothing of those that do not: that is noted whatever comes of it.
        if hasLostPods, session.jobs[scope.job].spared == nil {
            for node in candidates { table.forEachGang(on: node) { _ = isSpared($0) } }
        }
        // Mostly there is no room to be made, and nothing to be ranked.
        if !candidates.contains(where: { table.leastCost(of: task, on: $0) != nil }) { return nil }
        var best: Offer?
        for node in session.allocator.ranked(candidates, for: shape, adding: { rules?.points($0) }) {
            // Pods compared one by one are not to be compared by their number before.
            let known = scope.comparesPods ? nil : best?.cost
            guard isPromising(node, for: task, known), let offer = offer(on: node, for: task) else {
                continue
            }
            if best.map(offer.isBetter) ?? true { best = offer }
        }
        return best
    }

    /// Whether a node might offer something better than what is known.
    private func isPromising(_ node: Int, for task: Int, _ best: EvictionCost?) -> Bool {
        guard var least = table.leastCost(of: task, on: node) else { return false }
        guard let best else { return true }
        if least.priority == best.priority, least.victims > 0, least.victims < best.victims {
            least.victims = max(least.victims, table.fewestVictims(on: node, upTo: best.priority))
        }
        return least.isBetter(than: best)
    }

    /// The fewest pods whose leaving makes room on a node; `nil` if there are none.
    private mutating func offer(on node: Int, for task: Int) -> Offer? {
        let entry = session.nodes.entry(atIndex: node)
        let candidates = allowed(
            session.victimCandidates(on: entry, for: scope.queue) { isRival($0) }, for: task)
        if candidates.isEmpty
            || !session.fits(task, on: node, without: candidates, freeing: session.sum(of: candidates))
        {
            return nil
        }
        // Pods that their gang can spare first, the least important first.
        var spare: [Int: Int] = [:]
        var chosen: [Int] = []
        var broken: [Int] = []
        var freed = session.sum(of: [])
        var isRoomy = session.fits(task, on: node, without: [], freeing: freed)
        for victim in candidates where !isRoomy {
            guard let job = session.tasks[victim].job else { continue }
            let left = spare[job] ?? session.spareMembers(job)
            if left <= 0 { continue }
            spare[job] = left - 1
            chosen.append(victim)
            session.change(&freed, by: victim, sign: 1)
            isRoomy = session.fits(task, on: node, without: chosen, freeing: freed)
        }
        // Then whole gangs.
        for victim in candidates where !isRoomy && !chosen.contains(victim) {
            guard let job = session.tasks[victim].job, !broken.contains(job) else { continue }
            let members = wholeGang(job, for: task)
            if members.isEmpty { continue }
            broken.append(job)
            chosen.removeAll { session.tasks[$0].job == job }
            chosen += members
            let there = chosen.filter { session.tasks[$0].node == entry }
            freed = session.sum(of: there)
            isRoomy = session.fits(task, on: node, without: there, freeing: freed)
        }
        if !isRoomy { return nil }
        var needed = withoutSuperfluous(chosen, broken, on: node, freed, for: task)
        if needed.count > 1, session.looksInsideNodes(task) {
            needed = fewerVictims(than: needed, among: candidates, on: node, for: task) ?? needed
        }
        // Each was asked about with others; together they may be more than a budget lets go.
        if session.points.permitted(needed, in: session).count < needed.count { return nil }
        let priority = needed.compactMap { session.tasks[$0].job.map { session.jobs[$0].priority } }.max()
        return Offer(
            node: node, victims: needed,
            cost: EvictionCost(priority: priority ?? .min, victims: needed.count),
            podCost: scope.comparesPods ? VictimCost(of: needed, in: session) : nil)
    }

    /// A pod that can be spared, or a gang, that makes room alone, where several have been found that are no less important.
    ///
    /// What lies together may be one pod's, far down in the order.
    private mutating func fewerVictims(
        than known: [Int], among candidates: [Int], on node: Int, for task: Int
    ) -> [Int]? {
        let entry = session.nodes.entry(atIndex: node)
        let priority = known.compactMap { session.tasks[$0].job.map { session.jobs[$0].priority } }.max()
        var fewest: [Int]?
        for victim in candidates {
            guard let job = session.tasks[victim].job, session.jobs[job].priority <= priority ?? .min else {
                continue
            }
            let members = session.spareMembers(job) > 0 ? [victim] : wholeGang(job, for: task)
            if members.isEmpty || members.count >= (fewest ?? known).count { continue }
            let there = members.filter { session.tasks[$0].node == entry }
            if session.fits(task, on: node, without: there, freeing: session.sum(of: there)) {
                fewest = members
            }
        }
        return fewest
    }

    /// Leaves out pods whose places are not needed, the most important first; gangs that are broken leave whole or not.
    ///
    /// - Parameter freed: what the leaving of those that were chosen frees on the node.
    private func withoutSuperfluous(
        _ chosen: [Int], _ broken: [Int], on node: Int, _ freed: [Int64], for task: Int
    ) -> [Int] {
        let entry = session.nodes.entry(atIndex: node)
        var needed = chosen
        var freed = freed
        func leaveOut(where isOut: (Int) -> Bool) {
            var rest = freed
            for victim in needed where isOut(victim) && session.tasks[victim].node == entry {
                session.change(&rest, by: victim, sign: -1)
            }
            let left = needed.filter { !isOut($0) && session.tasks[$0].node == entry }
            if !session.fits(task, on: node, without: left, freeing: rest) { return }
            needed.removeAll(where: isOut)
            freed = rest
        }
        for job in broken.reversed() { leaveOut { session.tasks[$0].job == job } }
        for victim in chosen.reversed() {
            guard let job = session.tasks[victim].job, !broken.contains(job) else { continue }
            leaveOut { $0 == victim }
        }
        return needed
    }

    /// All pods of a gang that hold a place, if all of them may leave; none otherwise.
    private mutating func wholeGang(_ job: Int, for task: Int) -> [Int] {
        if let known = wholeGangs[job] { return known }
        var members = session.jobs[job].tasks.filter { session.tasks[$0].status.isAllocated }
        let mayLeave = members.allSatisfy { isRival($0) }
        if !mayLeave || allowed(members, for: task).count < members.count { members = [] }
        wholeGangs[job] = members
        return members
    }

    /// Whether a pod is of those that the scope is about.
    private mutating func isRival(_ victim: Int) -> Bool {
        guard table.includes(victim), let job = session.tasks[victim].job, job != scope.job else {
            return false
        }
        return !hasLostPods || !isSpared(job)
    }

    private mutating func isSpared(_ job: Int) -> Bool {
        if let known = spared[job] { return known }
        let isSpared = session.wasEvicted(scope.job, for: job)
        spared[job] = isSpared
        return isSpared
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
                session.mayStay(member, on: node)
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
