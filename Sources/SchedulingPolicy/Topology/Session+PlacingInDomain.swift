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
        let rules = points.nodeRules(for: task, in: self)
        allocator.prepare(shape)
        let nodes = tree[domain].nodes
        var ruledOut: [NodeRefusal: Int] = [:]
        let placement = allocator.bestNode(
            for: shape, among: nodes,
            where: { node in
                guard let refusal = rules?.refusal(node) else { return true }
                if explains { ruledOut[refusal, default: 0] += 1 }
                return false
            }, adding: { rules?.points($0) })
        if let placement { return .place(placement) }
        if !explains { return .none(refusals: Self.unexplained) }
        let counts = allocator.diagnosis.refusalCounts(of: shape, among: nodes)
        let refusals = number(counts.merging(ruledOut) { $0 + $1 })
        if domain != DomainTree.root {
            topology.refusedDomains[refusals] = RefusedDomain(name: tree[domain].name, nodes: nodes.count)
        }
        return .none(refusals: refusals)
    }

    /// Stands for refusals that nobody has counted.
    static let unexplained: Int32 = -1
}
