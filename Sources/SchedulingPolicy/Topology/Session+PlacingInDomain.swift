import Allocator
import ClusterModel

extension Session {
    /// Looks for a place for a task within a domain.
    ///
    /// - Parameter explains: whether to find out why, if there is none.
    func findPlace(for task: Int, in domain: Int, of tree: DomainTree, explains: Bool) -> FoundPlace {
        guard let shape = tasks[task].shape else { return .none(refusals: number([:])) }
        if domain == DomainTree.root { return findPlace(for: task) }
        if tasks[task].isNominated, let placement = nominatedPlace(for: task, shape),
            tree.isNode(placement.node, within: domain)
        {
            return .place(placement)
        }
        let nodes = tree[domain].nodes
        topology.isWithinInnermost = tree[domain].children.isEmpty
        defer { topology.isWithinInnermost = false }
        let rules = points.nodeRules(for: task, in: self)
        allocator.prepare(shape)
        var ruledOut: [NodeRefusal: Int] = [:]
        let placement =
            if let rules {
                allocator.bestNode(
                    for: shape, among: nodes,
                    where: { node in
                        guard let refusal = rules.refusal(node) else { return true }
                        if explains { ruledOut[refusal, default: 0] += 1 }
                        return false
                    }, adding: rules.points)
            } else {
                allocator.bestNode(for: shape, among: nodes)
            }
        if let placement { return .place(placement) }
        if let rules, compatibility == .gangwright, mayFindRoomLater(rules),
            let later = allocator.bestNode(
                for: shape, among: nodes, where: { isRoomy($0, for: task, rules) }, adding: rules.points)
        {
            return .place(Placement(node: later.node, kind: .pipeline))
        }
        if !explains { return .none(refusals: Self.unexplained) }
        let counts = allocator.diagnosis.refusalCounts(of: shape, among: nodes)
        let refusals = number(counts.merging(ruledOut) { $0 + $1 })
        if domain != DomainTree.root {
            topology.refusedDomains[refusals] = RefusedDomain(
                name: tree.title(of: domain), nodes: nodes.count)
        }
        return .none(refusals: refusals)
    }

    /// Looks for a place for a task that is placed on its own, within what its gang wishes for. Volcano looks everywhere, but knows no
    /// wishes by labels of nodes.
    func findPlaceWithinWish(for task: Int) -> FoundPlace {
        guard let job = tasks[task].job, let gang = jobs[job].topology, gang.hasWish,
            compatibility == .gangwright || gang.wish?.nodeLabel != nil
        else { return findPlace(for: task) }
        let tree = domainTree(of: job)
        if tree.defect != nil { return .none(refusals: number([:])) }
        let group = SubGroupID(job: job, index: topology.part(of: task))
        let search = DomainSearch(
            job: job, subGroup: nil, start: DomainTree.root,
            held: heldDomain(of: SubGroupID(job: job, index: nil), in: tree), purpose: .place)
        var last = FoundPlace.none(refusals: number([:]))
        for domain in domains(for: search, tree).joined() {
            let within = DomainSearch(
                job: job, subGroup: group.index, start: domain,
                held: group.index == nil ? nil : heldDomain(of: group, in: tree), purpose: .place)
            let parts = group.index == nil ? [[domain]] : domains(for: within, tree)
            for part in parts.joined() {
                last = findPlace(for: task, in: part, of: tree, explains: true)
                if case .place = last { return last }
            }
        }
        return last
    }

    /// Stands for refusals that nobody has counted.
    static let unexplained: Int32 = -1
}
