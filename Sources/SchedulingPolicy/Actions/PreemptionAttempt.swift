import Allocator
import ClusterModel

/// One pod for which `preempt` looks for a node that others can leave.
struct PreemptionAttempt {
    let session: Session
    let task: Int
    let shape: ShapeID
    /// The pod's gang.
    let job: Int
    /// The queue of that gang.
    let queue: Int
    /// What plugins say of the nodes.
    let rules: NodeRules?
    /// Whether a pod is of those that may have to leave.
    let isRival: (Int) -> Bool

    /// Lets pods leave on the best node where that helps, the least important first.
    ///
    /// - Returns: the node; `nil` if there is none, and then nobody leaves.
    func makeRoomOnBestNode(_ statement: inout Statement) -> Int? {
        session.allocator.prepare(shape)
        for node in session.allocator.ranked(nodes, for: shape, adding: { rules?.points($0) }) {
            guard let victims = victims(on: node) else { continue }
            if isRoomy(node) { return node }
            let savepoint = statement.savepoint
            for victim in victims {
                evict(victim, &statement)
                if isRoomy(node) { return node }
            }
            statement.rollback(to: savepoint, in: session)
        }
        return nil
    }

    /// Lets pods leave on the node where that costs least, of as many as are to be compared.
    ///
    /// Source: Volcano's topology-aware preemption, which follows kube-scheduler's. It begins anywhere; ours at the first
    /// node by name. On each node pods leave, in thought, until the pod fits, and then those that need not leave after all
    /// stay, the most important first. A node that nobody has to leave is none to compare.
    ///
    /// - Returns: the node; `nil` if there is none, and then nobody leaves.
    func makeRoomWhereItCostsLeast(_ limits: CandidateLimits, _ statement: inout Statement) -> Int? {
        let nodes = nodes
        var left = limits.count(of: nodes.count)
        var best: (node: Int, victims: [Int], cost: VictimCost)?
        for node in nodes where left > 0 {
            let victims = neededVictims(on: node, &statement)
            if victims.isEmpty { continue }
            left -= 1
            let cost = VictimCost(of: victims, in: session)
            if best.map({ cost < $0.cost }) ?? true { best = (node, victims, cost) }
        }
        for victim in best?.victims ?? [] { evict(victim, &statement) }
        return best?.node
    }

    /// The pods that have to leave a node, the most important first; none where that does not help.
    private func neededVictims(on node: Int, _ statement: inout Statement) -> [Int] {
        let savepoint = statement.savepoint
        defer { statement.rollback(to: savepoint, in: session) }
        var leaving: [Int] = []
        for victim in victims(on: node) ?? [] {
            evict(victim, &statement)
            leaving.append(victim)
            if isRoomy(node) { break }
        }
        if !isRoomy(node) { return [] }
        return leaving.sorted { session.isMoreImportant($0, than: $1) }.filter { victim in
            statement.takeBack(victim, in: session)
            if isRoomy(node) { return false }
            evict(victim, &statement)
            return true
        }
    }

    /// The nodes that may take the pod once others have left, by name.
    private var nodes: [Int] {
        let nodes = session.allocator.nodes(meetingDemandsOf: shape)
        return rules.map { rules in nodes.filter { !rules.isPastHelp($0) } } ?? nodes
    }

    /// The pods that may leave a node, in the order in which they would; `nil` if all of them are not enough.
    private func victims(on node: Int) -> [Int]? {
        let isBestEffort = session.tasks[task].isBestEffort
        let entry = session.nodes.entry(atIndex: node)
        let candidates = session.victimCandidates(on: entry, for: queue) { victim in
            let status = session.tasks[victim].status
            return (status == .running || status == .bound) && session.isPreemptable(victim)
                && (!isBestEffort || session.tasks[victim].isBestEffort) && isRival(victim)
        }
        let victims = session.points.preemptable(for: task, among: candidates, in: session)
        if !session.fits(task, on: node, without: victims, freeing: session.sum(of: victims)) { return nil }
        return victims.sorted { session.points.isVictim($0, before: $1, for: queue, in: session) }
    }

    private func isRoomy(_ node: Int) -> Bool {
        session.points.isAllocatable(queue, task, in: session)
            && session.fits(task, on: node, without: [], freeing: [])
            && session.allocator.placement(of: shape, on: node) != nil
            && rules?.refusal(node, looksAtRoom: false) == nil
    }

    private func evict(_ victim: Int, _ statement: inout Statement) {
        statement.evict(victim, because: .preempt, for: job, in: session)
    }
}

/// How many nodes `enableTopologyAwarePreemption` compares. Source: kube-scheduler's `DefaultPreemptionArgs`.
struct CandidateLimits {
    private let percentage: Int
    private let fewest: Int
    private let most: Int

    /// `nil` where nodes are not compared.
    init?(_ arguments: Arguments?) {
        let name = "enableTopologyAwarePreemption"
        // Volcano 1.5 does not know it.
        guard let arguments, arguments.takes(name), arguments.bool(name) else { return nil }
        percentage = Int(arguments.integer("minCandidateNodesPercentage"))
        fewest = Int(arguments.integer("minCandidateNodesAbsolute"))
        most = Int(arguments.integer("maxCandidateNodesAbsolute"))
    }

    /// How many of so many nodes.
    func count(of nodes: Int) -> Int { min(nodes, most, max(fewest, nodes * percentage / 100)) }
}

/// What it costs that pods leave a node; the smaller is the better.
///
/// Compared are the highest priority, the sum of the priorities, the number of pods, and when the first of the most
/// important ones started: the later, the less is lost. Source: kube-scheduler's `pickOneNodeForPreemption`.
struct VictimCost: Comparable {
    private let highest: Int32
    /// Priorities counted from the lowest that there is: one more pod always costs more.
    private let sum: Int64
    private let count: Int
    /// In seconds; of pods that have not started, the latest that there is.
    private let earliestStart: Int64

    init(of victims: [Int], in session: Session) {
        let highest = victims.map { session.tasks[$0].priority }.max() ?? .min
        self.highest = highest
        sum = victims.reduce(0) { $0 + Int64(session.tasks[$1].priority) - Int64(Int32.min) }
        count = victims.count
        earliestStart =
            victims.filter { session.tasks[$0].priority == highest }.map(session.startSeconds).min() ?? .max
    }

    static func < (left: Self, right: Self) -> Bool {
        if left.highest != right.highest { return left.highest < right.highest }
        if left.sum != right.sum { return left.sum < right.sum }
        if left.count != right.count { return left.count < right.count }
        return left.earliestStart > right.earliestStart
    }
}

extension Session {
    /// When a pod started, or else was created, in seconds.
    fileprivate func startSeconds(of task: Int) -> Int64 {
        runTimes.start(of: task, created: tasks[task].created)?.secondsSinceEpoch ?? .max
    }

    /// Whether a pod stays before another: the higher priority, then the earlier start. Source: kube-scheduler.
    fileprivate func isMoreImportant(_ left: Int, than right: Int) -> Bool {
        let (first, second) = (tasks[left].priority, tasks[right].priority)
        if first != second { return first > second }
        let (start, other) = (startSeconds(of: left), startSeconds(of: right))
        return start == other ? tasks[left].key < tasks[right].key : start < other
    }
}
