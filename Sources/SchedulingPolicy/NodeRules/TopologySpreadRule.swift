import Allocator
import ClusterModel

/// How evenly a pod and its like must be spread: what `DoNotSchedule` constraints say of nodes.
///
/// Source: kube-scheduler's `PodTopologySpread` filter. Counted are pods that are not being deleted, on nodes that have all
/// topology keys and that the constraint's policies include.
final class TopologySpreadRule: NodeRule {
    /// A constraint, with the pods by domain.
    private struct Count {
        let spread: NeighbourTable.Spread
        let domains: [Int32]
        /// The pods in each domain; negative for one that does not count.
        let pods: [Int32]
        /// The pods in the domain with the fewest.
        let fewest: Int
    }

    static let missingLabel = NodeRefusal.rule(
        "node(s) didn't match pod topology spread constraints (missing required label)", isResolvable: false)
    static let skew = NodeRefusal.rule(
        "node(s) didn't match pod topology spread constraints", isResolvable: true)

    private let session: Session
    private let kind: Int
    private let constraints: [NeighbourTable.Spread]
    private var version: UInt64 = 0
    private var counts: [Count] = []

    /// `nil` for a pod without such a constraint.
    init?(_ task: Int, in session: Session) {
        guard let kind = session.neighbours.kind(of: task) else { return nil }
        constraints = session.neighbours.wishes[kind].spread.filter {
            $0.constraint.whenUnsatisfiable == .doNotSchedule
        }
        if constraints.isEmpty { return nil }
        self.kind = kind
        self.session = session
        count()
    }

    private func count() {
        version = session.neighbours.version
        counts = constraints.map { spread in
            let pods = session.spreadPods(of: spread, kind)
            let present = pods.lazy.filter { $0 >= 0 }
            let domainCount = present.count
            let isShort = domainCount < spread.constraint.minDomains ?? 1
            return Count(
                spread: spread, domains: session.neighbours.topology.column(spread.column), pods: pods,
                fewest: isShort ? 0 : Int(present.min() ?? 0))
        }
    }

    /// Why a node cannot take the pod; `nil` if it can.
    func refusal(_ node: Int) -> NodeRefusal? {
        if version != session.neighbours.version { count() }
        for count in counts {
            guard node < count.domains.count, count.domains[node] >= 0 else { return Self.missingLabel }
            let domain = Int(count.domains[node])
            let there = domain < count.pods.count ? max(0, Int(count.pods[domain])) : 0
            let skew = there + (count.spread.countsItself ? 1 : 0) - count.fewest
            if skew > count.spread.constraint.maxSkew { return Self.skew }
        }
        return nil
    }
}
