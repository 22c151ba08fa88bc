import Allocator
import ClusterModel

/// One turn of a gang that is placed by domains: a trial in each domain, undone but for the best.
struct DomainTurn {
    /// A part of the gang with the pods that it has yet to try.
    struct Slot {
        let group: SubGroupID
        /// In order.
        var pods: [Int]
        /// The domain that its pods hold places in.
        var held: Int?
        /// True for parts without which a rule has too few.
        var isNeeded = false
    }

    /// A trial that brought the gang together.
    private struct Success {
        let score: Double
        let domain: Int
        let places: [(task: Int, placement: Placement)]
        let slots: [Slot]
    }

    let session: Session
    let job: Int
    let tree: DomainTree
    private let cachesRoleFailures: Bool
    let isDivided: Bool
    let held: Int?
    var slots: [Slot]
    /// The domains that the gang is tried in.
    private var gradient: [[Int]] = []
    /// Where most pods found a place of those where too few did, and how many.
    var furthest: (domain: Int, places: Int)?
    var explains = false

    init(
        _ session: Session, _ job: Int, _ gang: TopologyGang, _ tree: DomainTree, cachesRoleFailures: Bool
    ) {
        self.session = session
        self.job = job
        self.tree = tree
        self.cachesRoleFailures = cachesRoleFailures
        isDivided = gang.isDivided
        held = session.heldDomain(of: SubGroupID(job: job, index: nil), in: tree)
        let pods = session.worksheet[session.jobs[job].worksheet]
        if gang.isDivided {
            var byGroup: [Int: [Int]] = [:]
            for task in pods {
                if let group = gang.subGroupOf[task] { byGroup[group, default: []].append(task) }
            }
            slots = byGroup.sorted { $0.key < $1.key }.map { index, pods in
                let group = SubGroupID(job: job, index: index)
                return Slot(group: group, pods: pods, held: session.heldDomain(of: group, in: tree))
            }
            markNeeded(gang)
        } else {
            slots = [Slot(group: SubGroupID(job: job, index: nil), pods: Array(pods), held: held)]
        }
    }

    /// The pods that have not been tried.
    var left: Set<Int> { Set(slots.flatMap(\.pods)) }

    /// Marks, rule by rule, as many parts as are missing for its minimum, the best ones.
    private mutating func markNeeded(_ gang: TopologyGang) {
        for (position, policy) in gang.policies.enumerated() where policy.minSubGroups > 0 {
            let ready = gang.subGroups.indices.count { index in
                gang.subGroups[index].policy == position
                    && session.points.isSubGroupReady(SubGroupID(job: job, index: index), in: session)
            }
            let candidates = slots.indices.filter { slot in
                guard let index = slots[slot].group.index else { return false }
                return gang.subGroups[index].policy == position
                    && !session.points.isSubGroupReady(slots[slot].group, in: session)
            }
            let ordered = candidates.sorted { isOrdered(slots[$0], before: slots[$1]) }
            for slot in ordered.prefix(max(0, policy.minSubGroups - ready)) { slots[slot].isNeeded = true }
        }
    }

    private func isOrdered(_ left: Slot, before right: Slot) -> Bool {
        if left.isNeeded != right.isNeeded { return left.isNeeded }
        guard let first = left.group.index, let second = right.group.index else { return false }
        return session.points.isSubGroup(first, before: second, of: job, in: session)
    }

    // MARK: The gang

    /// Places the gang in the best domain; the places stay in the statement.
    ///
    /// - Returns: the domain; `nil` if there is none, and then nothing is placed.
    mutating func place(_ statement: inout Statement) -> Int? {
        if let domain = placeNominated(&statement) { return domain }
        let search = DomainSearch(
            job: job, subGroup: nil, start: DomainTree.root, held: held, purpose: .place)
        gradient = session.points.domainGradient(search, tree, in: session)
        for tier in gradient {
            if let domain = isDivided ? tryAll(tier, &statement) : tryBestFirst(tier, &statement) {
                return domain
            }
        }
        return nil
    }

    /// Tries a gang without parts: how good a domain is does not depend on where in it the pods go, so that the first that
    /// has room is the best.
    private mutating func tryBestFirst(_ tier: [Int], _ statement: inout Statement) -> Int? {
        for (domain, _) in ranked(tier, for: slots[0].group) where mayHold(domain) {
            let before = slots
            let savepoint = statement.savepoint
            if placePods(of: 0, in: domain, &statement), isTogether { return domain }
            noteFailure(domain, places: statement.places(since: savepoint, in: session).count)
            statement.rollback(to: savepoint, in: session)
            slots = before
        }
        return nil
    }

    /// Tries a gang of parts in all domains of a tier, and replays the best trial.
    private mutating func tryAll(_ tier: [Int], _ statement: inout Statement) -> Int? {
        var best: Success?
        let before = slots
        for domain in tier where mayHold(domain) {
            let savepoint = statement.savepoint
            let score = placeParts(in: domain, &statement)
            let places = statement.places(since: savepoint, in: session)
            if !places.isEmpty, isTogether {
                if best.map({ score > $0.score }) ?? true {
                    best = Success(score: score, domain: domain, places: places, slots: slots)
                }
            } else {
                noteFailure(domain, places: places.count)
            }
            statement.rollback(to: savepoint, in: session)
            slots = before
        }
        guard let best else { return nil }
        for (task, placement) in best.places {
            session.place(task, placement)
            statement.record(task, in: session)
        }
        slots = best.slots
        return best.domain
    }

    var isTogether: Bool {
        session.points.isReady(job, in: session) || session.points.isPipelined(job, in: session)
    }

    private mutating func noteFailure(_ domain: Int, places: Int) {
        if let furthest, furthest.places >= places, tree[furthest.domain].tier >= tree[domain].tier { return }
        if let furthest, furthest.places > places { return }
        furthest = (domain, places)
    }

    /// Whether a domain may have as many places as the gang needs, by counting them where that tells.
    private mutating func mayHold(_ domain: Int) -> Bool {
        let needed = session.points.placesNeeded(job, in: session)
        let pods = slots.flatMap(\.pods)
        guard needed > 0, !session.allocator.isFreeing, !session.points.isPipelined(job, in: session),
            let shape = pods.first.flatMap({ session.tasks[$0].shape }),
            pods.allSatisfy({ session.tasks[$0].shape == shape && !session.tasks[$0].isNominated })
        else { return true }
        let room =
            domain == DomainTree.root
            ? session.allocator.room(for: shape)
            : session.allocator.room(for: shape, among: tree[domain].nodes)
        if room < needed { noteFailure(domain, places: room) }
        return room >= needed
    }

    /// The domains of a tier, best first; of equal ones by name.
    private func ranked(_ tier: [Int], for group: SubGroupID) -> [(domain: Int, score: Double)] {
        let scores = session.points.domainScores(of: group, tier, tree, in: session)
        return zip(tier, scores).sorted { $0.1 == $1.1 ? $0.0 < $1.0 : $0.1 > $1.1 }
            .map { (domain: $0.0, score: $0.1) }
    }

    // MARK: Parts

    /// Places parts one after the other until the gang is ready; says how good their domains are together.
    mutating func placeParts(in domain: Int, _ statement: inout Statement) -> Double {
        var score = 0.0
        var waiting = Set(slots.indices)
        while let slot = waiting.min(by: { first(of: $0, $1) }) {
            if let own = placePart(slot, in: domain, &statement) {
                score += own
                if slots[slot].pods.isEmpty { waiting.remove(slot) }
                if session.points.isReady(job, in: session) { break }
            } else {
                waiting.remove(slot)
            }
        }
        return score
    }

    private func first(of left: Int, _ right: Int) -> Bool {
        if isOrdered(slots[left], before: slots[right]) { return true }
        return !isOrdered(slots[right], before: slots[left]) && left < right
    }

    /// Places a part in the best domain within the gang's; says how good that is, `nil` if there is none.
    private mutating func placePart(
        _ slot: Int, in domain: Int, _ statement: inout Statement
    ) -> Double? {
        let search = DomainSearch(
            job: job, subGroup: slots[slot].group.index, start: domain, held: slots[slot].held,
            purpose: .place)
        for tier in session.points.domainGradient(search, tree, in: session) {
            for (candidate, score) in ranked(tier, for: slots[slot].group) {
                let pods = slots[slot].pods
                let savepoint = statement.savepoint
                if placePods(of: slot, in: candidate, &statement) {
                    let held = slots[slot].held
                    slots[slot].held = held.map { tree.commonDomain($0, candidate) } ?? candidate
                    return score
                }
                statement.rollback(to: savepoint, in: session)
                slots[slot].pods = pods
            }
        }
        return nil
    }

    // MARK: Pods

    /// Places pods of a part in a domain until it is ready, or nothing is left to try; says whether it may keep the places.
    mutating func placePods(of slot: Int, in domain: Int, _ statement: inout Statement) -> Bool {
        guard let queue = session.jobs[job].queue else { return false }
        let group = slots[slot].group
        for role in session.jobs[job].roles.indices { session.jobs[job].roles[role].hasFailed = false }
        var hasPlaced = false
        while let task = slots[slot].pods.first {
            slots[slot].pods.removeFirst()
            if !session.points.isAllocatable(queue, task, in: session) {
                session.jobs[job].hasQueueShareFailure = true
                session.tasks[task].failure = .queueShare
                continue
            }
            let role = session.tasks[task].role
            if cachesRoleFailures, session.jobs[job].roles[role].hasFailed,
                !session.jobs[job].roles[role].name.isEmpty
            {
                session.tasks[task].failure = .roleFailed
                continue
            }
            switch session.findPlace(for: task, in: domain, of: tree, explains: explains) {
            case .place(let placement):
                session.place(task, placement)
                statement.record(task, in: session)
                hasPlaced = true
                if isReady(group) { return true }
            case .none(let refusals):
                session.tasks[task].failure = .noNode(refusals: refusals)
                session.jobs[job].roles[role].hasFailed = true
                if !session.canContinueAfterFailure(group) {
                    return hasPlaced && isReadyOrPipelined(group)
                }
            }
        }
        return hasPlaced && isReadyOrPipelined(group)
    }

    private func isReady(_ group: SubGroupID) -> Bool {
        group.index == nil
            ? session.points.isReady(job, in: session) : session.points.isSubGroupReady(group, in: session)
    }

    private func isReadyOrPipelined(_ group: SubGroupID) -> Bool {
        isReady(group)
            || (group.index == nil
                ? session.points.isPipelined(job, in: session)
                : session.points.isSubGroupPipelined(group, in: session))
    }
}
