public import ClusterModel

/// A change of the nodes that a planning question asks about.
public enum NodeChange: Sendable {
    /// So many further nodes.
    case add(NodeTemplate, count: Int)
    /// Nodes go, and what runs on them has to find another place.
    case remove([String])
    /// Nodes are emptied and take nothing new.
    case drain([String])
    /// Nodes take nothing new; what runs there stays.
    case cordon([String])
    /// Nodes that were cordoned are not any more.
    case uncordon([String])
}

extension ClusterSnapshot {
    /// Applies changes of nodes, all at once: their order does not matter, except that a node that is both cordoned and
    /// uncordoned is cordoned, and one that is drained and removed is removed.
    ///
    /// - Returns: what becomes of the pods of nodes that are emptied or go.
    public mutating func apply(_ changes: [NodeChange]) -> Departure {
        var (drained, removed): (Set<String>, Set<String>) = ([], [])
        var (cordoned, uncordoned): (Set<String>, Set<String>) = ([], [])
        for change in changes {
            switch change {
            case .add: break
            case .remove(let names): removed.formUnion(names)
            case .drain(let names): drained.formUnion(names)
            case .cordon(let names): cordoned.formUnion(names)
            case .uncordon(let names): uncordoned.formUnion(names)
            }
        }
        for index in nodes.indices {
            if uncordoned.contains(nodes[index].name) {
                nodes[index].isUnschedulable = false
                nodes[index].taints.removeAll { $0.key == "node.kubernetes.io/unschedulable" }
            }
            if cordoned.contains(nodes[index].name) { nodes[index].isUnschedulable = true }
        }
        let departure = empty(drained: drained.subtracting(removed), removed: removed)
        for case .add(let template, let count) in changes { template.add(count, to: &self) }
        return departure
    }
}
