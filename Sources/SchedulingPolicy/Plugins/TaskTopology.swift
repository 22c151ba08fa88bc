import ClusterModel

/// Which roles of a gang belong on one node, and which do not, as its annotations say.
///
/// Source: Volcano's `task-topology`. Groups are separated by semicolons and the roles of one by commas; a group of one
/// role is about pods of that role among themselves.
struct TaskTopology: Equatable, Sendable {
    private static let affinityKey = "volcano.sh/task-topology-affinity"
    private static let antiAffinityKey = "volcano.sh/task-topology-anti-affinity"
    private static let orderKey = "volcano.sh/task-topology-task-order"

    /// Groups of roles that belong together.
    let affinity: [[String]]
    /// Groups of roles that do not.
    let antiAffinity: [[String]]
    /// Roles in the order in which they are placed.
    let order: [String]

    /// What the annotations of a gang say; `nil` if none of them is about it.
    init?(_ annotations: [String: String]) {
        if annotations.isEmpty { return nil }
        let texts = [Self.affinityKey, Self.antiAffinityKey, Self.orderKey].map { annotations[$0] }
        if texts.allSatisfy({ $0 == nil }) { return nil }
        affinity = Self.groups(texts[0])
        antiAffinity = Self.groups(texts[1])
        order = Self.roles(texts[2] ?? "")
    }

    private static func groups(_ text: String?) -> [[String]] {
        (text ?? "").split(separator: ";").map { roles(String($0)) }.filter { !$0.isEmpty }
    }

    private static func roles(_ text: String) -> [String] { text.split(separator: ",").map(String.init) }

    /// Whether all roles exist, and none stands twice in a group. Otherwise the whole of it is ignored.
    func isValid(roles: Set<String>) -> Bool {
        (affinity + antiAffinity + [order]).allSatisfy { group in
            group.allSatisfy(roles.contains) && Set(group).count == group.count
        }
    }
}

/// What a topology says of pairs of roles, and which role matters more.
struct RoleTies: Sendable {
    private var together: Set<[String]> = []
    private var apart: Set<[String]> = []
    private var priorities: [String: Int] = [:]
    private var order: [String: Int] = [:]

    init(_ topology: TaskTopology) {
        for group in topology.affinity { tie(group, in: \.together, alone: 2, others: 3) }
        for group in topology.antiAffinity { tie(group, in: \.apart, alone: 4, others: 1) }
        for (position, role) in topology.order.enumerated() {
            order[role] = topology.order.count - position
        }
    }

    private mutating func tie(
        _ group: [String], in ties: WritableKeyPath<RoleTies, Set<[String]>>, alone: Int, others: Int
    ) {
        for role in group {
            priorities[role] = max(priorities[role] ?? 0, group.count == 1 ? alone : others)
            for other in group where other != role || group.count == 1 {
                self[keyPath: ties].insert([role, other])
            }
        }
    }

    /// Whether anything is said of a role.
    func contains(_ role: String) -> Bool { priorities[role] != nil }

    /// How far pods of a role belong to those that are there, by role: how many belong with it, less how many do not.
    func attraction(of role: String, to present: [String: Int], onlyApart: Bool = false) -> Int {
        var sum = 0
        for (other, count) in present {
            if !onlyApart, together.contains([role, other]) { sum += count }
            if apart.contains([role, other]) { sum -= count }
        }
        return sum
    }

    /// Negative if pods of the first role go first.
    func compare(_ left: String, _ right: String) -> Int {
        if left == right { return 0 }
        let orders = (order[left] ?? 0, order[right] ?? 0)
        if orders.0 != orders.1 { return orders.0 > orders.1 ? -1 : 1 }
        let ranks = (priorities[left] ?? 0, priorities[right] ?? 0)
        return ranks.0 == ranks.1 ? 0 : (ranks.0 > ranks.1 ? -1 : 1)
    }
}
