import Allocator
import ClusterModel

/// Plans for gangs that have to be near together: room is made in one domain, or nowhere.
extension EvictionPlan: PlaceSearch {
    var isTrial: Bool { true }

    /// Places the pods of a turn in the domain where the fewest pods have to leave.
    mutating func placeInOneDomain(_ turn: DomainTurn) {
        var turn = turn
        turn.mode = .evicting(self)
        turn.purpose = .evict
        turn.makeRoom(&statement)
        if case .evicting(let plan) = turn.mode { takeOver(plan) }
        domain = nil
    }

    func exclusion(of task: Int) -> TaskFailure? {
        if session.neverPreempts(task) { return .queueShare }
        if scope.isReclaim, !session.points.isPreemptive(scope.queue, [task], in: session) {
            return .queueShare
        }
        return nil
    }

    mutating func findPlace(for task: Int, _ statement: inout Statement) -> FoundPlace {
        swap(&self.statement, &statement)
        defer { swap(&self.statement, &statement) }
        guard let node = findNode(for: task) else { return .none(refusals: Session.unexplained) }
        return .place(Placement(node: node, kind: .pipeline))
    }

    func isEnough(_ group: SubGroupID) -> Bool {
        group.index == nil
            ? !session.points.isStarving(scope.job, in: session)
            : session.points.isSubGroupPipelined(group, in: session)
    }

    /// A place that nobody has to leave, within the domain.
    func findFreePlace(for task: Int) -> FoundPlace {
        guard let domain else { return session.findPlace(for: task) }
        return session.findPlace(for: task, in: domain.index, of: domain.tree, explains: false)
    }

    /// Lets off whom a trial does not need, and counts the others.
    mutating func countVictims(of statement: inout Statement) -> Int {
        swap(&self.statement, &statement)
        defer { swap(&self.statement, &statement) }
        letOff()
        return self.statement.victims.count
    }
}

/// Making room in a domain.
extension DomainTurn {
    /// Makes room for the gang in the domain where the fewest pods have to leave; of several in the narrowest, by name.
    ///
    /// Domains in which it would take more than has been found to do are not tried.
    ///
    /// - Complexity: O(nodes + pods) to order the domains, and a plan for each that is tried.
    fileprivate mutating func makeRoom(_ statement: inout Statement) {
        let domains = candidates(for: gradient.joined())
        var best: (domain: Int, victims: Int)?
        for (domain, atLeast) in domains {
            if let best, atLeast > best.victims { break }
            let before = slots
            let savepoint = statement.savepoint
            if place(in: domain, &statement) {
                let victims = countVictims(of: &statement)
                if best.map({ isBetter(domain, victims, than: $0) }) ?? true { best = (domain, victims) }
            }
            statement.rollback(to: savepoint, in: session)
            slots = before
        }
        // A plan is made in the same way again where nothing has changed.
        if let best { _ = place(in: best.domain, &statement) }
    }

    /// Makes room for a part in the domain where the fewest pods have to leave; says whether there is one.
    mutating func makeRoom(for slot: Int, in domains: [Int], _ statement: inout Statement) -> Bool {
        var best: (domain: Int, victims: Int)?
        for domain in domains {
            let pods = slots[slot].pods
            let savepoint = statement.savepoint
            if placePods(of: slot, in: domain, &statement) {
                let victims = statement.victims(since: savepoint).count
                if best.map({ isBetter(domain, victims, than: $0) }) ?? true { best = (domain, victims) }
            }
            statement.rollback(to: savepoint, in: session)
            slots[slot].pods = pods
        }
        guard let best else { return false }
        hold(best.domain, by: slot)
        return placePods(of: slot, in: best.domain, &statement)
    }

    private func isBetter(_ domain: Int, _ victims: Int, than best: (domain: Int, victims: Int)) -> Bool {
        (victims, tree[domain].tier, domain) < (best.victims, tree[best.domain].tier, best.domain)
    }

    private mutating func place(in domain: Int, _ statement: inout Statement) -> Bool {
        placeAll(in: domain, &statement)
        return isTogether
    }

    private mutating func countVictims(of statement: inout Statement) -> Int {
        guard case .evicting(var plan) = mode else { return 0 }
        let count = plan.countVictims(of: &statement)
        mode = .evicting(plan)
        return count
    }

    // MARK: Where to try

    /// The domains in which room may be made, with the number of pods that have to leave at least: the fewest first.
    private func candidates(for domains: some Sequence<Int>) -> [(domain: Int, atLeast: Int)] {
        guard case .evicting(let plan) = mode else { return [] }
        let need = leastNeed
        return domains.compactMap { domain in
            plan.fewestVictims(for: need, on: tree[domain].nodes).map { (domain, $0) }
        }.sorted {
            ($0.atLeast, tree[$0.domain].tier, $0.domain) < ($1.atLeast, tree[$1.domain].tier, $1.domain)
        }
    }

    /// What the gang needs at least, by column: as many places as it lacks, each for the least that a pod asks for.
    private var leastNeed: [Int64] {
        let places = Int64(session.points.placesNeeded(job, in: session))
        var least = [Int64](repeating: .max, count: session.resources.count)
        for task in slots.flatMap(\.pods) {
            for (column, amount) in session.sum(of: [task]).enumerated() {
                least[column] = min(least[column], amount)
            }
        }
        return least.map { $0 == .max ? 0 : $0.multipliedReportingOverflow(by: places).partialValue }
    }
}

extension EvictionPlan {
    /// How many pods have to leave nodes at least so that so much is free there; `nil` if all that may are too few.
    fileprivate func fewestVictims(for need: [Int64], on nodes: [Int]) -> Int? {
        var missing = need
        for node in nodes {
            for column in missing.indices {
                missing[column] -= max(0, session.allocator.futureIdle(node, column))
            }
        }
        if missing.allSatisfy({ $0 <= 0 }) { return 0 }
        var offered = [Int64](repeating: 0, count: missing.count)
        var largest = offered
        for node in nodes {
            session.forEachTask(on: session.nodes.entry(atIndex: node)) { task in
                guard table.includes(task), session.tasks[task].job != scope.job else { return }
                for index in session.amounts.range(of: session.tasks[task].request) {
                    let entry = session.amounts.entries[index]
                    offered[entry.column] += entry.amount
                    largest[entry.column] = max(largest[entry.column], entry.amount)
                }
            }
        }
        var fewest = 0
        for column in missing.indices where missing[column] > 0 {
            if missing[column] > offered[column] { return nil }
            fewest = max(fewest, Int((missing[column] + largest[column] - 1) / largest[column]))
        }
        return fewest
    }
}
