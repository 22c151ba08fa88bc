import ClusterModel

/// NUMA nodes from which an amount could come, as a bit for each, and whether no fewer would do.
///
/// Source: the kubelet's topology manager.
struct TopologyHint: Hashable {
    let nodes: UInt32
    let isPreferred: Bool

    /// Whether it comes before another: preferred first, then fewer nodes, then nodes of smaller numbers.
    func isBetter(than other: TopologyHint) -> Bool {
        if isPreferred != other.isPreferred { return isPreferred }
        let (count, otherCount) = (nodes.nonzeroBitCount, other.nodes.nonzeroBitCount)
        return count == otherCount ? nodes < other.nodes : count < otherCount
    }

    /// The hints of one resource: every set of NUMA nodes that has enough left; those are preferred that have no more nodes
    /// than the amount needs on an empty machine.
    ///
    /// - Parameters:
    ///   - amount: what is asked for, above 0.
    ///   - left: what is left on each NUMA node.
    ///   - whole: what each has when it is empty.
    /// - Complexity: O(2ᵐ) for *m* NUMA nodes.
    static func hints(for amount: Int, left: [Int], of whole: [Int]) -> [TopologyHint] {
        var fewest = left.count
        var enough: [UInt32] = []
        for nodes in 1..<(UInt32(1) << UInt32(left.count)) {
            var (sum, wholeSum, rest) = (0, 0, nodes)
            while rest != 0 {
                sum += left[rest.trailingZeroBitCount]
                wholeSum += whole[rest.trailingZeroBitCount]
                rest &= rest - 1
            }
            if wholeSum >= amount { fewest = min(fewest, nodes.nonzeroBitCount) }
            if sum >= amount { enough.append(nodes) }
        }
        return enough.map { TopologyHint(nodes: $0, isPreferred: $0.nonzeroBitCount == fewest) }
    }

    /// What all resources of a container agree on: of every choice of one hint each, the nodes that are in all.
    ///
    /// A resource without a preference is not among them; one that can come from nowhere has no hints.
    ///
    /// - Returns: the best agreement, and all NUMA nodes, not preferred, where there is none.
    /// - Complexity: O(resources × 2ᵐ × hints): agreements are told apart by their nodes alone.
    static func merge(_ hints: [[TopologyHint]], nodeCount: Int) -> TopologyHint {
        let all = (UInt32(1) << UInt32(nodeCount)) - 1
        var agreements: Set<TopologyHint> = [TopologyHint(nodes: all, isPreferred: true)]
        for choices in hints {
            // One that can come from nowhere rules out nothing, but is never what anybody prefers.
            let choices = choices.isEmpty ? [TopologyHint(nodes: all, isPreferred: false)] : choices
            var next: Set<TopologyHint> = []
            for agreement in agreements {
                for choice in choices where agreement.nodes & choice.nodes != 0 {
                    next.insert(
                        TopologyHint(
                            nodes: agreement.nodes & choice.nodes,
                            isPreferred: agreement.isPreferred && choice.isPreferred))
                }
            }
            agreements = next
        }
        return agreements.reduce(TopologyHint(nodes: all, isPreferred: false)) { best, agreement in
            agreement.isBetter(than: best) ? agreement : best
        }
    }
}

extension TopologyPolicy {
    /// Where a container's resources come from under a policy; `nil` where the policy refuses it.
    ///
    /// Source: the kubelet's topology manager, as Volcano's `numa-aware` has it.
    func admit(_ hints: [[TopologyHint]], nodeCount: Int) -> TopologyHint? {
        switch self {
        case .none: return TopologyHint(nodes: (1 << UInt32(nodeCount)) - 1, isPreferred: true)
        case .bestEffort: return TopologyHint.merge(hints, nodeCount: nodeCount)
        case .restricted:
            let merged = TopologyHint.merge(hints, nodeCount: nodeCount)
            return merged.isPreferred ? merged : nil
        case .singleNUMANode:
            let single = hints.map { $0.filter { $0.isPreferred && $0.nodes.nonzeroBitCount == 1 } }
            // Nothing left of a resource that had hints: nowhere.
            if single.contains(where: \.isEmpty) { return nil }
            let merged = TopologyHint.merge(single, nodeCount: nodeCount)
            return merged.isPreferred ? merged : nil
        }
    }
}
