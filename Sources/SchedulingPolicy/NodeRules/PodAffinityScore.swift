import ClusterModel

/// How welcome the company on nodes is to one pod, and the pod to it, 0 to 100.
///
/// Source: kube-scheduler's `InterPodAffinity` score. Weights are summed over the pods in a node's domains that a preferred
/// term of the pod means, or one of whose terms means the pod; the sums are scaled over the nodes that can take the pod,
/// so that the least gets 0 and the most 100.
final class PodAffinityScore {
    private let session: Session
    private let weights: [(tally: Int, weight: Int64)]

    /// `nil` for a pod to which nobody is welcome or unwelcome.
    ///
    /// - Parameter requiredWeight: what a required term of a pod that is there counts.
    init?(_ task: Int, requiredWeight: Int64, in session: Session) {
        guard let kind = session.neighbours.kind(of: task) else { return nil }
        var weights = session.neighbours.wishes[kind].preferences
        for (term, tally) in session.neighbours.heldTerms(against: kind) {
            switch term.role {
            case .requiredAntiAffinity: break
            case .requiredAffinity: if requiredWeight != 0 { weights.append((tally, requiredWeight)) }
            case .preference(let weight): weights.append((tally, weight))
            }
        }
        weights.removeAll { session.neighbours.tallies[$0.tally].total == 0 }
        if weights.isEmpty { return nil }
        self.weights = weights
        self.session = session
    }

    /// The points of nodes, in their order.
    func points(_ nodes: [Int]) -> [Int64] {
        var sums = [Int64](repeating: 0, count: nodes.count)
        for (tally, weight) in weights {
            let counts = session.neighbours.tallies[tally].counts
            let column = session.neighbours.tallies[tally].key.column
            for (position, node) in nodes.enumerated() {
                let domain = session.neighbours.topology.domain(column, of: node)
                if domain >= 0, domain < counts.count {
                    sums[position] += weight * Int64(counts[Int(domain)])
                }
            }
        }
        guard let least = sums.min(), let most = sums.max(), most > least else {
            return [Int64](repeating: 0, count: nodes.count)
        }
        // In floating point, as the source has it: it rounds down.
        return sums.map { Int64(100 * (Double($0 - least) / Double(most - least))) }
    }
}
