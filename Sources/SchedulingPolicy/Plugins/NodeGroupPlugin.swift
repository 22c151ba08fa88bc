import Allocator
import ClusterModel

/// Gives queues the groups of nodes that they name.
///
/// Source: Volcano's `nodegroup`. A node's label `volcano.sh/nodegroup-name` is its group; a queue's affinity says which groups its
/// pods may use, and its annotation `volcano.sh/nodegroup-resource-limits` how much of each.
struct NodeGroupPlugin: Plugin {
    static let name = "nodegroup"
    static let arguments = [
        ArgumentSchema(name: "strict", kind: .bool(default: true)),
        ArgumentSchema(name: "enablePreferredOrder", kind: .bool(default: false)),
    ]

    private let isStrict: Bool
    private let ordersPreferred: Bool

    init(_ arguments: Arguments) {
        isStrict = arguments.bool("strict")
        ordersPreferred = arguments.bool("enablePreferredOrder")
    }

    func open(_ session: Session, _ points: inout PluginPoints) {
        let groups = session.nodes(labelled: "volcano.sh/nodegroup-name")
        let ledger = GroupLedger(session, groups)
        let isHierarchical = points.isHierarchical
        let rules = QueueGroups { queue in
            GroupRule(
                affinity(of: queue, session, isHierarchical), isStrict: isStrict,
                ordersPreferred: ordersPreferred, groups: groups)
        }
        points.filterNodes { session, task in
            guard let queue = session.tasks[task].job.flatMap({ session.jobs[$0].queue }) else { return nil }
            return Self.check(task, queue, rules.rule(of: queue), ledger, groups, session)
        }
        points.scoreNodes { session, task in
            guard let queue = session.tasks[task].job.flatMap({ session.jobs[$0].queue }) else { return nil }
            return rules.rule(of: queue).score
        }
        if !ledger.isEmpty {
            points.observePlaces { session, task, event in ledger.note(task, event, session) }
        }
    }

    private static func check(
        _ task: Int, _ queue: Int, _ rule: GroupRule, _ ledger: GroupLedger, _ groups: [Int: String],
        _ session: Session
    ) -> NodeCheck? {
        switch ledger.limits(of: queue) {
        case .none: return rule.check
        case .unreadable:
            return NodeCheck { _ in
                .rule("node(s) were closed by the queue's unreadable node group limits", isResolvable: false)
            }
        case .groups:
            return NodeCheck { node in
                if let refusal = rule.check?.refusal(node) { return refusal }
                guard let group = groups[node], ledger.isExceeded(by: task, of: queue, in: group, session)
                else { return nil }
                return .rule(
                    "node(s) were in a node group of which the queue has had its limit", isResolvable: true)
            }
        }
    }

    /// What a queue says of groups; in a hierarchy, else what the nearest queue above it says.
    private func affinity(of queue: Int, _ session: Session, _ isHierarchical: Bool) -> QueueAffinity? {
        var seen: Set<Int> = []
        var next = queue
        while seen.insert(next).inserted {
            let share = session.queues[next].queue
            if let affinity = share.affinity { return affinity }
            let parent = share.parent.isEmpty ? Queue.rootName : share.parent
            guard isHierarchical, share.name != Queue.rootName, let above = session.queueIDs[parent] else {
                return nil
            }
            next = above
        }
        return nil
    }
}

/// The rules of queues, each made when it is first asked for.
private final class QueueGroups {
    private var rules: [Int: GroupRule] = [:]
    private let make: (Int) -> GroupRule

    init(_ make: @escaping (Int) -> GroupRule) { self.make = make }

    func rule(of queue: Int) -> GroupRule {
        if let known = rules[queue] { return known }
        let rule = make(queue)
        rules[queue] = rule
        return rule
    }
}

/// What one queue's affinity means for nodes.
private struct GroupRule {
    /// `nil` where no node is refused.
    let check: NodeCheck?
    /// `nil` where no node gets points.
    let score: NodeScore?

    init(_ affinity: QueueAffinity?, isStrict: Bool, ordersPreferred: Bool, groups: [Int: String]) {
        let opensOthers = !isStrict && affinity == nil
        guard let affinity else {
            score = nil
            // Without a label anywhere and without strictness there is nothing to refuse.
            check =
                opensOthers && groups.isEmpty
                ? nil
                : NodeCheck { node in
                    groups[node] == nil && opensOthers ? nil : Self.refusal
                }
            return
        }
        let use = affinity.nodeGroupAffinity ?? QueueAffinity.NodeGroups()
        let avoid = affinity.nodeGroupAntiAffinity ?? QueueAffinity.NodeGroups()
        // Later words override earlier ones, as in Volcano.
        var allowed = Set(use.required).union(use.preferred)
        allowed.subtract(avoid.required)
        allowed.formUnion(avoid.preferred)
        check = NodeCheck { node in groups[node].map(allowed.contains) ?? false ? nil : Self.refusal }
        var points: [String: Int64] = [:]
        for group in Set(use.required) { points[group] = 100 * scoreUnit }
        let count = Int64(use.preferred.count)
        var seen: Set<String> = []
        for (position, group) in use.preferred.enumerated() where seen.insert(group).inserted {
            let rank = ordersPreferred ? count - Int64(position) : count
            points[group, default: 0] += 50 * scoreUnit * rank / count
        }
        for group in avoid.preferred { points[group] = -scoreUnit }
        let final = points
        score =
            final.isEmpty
            ? nil : NodeScore { nodes in nodes.map { groups[$0].flatMap { final[$0] } ?? 0 } }
    }

    private static let refusal = NodeRefusal.rule(
        "node(s) were in no node group of the queue", isResolvable: false)
}

/// What a queue may use of each group.
private enum GroupLimits {
    /// It says nothing.
    case none
    /// Its annotation cannot be read.
    case unreadable
    /// By group.
    case groups([String: ResourceList])
}

/// What queues with limits use of each group, followed pod by pod.
private final class GroupLedger {
    private var limits: [Int: GroupLimits] = [:]
    /// By queue and group, by column.
    private var used: [Int: [String: [Int64]]] = [:]
    private let groups: [Int: String]

    init(_ session: Session, _ groups: [Int: String]) {
        self.groups = groups
        for queue in session.queueOrder {
            let text = session.queues[queue].queue.annotations["volcano.sh/nodegroup-resource-limits"]
            guard let text else { continue }
            limits[queue] = NodeGroupLimits.read(text).map { .groups($0) } ?? .unreadable
        }
        if limits.isEmpty { return }
        for (node, _) in groups {
            session.forEachTask(on: session.nodes.entry(atIndex: node)) { task in
                if session.tasks[task].occupancy == .bound { book(task, session, sign: 1) }
            }
        }
    }

    var isEmpty: Bool { limits.isEmpty }

    func limits(of queue: Int) -> GroupLimits { limits.isEmpty ? .none : limits[queue] ?? .none }

    func note(_ task: Int, _ event: PlaceEvent, _ session: Session) {
        switch event {
        case .placed, .restored: book(task, session, sign: 1)
        case .unplaced, .evicted: book(task, session, sign: -1)
        }
    }

    private func book(_ task: Int, _ session: Session, sign: Int64) {
        guard let queue = session.tasks[task].job.flatMap({ session.jobs[$0].queue }),
            limits[queue] != nil, let group = session.nodeIndex(of: task).flatMap({ groups[$0] })
        else { return }
        var row = used[queue]?[group] ?? session.total.map { _ in 0 }
        for index in session.amounts.range(of: session.tasks[task].request) {
            let entry = session.amounts.entries[index]
            row[entry.column] += sign * entry.amount
        }
        used[queue, default: [:]][group] = row
    }

    /// Whether a pod would take its queue beyond what it may use of a group.
    func isExceeded(by task: Int, of queue: Int, in group: String, _ session: Session) -> Bool {
        guard case .groups(let groups) = limits(of: queue), let limit = groups[group] else { return false }
        let held = used[queue]?[group]
        return session.amounts.range(of: session.tasks[task].request).contains { index in
            let entry = session.amounts.entries[index]
            guard entry.amount > 0, let most = limit[session.resources.names[entry.column]] else {
                return false
            }
            return (held?[entry.column] ?? 0) + entry.amount > most
        }
    }
}
