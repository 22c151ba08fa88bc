import ClusterModel

/// Pods that spread constraints count.
extension Session {
    /// The pods in each domain of a constraint, on the nodes that count for it; negative for a domain without such nodes.
    ///
    /// - Complexity: O(nodes).
    func spreadPods(of spread: NeighbourTable.Spread, _ kind: Int) -> [Int32] {
        let domains = spreadDomains(of: kind)[spread.position]
        let onNode = spread.tally.map { neighbours.tallies[$0].counts } ?? []
        var pods: [Int32] = []
        for node in domains.indices where domains[node] >= 0 {
            let domain = Int(domains[node])
            if domain >= pods.count {
                pods.append(contentsOf: repeatElement(-1, count: domain + 1 - pods.count))
            }
            pods[domain] = max(0, pods[domain]) + (node < onNode.count ? onNode[node] : 0)
        }
        return pods
    }

    /// By spread constraint of a kind, the domain of each node that counts; negative for those that do not.
    ///
    /// A node counts if it is in a domain of every constraint of the same sort and the constraint's policies include it.
    private func spreadDomains(of kind: Int) -> [[Int32]] {
        if let known = neighbours.spreadDomains[kind] { return known }
        if neighbours.spreadDomains.count > 64 { neighbours.spreadDomains.removeAll() }
        let all = neighbours.wishes[kind].spread
        var domains = [[Int32]](repeating: [], count: all.count)
        guard let demands = neighbours.kinds[kind].wishes?.demands else { return domains }
        let nodeCount = (allocator.nodesByName.max() ?? -1) + 1
        for spread in all {
            domains[spread.position] = [Int32](repeating: TopologyColumns.none, count: nodeCount)
        }
        for node in allocator.nodesByName {
            let description = allocator.node(node)
            for spread in all {
                let isWhole = all.allSatisfy { other in
                    other.constraint.whenUnsatisfiable != spread.constraint.whenUnsatisfiable
                        || neighbours.topology.domain(other.column, of: node) >= 0
                }
                if isWhole, demands.includes(description, for: spread.constraint) {
                    domains[spread.position][node] = neighbours.topology.domain(spread.column, of: node)
                }
            }
        }
        neighbours.spreadDomains[kind] = domains
        return domains
    }
}
