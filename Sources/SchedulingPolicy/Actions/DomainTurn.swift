import Allocator
import ClusterModel

/// One turn of a gang that is placed by domains: a trial in each domain, undone but for the best.
struct DomainTurn {
    /// A part of the gang with the pods that it has yet to try.
    struct Slot {
        let group: SubGroupID
        /// In order.
        var pods: ArraySlice<Int>
        /// The domain that its pods hold places in.
        var held: Int?
        /// True for parts without which a rule has too few.
        var isNeeded = false
    }

    /// How places are looked for.
    enum Mode {
        /// Where there is room, or will be once leaving pods have gone.
        case free
        /// The same, while pods have been told to leave in the statement.
        case promised
        /// Where room can be made.
        case evicting(EvictionPlan)
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
    /// Where most pods found a place of those where too few did, and how many.
    var furthest: (domain: Int, places: Int)?
    var explains = false
    var mode = Mode.free
    /// What the domains are for.
    var purpose = DomainSearch.Purpose.place

    /// A turn for some pods of a gang, in order.
    init(
        _ session: Session, _ job: Int, _ gang: TopologyGang, _ tree: DomainTree, pods: ArraySlice<Int>,
        cachesRoleFailures: Bool = false
    ) {
        self.session = session
        self.job = job
        self.tree = tree
        self.cachesRoleFailures = cachesRoleFailures
        isDivided = gang.isDivided
        held = session.heldDomain(of: SubGroupID(job: job, index: nil), in: tree)
        if gang.isDivided {
            var byPart = gang.subGroups.map { part in
                var pods = ArraySlice<Int>()
                pods.reserveCapacity(part.tasks.count)
                return pods
            }
            for task in pods {
                if let part = session.topology.part(of: task) { byPart[part].append(task) }
            }
            slots = byPart.indices.lazy.filter { !byPart[$0].isEmpty }.map { part in
                let group = SubGroupID(job: job, index: part)
                return Slot(group: group, pods: byPart[part], held: session.heldDomain(of: group, in: tree))
            }
            markNeeded(gang)
        } else {
            slots = [Slot(group: SubGroupID(job: job, index: nil), pods: pods, held: held)]
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

    /// The domains that the gang may be in, tier by tier.
    var gradient: [[Int]] { session.points.domainGradient(search, tree, in: session) }

    private var search: DomainSearch {
        DomainSearch(job: job, subGroup: nil, start: DomainTree.root, held: held, purpose: purpose)
    }

    /// Places the gang in the best domain; the places stay in the statement.
    ///
    /// - Returns: the domain; `nil` if there is none, and then nothing is placed.
    mutating func place(_ statement: inout Statement) -> Int? {
        if let domain = placeNominated(&statement) { return domain }
        if isDivided {
            for tier in gradient {
                if let domain = tryAll(tier, roomNeeded, &statement) { return domain }
            }
            return nil
        }
        return placeUndivided(&statement)
    }

    /// Places a gang without parts: how good a domain is does not depend on where in it the pods go, so that the first that
    /// has room is the best.
    private mutating func placeUndivided(_ statement: inout Statement) -> Int? {
        var search = search
        search.need = roomNeeded
        var tried: [Int: Int] = [:]
        for ranked in session.points.rankedDomains(search, tree, in: session).joined()
        where mayHold(ranked.domain, search.need) {
            let before = slots
            let savepoint = statement.savepoint
            if placePods(of: 0, in: ranked.domain, &statement), isTogether { return ranked.domain }
            tried[ranked.domain] = statement.places(since: savepoint, in: session).count
            statement.rollback(to: savepoint, in: session)
            slots = before
        }
        // Who came how far, of those too that had too little room to be tried.
        let need = search.need
        search.need = nil
        for ranked in session.points.rankedDomains(search, tree, in: session).joined() {
            guard let places = tried[ranked.domain] ?? need.map({ room(in: ranked.domain, $0) }) else {
                continue
            }
            noteFailure(ranked.domain, places: places)
        }
        return nil
    }

    /// Tries a gang of parts in all domains of a tier, and replays the best trial, unless it was the last.
    private mutating func tryAll(
        _ tier: [Int], _ need: RoomNeed?, _ statement: inout Statement
    ) -> Int? {
        var best: Success?
        let before = slots
        for domain in tier {
            if let need, !mayHold(domain, need) {
                noteFailure(domain, places: room(in: domain, need))
                continue
            }
            let (savepoint, placed) = (statement.savepoint, statement.placeCount)
            let score = placeParts(in: domain, &statement)
            if statement.placeCount > placed, isTogether {
                if best.map({ score > $0.score }) ?? true {
                    if domain == tier.last { return domain }
                    best = Success(
                        score: score, domain: domain,
                        places: statement.places(since: savepoint, in: session), slots: slots)
                }
            } else {
                noteFailure(domain, places: statement.placeCount - placed)
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

    /// Places what it can in a domain.
    mutating func placeAll(in domain: Int, _ statement: inout Statement) {
        if isDivided {
            _ = placeParts(in: domain, &statement)
        } else {
            _ = placePods(of: 0, in: domain, &statement)
        }
    }

    var isTogether: Bool {
        session.points.isReady(job, in: session) || session.points.isPipelined(job, in: session)
    }

    private mutating func noteFailure(_ domain: Int, places: Int) {
        if let furthest, furthest.places >= places, tree[furthest.domain].tier >= tree[domain].tier { return }
        if let furthest, furthest.places > places { return }
        furthest = (domain, places)
    }

    /// What a domain must have room for, where counting places tells; `nil` where it does not.
    private var roomNeeded: RoomNeed? {
        let needed = session.points.placesNeeded(job, in: session)
        // Rules only take nodes away.
        guard needed > 0, !session.allocator.isFreeing, !session.points.isPipelined(job, in: session),
            let shape = session.commonShape(ofPods: slots.lazy.flatMap(\.pods), ignoresRules: true)
        else { return nil }
        return RoomNeed(shape: shape, places: needed)
    }

    /// Whether a domain may have as many places as are needed.
    private func mayHold(_ domain: Int, _ need: RoomNeed?) -> Bool {
        need.map { room(in: domain, $0) >= $0.places } ?? true
    }

    private func room(in domain: Int, _ need: RoomNeed) -> Int {
        session.room(for: need.shape, in: domain, of: tree)
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
                if isComplete { break }
            } else {
                waiting.remove(slot)
            }
        }
        return score
    }

    /// Whether nothing more is to be placed.
    private var isComplete: Bool {
        switch mode {
        case .free: session.points.isReady(job, in: session)
        case .promised: session.points.isPipelined(job, in: session)
        case .evicting(let plan): plan.isEnough(SubGroupID(job: job, index: nil)) && isTogether
        }
    }

    private func first(of left: Int, _ right: Int) -> Bool {
        if isOrdered(slots[left], before: slots[right]) { return true }
        return !isOrdered(slots[right], before: slots[left]) && left < right
    }

    /// Places a part in the best domain within the gang's; says how good that is, `nil` if there is none.
    private mutating func placePart(
        _ slot: Int, in domain: Int, _ statement: inout Statement
    ) -> Double? {
        var search = DomainSearch(
            job: job, subGroup: slots[slot].group.index, start: domain, held: slots[slot].held,
            purpose: purpose)
        if case .evicting = mode {
            let domains = session.points.domainGradient(search, tree, in: session).joined()
            return makeRoom(for: slot, in: Array(domains), &statement) ? 0 : nil
        }
        search.need = roomNeeded(by: slot)
        var tried: [Int: Int] = [:]
        let (pods, explains) = (slots[slot].pods, explains)
        self.explains = false
        defer { self.explains = explains }
        for ranked in session.points.rankedDomains(search, tree, in: session).joined()
        where mayHold(ranked.domain, search.need) {
            if let places = tryPart(slot, in: ranked.domain, &statement) {
                tried[ranked.domain] = places
            } else {
                if explains { forgetUnexplained(pods) }
                return ranked.score
            }
        }
        guard case .free = mode, let domain = furthest(for: search, tried) else { return nil }
        // What is said of its pods is what they met there.
        forgetUnexplained(pods)
        self.explains = explains
        _ = tryPart(slot, in: domain, &statement)
        return nil
    }

    /// Places a part in a domain; where that fails, says how many of its pods found a place, and gives the places back.
    private mutating func tryPart(_ slot: Int, in domain: Int, _ statement: inout Statement) -> Int? {
        let pods = slots[slot].pods
        let savepoint = statement.savepoint
        if placePods(of: slot, in: domain, &statement) {
            hold(domain, by: slot)
            return nil
        }
        let places = statement.places(since: savepoint, in: session).count
        statement.rollback(to: savepoint, in: session)
        slots[slot].pods = pods
        return places
    }

    private func forgetUnexplained(_ pods: ArraySlice<Int>) {
        for task in pods where session.tasks[task].failure == .noNode(refusals: Session.unexplained) {
            session.tasks[task].failure = nil
        }
    }

    /// Of the domains of a search that failed, the first in which most pods found a place, or would have.
    private func furthest(for search: DomainSearch, _ tried: [Int: Int]) -> Int? {
        var all = search
        all.need = nil
        var best: (domain: Int, places: Int)?
        for ranked in session.points.rankedDomains(all, tree, in: session).joined() {
            let places = tried[ranked.domain] ?? search.need.map { room(in: ranked.domain, $0) } ?? 0
            if best.map({ places > $0.places }) ?? true { best = (ranked.domain, places) }
        }
        return best?.domain
    }

    /// What a domain must have room for so that a part comes together, where counting places tells.
    private func roomNeeded(by slot: Int) -> RoomNeed? {
        let group = slots[slot].group
        guard case .free = mode, !session.allocator.isFreeing,
            !session.points.isSubGroupReady(group, in: session),
            !session.points.isSubGroupPipelined(group, in: session),
            let shape = session.commonShape(ofPods: slots[slot].pods, ignoresRules: true)
        else { return nil }
        let places = session.placesNeeded(by: group)
        return places > 0 ? RoomNeed(shape: shape, places: places) : nil
    }

    /// Notes that a part has places in a domain.
    mutating func hold(_ domain: Int, by slot: Int) {
        slots[slot].held = slots[slot].held.map { tree.commonDomain($0, domain) } ?? domain
    }

    // MARK: Pods

    /// Places pods of a part in a domain until it is ready, or nothing is left to try; says whether it may keep the places.
    mutating func placePods(of slot: Int, in domain: Int, _ statement: inout Statement) -> Bool {
        guard let queue = session.jobs[job].queue else { return false }
        let group = slots[slot].group
        let before = statement.placeCount
        for role in session.jobs[job].roles.indices { session.jobs[job].roles[role].hasFailed = false }
        switch mode {
        case .free:
            var search = DomainPlaces(
                session: session, job: job, queue: queue, tree: tree, domain: domain, explains: explains)
            place(slot, &statement, &search)
        case .promised:
            var search = PromisedPlaces(session: session, tree: tree, domain: domain)
            place(slot, &statement, &search)
        case .evicting(var plan):
            plan.domain = (tree, domain)
            place(slot, &statement, &plan)
            mode = .evicting(plan)
        }
        return statement.placeCount > before && (session.isReady(group) || session.isPipelined(group))
    }

    private mutating func place(
        _ slot: Int, _ statement: inout Statement, _ search: inout some PlaceSearch
    ) {
        session.placePods(
            &slots[slot].pods, of: slots[slot].group, cachesRoleFailures: cachesRoleFailures, &statement,
            &search)
    }
}
