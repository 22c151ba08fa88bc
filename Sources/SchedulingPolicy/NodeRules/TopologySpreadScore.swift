import ClusterModel

/// How even the spread of a pod and its like would be on nodes, 0 to 100: what `ScheduleAnyway` constraints say.
///
/// Source: kube-scheduler's `PodTopologySpread` score. A node's sum is, over the constraints, the pods in its domain times
/// ln(domains + 2), plus `maxSkew` − 1; the least sum gets 100. A node without all topology keys gets 0.
final class TopologySpreadScore {
    /// The key for which every node is a domain, whatever policies say.
    private static let hostname = "kubernetes.io/hostname"

    private let session: Session
    private let kind: Int
    private let constraints: [NeighbourTable.Spread]

    /// `nil` for a pod without such a constraint.
    init?(_ task: Int, in session: Session) {
        guard let kind = session.neighbours.kind(of: task) else { return nil }
        constraints = session.neighbours.wishes[kind].spread.filter {
            $0.constraint.whenUnsatisfiable == .scheduleAnyway
        }
        if constraints.isEmpty { return nil }
        self.kind = kind
        self.session = session
    }

    /// The points of nodes, in their order.
    func points(_ nodes: [Int]) -> [Int64] {
        let topology = session.neighbours.topology
        let isWhole = nodes.map { node in
            constraints.allSatisfy { topology.domain($0.column, of: node) >= 0 }
        }
        let wholeCount = isWhole.count { $0 }
        var sums = [Double](repeating: 0, count: nodes.count)
        for spread in constraints {
            let isByNode = spread.constraint.topologyKey == Self.hostname
            let pods =
                isByNode
                ? spread.tally.map { session.neighbours.tallies[$0].counts } ?? []
                : session.spreadPods(of: spread, kind)
            var domains: Set<Int32> = []
            for (position, node) in nodes.enumerated() where isWhole[position] {
                domains.insert(topology.domain(spread.column, of: node))
            }
            let weight = Self.logarithm(Double((isByNode ? wholeCount : domains.count) + 2))
            for (position, node) in nodes.enumerated() where isWhole[position] {
                let index = isByNode ? node : Int(topology.domain(spread.column, of: node))
                let count = index < pods.count ? max(0, pods[index]) : 0
                sums[position] += Double(count) * weight + Double(spread.constraint.maxSkew - 1)
            }
        }
        return Self.normalised(sums.map { Int64($0.rounded()) }, isWhole)
    }

    private static func normalised(_ sums: [Int64], _ counts: [Bool]) -> [Int64] {
        let counted = zip(sums, counts).lazy.filter(\.1).map(\.0)
        guard let least = counted.min(), let most = counted.max() else { return sums.map { _ in 0 } }
        return zip(sums, counts).map { sum, counts in
            if !counts { return 0 }
            return most == 0 ? 100 : 100 * (most + least - sum) / most
        }
    }

    /// The natural logarithm of a number of at least 1.
    ///
    /// The number is brought to between 2/3 and 4/3; ln x = 2 artanh((x − 1) / (x + 1)), whose series converges quickly there.
    static func logarithm(_ number: Double) -> Double {
        var rest = number
        var halvings = 0.0
        while rest > 4.0 / 3 {
            rest /= 2
            halvings += 1
        }
        let ln2 = 0.693_147_180_559_945_3
        let part = (rest - 1) / (rest + 1)
        var power = part
        var sum = 0.0
        for divisor in stride(from: 1.0, through: 41, by: 2) {
            sum += power / divisor
            power *= part * part
        }
        return halvings * ln2 + 2 * sum
    }
}
