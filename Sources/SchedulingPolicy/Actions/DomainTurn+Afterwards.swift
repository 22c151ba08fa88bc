import Allocator
import ClusterModel

/// Places that pods have been nominated for, and what is said and noted once a turn is over.
extension DomainTurn {
    // MARK: Nominations

    /// The domain in which room has been made for all pods; `nil` if it has not been for every one and within the limits.
    ///
    /// Source: Volcano's `NominatedHyperNode`.
    var nominatedDomain: Int? {
        let pods = slots.flatMap(\.pods)
        guard !pods.isEmpty, pods.allSatisfy({ session.tasks[$0].isNominated }) else { return nil }
        let gang = session.jobs[job].topology
        for slot in slots {
            guard let domain = nominatedDomain(of: slot.pods, slot.held) else { return nil }
            let limit = session.tierLimit(gang?.wish(of: slot.group.index), in: tree) ?? .max
            if tree[domain].tier > limit { return nil }
        }
        guard let domain = nominatedDomain(of: pods[...], held),
            tree[domain].tier <= session.tierLimit(gang?.wish, in: tree) ?? .max
        else { return nil }
        return domain
    }

    /// Places all pods where room has been made for them.
    mutating func placeNominated(_ statement: inout Statement) -> Int? {
        guard let queue = session.jobs[job].queue, let domain = nominatedDomain else { return nil }
        let pods = slots.flatMap(\.pods)
        for task in pods {
            guard session.points.isAllocatable(queue, task, in: session),
                let shape = session.tasks[task].shape,
                let placement = session.nominatedPlace(for: task, shape)
            else { break }
            session.place(task, placement)
            statement.record(task, in: session)
        }
        if statement.placed.count == pods.count, isTogether {
            for slot in slots.indices {
                slots[slot].held = nominatedDomain(of: slots[slot].pods, slots[slot].held)
                slots[slot].pods = []
            }
            return domain
        }
        statement.rollback(in: session)
        return nil
    }

    private func nominatedDomain(of pods: ArraySlice<Int>, _ held: Int?) -> Int? {
        let nodes = pods.compactMap { session.nominatedNode(of: $0) }
        guard nodes.count == pods.count, let domain = tree.commonDomain(ofNodes: nodes) else { return nil }
        return held.map { tree.commonDomain($0, domain) } ?? domain
    }

    // MARK: Afterwards

    /// Says of a gang that was not placed what kept it, by trying once more where it came furthest. The caller undoes that.
    mutating func explain(_ statement: inout Statement) {
        for task in slots.flatMap(\.pods) { session.tasks[task].failure = nil }
        guard let domain = furthest?.domain else {
            session.jobs[job].refusal = .noDomain(noDomainMessage())
            return
        }
        explains = true
        placeAll(in: domain, &statement)
    }

    private func noDomainMessage() -> String {
        guard let gang = session.jobs[job].topology, let wish = gang.wish else {
            return "no HyperNode can take it"
        }
        if wish.mode == .hard, let name = wish.highestTierName, tree.tier(named: name) == nil {
            return "no HyperNode has a tier of the name \(name)"
        }
        if let label = tree.label { return noDomainMessage(label) }
        let limit = session.tierLimit(wish, in: tree) ?? 0
        if let held, tree.searchRoot(within: DomainTree.root, upTo: limit, held: held) == nil {
            return "its pods are in hyperNode \(tree[held].name), which is wider than tier \(limit)"
        }
        return tree.gradient(within: DomainTree.root, upTo: limit).isEmpty
            ? "no HyperNode is of tier \(limit) or below"
            : "in no HyperNode of tier \(limit) or below are its minResources left"
    }

    private func noDomainMessage(_ label: String) -> String {
        if tree.domains.count == 1 { return "no node has the label \(label)" }
        return held == DomainTree.root
            ? "its pods are on nodes with several values of the label \(label)"
            : "nowhere are its minResources left on nodes with one value of the label \(label)"
    }

    /// Finds out why pods of a gang that was placed found no place themselves.
    func explainLeftovers(in domain: Int) {
        for task in session.worksheet[session.jobs[job].worksheet]
        where session.tasks[task].failure == .noNode(refusals: Session.unexplained) {
            if case .none(let refusals) = session.findPlace(for: task, in: domain, of: tree, explains: true) {
                session.tasks[task].failure = .noNode(refusals: refusals)
            } else {
                session.tasks[task].failure = nil
            }
        }
    }
}
