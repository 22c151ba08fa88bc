import Allocator
import ClusterModel

/// Required affinity and anti-affinity between one pod and those that are there, in both directions.
///
/// Source: kube-scheduler's `InterPodAffinity` filter. The first pod that asks for the company of its like may start
/// alone. The answers follow what is placed and evicted meanwhile.
final class PodAffinityRule: NodeRule {
    /// A tally, as domains of nodes and pods by domain.
    private struct Look {
        let domains: [Int32]
        let counts: [Int32]

        init(_ tally: Int, in table: NeighbourTable) {
            domains = table.topology.column(table.tallies[tally].key.column)
            counts = table.tallies[tally].counts
        }

        /// The pods in a node's domain; `nil` for a node that is in none.
        @inline(__always)
        func pods(_ node: Int) -> Int32? {
            guard node < domains.count, domains[node] >= 0 else { return nil }
            let domain = Int(domains[node])
            return domain < counts.count ? counts[domain] : 0
        }
    }

    static let affinity = NodeRefusal.rule("node(s) didn't match pod affinity rules", isResolvable: false)
    static let antiAffinity = NodeRefusal.rule(
        "node(s) didn't match pod anti-affinity rules", isResolvable: true)
    static let existingAntiAffinity = NodeRefusal.rule(
        "node(s) didn't satisfy existing pods anti-affinity rules", isResolvable: true)

    private let session: Session
    private let wishes: NeighbourTable.Wishes
    private let heldTallies: [Int]
    private var version: UInt64
    private var seeks: [Look] = []
    private var avoids: [Look] = []
    private var isAvoided: [Look] = []
    private var mayBeFirst = false

    /// `nil` for a pod that asks for nothing and that nobody's terms mean.
    init?(_ task: Int, in session: Session) {
        guard let kind = session.neighbours.kind(of: task) else { return nil }
        wishes = session.neighbours.wishes[kind]
        heldTallies = session.neighbours.heldTerms(against: kind)
            .filter { $0.term.role == .requiredAntiAffinity }.map(\.tally)
        if wishes.affinity.isEmpty, wishes.antiAffinity.isEmpty, heldTallies.isEmpty { return nil }
        self.session = session
        version = session.neighbours.version
        look()
    }

    private func look() {
        let table = session.neighbours
        version = table.version
        func isSomewhere(_ tally: Int) -> Bool { table.tallies[tally].total > 0 }
        seeks = wishes.affinity.map { Look($0, in: table) }
        avoids = wishes.antiAffinity.filter(isSomewhere).map { Look($0, in: table) }
        isAvoided = heldTallies.filter(isSomewhere).map { Look($0, in: table) }
        mayBeFirst = wishes.seeksItsLike && !wishes.affinity.contains(where: isSomewhere)
    }

    /// Why a node cannot take the pod; `nil` if it can.
    func refusal(_ node: Int) -> NodeRefusal? {
        if version != session.neighbours.version { look() }
        var hasCompany = true
        for term in seeks {
            guard let pods = term.pods(node) else { return Self.affinity }
            if pods == 0 { hasCompany = false }
        }
        if !hasCompany, !mayBeFirst { return Self.affinity }
        for term in avoids where (term.pods(node) ?? 0) > 0 { return Self.antiAffinity }
        for term in isAvoided where (term.pods(node) ?? 0) > 0 { return Self.existingAntiAffinity }
        return nil
    }
}
