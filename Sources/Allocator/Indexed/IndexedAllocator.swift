public import ClusterModel

/// Placement by index: a gang of k equal pods costs O(k log groups), however many nodes there are.
///
/// Read in this order:
///
/// 1. `NodeClasses`: nodes that no pod tells apart by label or taint;
/// 2. `GroupTable`: nodes of one class in the same state, which therefore fit the same pods with the same score;
/// 3. `NodeHeaps`: the nodes of a group, smallest name first;
/// 4. `Ranking`: for what a shape asks for, the groups of a class, best first.
///
/// Decisions are those of `ReferenceAllocator`, pod by pod.
public struct IndexedAllocator: PodAllocator {
    /// Nodes and names; its states are not kept up to date.
    private let inventory: ClusterState
    private let filters: NodeFilters
    private var table: ShapeTable
    private var classes: NodeClasses
    private var groups: GroupTable
    /// For each shape, where to look; filled when first asked for.
    private var plans: [Plan] = []
    private var rankingIDs: [RankingKey: Int] = [:]
    /// The classes must be split by demands from here on before the next question.
    private var refinedDemands = 0
    private var refinedPreferences = 0

    /// Demands that so few nodes meet are looked at node by node, and split no classes.
    private static let fewNodes = 32

    private struct RankingKey: Hashable {
        let request: Int
        let nodeClass: Int
    }

    /// Where to look for places for a shape.
    private struct Plan: Sendable {
        struct Part: Sendable {
            let nodeClass: Int
            /// The number of the ranking in the class.
            let ranking: Int
            let raw: NodePreferences.Raw
        }

        /// False until someone has asked.
        var isMade = false
        /// The classes that meet the demands.
        var parts: [Part] = []
        /// The nodes that meet the demands, where they are few.
        var fewNodes: [Int] = []
        /// True when the parts differ in what they bring with them.
        var hasPreferences = false
    }

    /// An allocator over a cluster, with the filters and scores that the policy chose.
    public init(cluster: ClusterState, filters: NodeFilters, kernels: [ScoreKernel]) {
        inventory = cluster
        self.filters = filters
        table = ShapeTable(filters: filters, kernels: kernels, nodes: cluster.nodes)
        classes = NodeClasses(nodeCount: cluster.nodes.count)
        groups = GroupTable(cluster.states, nodeCount: cluster.nodes.count, classes: classes, row: { $0 })
    }

    /// The nodes in byte-wise order of their names.
    public var nodes: [Node] { inventory.nodes }

    /// The shape of a pod.
    public mutating func intern(_ pod: Pod) -> ShapeID {
        table.intern(pod, resources: inventory.resources, nodes: inventory.nodes)
    }

    /// What a pod of a shape takes.
    public func request(of shape: ShapeID) -> PodRequest { table.shapes[shape.index].request }

    /// What the nodes offer and what is left, put together node by node.
    public var cluster: ClusterState {
        var cluster = inventory
        cluster.states = StateTable(groups.states, rows: groups.groupOf.lazy.map(Int.init))
        return cluster
    }

    /// Says why nodes do not take pods.
    public var diagnosis: Diagnosis {
        let rows = groups.groupOf
        return Diagnosis(
            table: table, nodes: inventory.nodes, resources: inventory.resources, states: groups.states,
            row: { Int(rows[$0]) })
    }

    // MARK: Asking

    /// The best node for one more pod, read off the rankings.
    ///
    /// - Complexity: O(classes that meet the shape's demands), plus what has changed since the shape last asked.
    public mutating func bestNode(for shape: ShapeID) -> Placement? {
        makePlan(for: shape)
        if !plans[shape.index].fewNodes.isEmpty { return bestOfFew(for: shape) }
        if let node = bestInRankings(for: shape) { return Placement(node: node, kind: .allocate) }
        if groups.freeingNodes == 0 { return nil }
        return bestPipelined(for: shape).map { Placement(node: $0, kind: .pipeline) }
    }

    /// The place on one node.
    public func placement(of shape: ShapeID, on node: Int) -> Placement? {
        let shape = table.shapes[shape.index]
        guard table.eligible[shape.demands].contains(node),
            let kind = shape.kind(in: groups.states, Int(groups.groupOf[node]), filters: filters)
        else { return nil }
        return Placement(node: node, kind: kind)
    }

    private mutating func bestInRankings(for shape: ShapeID) -> Int? {
        let count = plans[shape.index].parts.count
        if plans[shape.index].hasPreferences { return bestByPreference(for: shape) }
        var best: (node: Int32, score: Int64)?
        for position in 0..<count {
            guard let own = self.best(of: plans[shape.index].parts[position], for: shape) else { continue }
            if best.map({ own.score > $0.score || (own.score == $0.score && own.node < $0.node) }) ?? true {
                best = own
            }
        }
        return best.map { Int($0.node) }
    }

    /// The best node of one class, before preferences.
    private mutating func best(of part: Plan.Part, for shape: ShapeID) -> (node: Int32, score: Int64)? {
        if !groups.classes[part.nodeClass].isScored(part.ranking) {
            let (states, asked) = (groups.states, table.shapes[shape.index])
            let filters = filters
            groups.classes[part.nodeClass].score(part.ranking) { group in
                asked.kind(in: states, group, filters: filters) == .allocate
                    ? asked.scorer.score(states, group) : nil
            }
        }
        return groups.classes[part.nodeClass].best(part.ranking)
    }

    /// The best node where classes differ in what they bring with them: that is scaled over the classes that have room.
    private mutating func bestByPreference(for shape: ShapeID) -> Int? {
        let parts = plans[shape.index].parts
        let preferences = table.preferences[table.shapes[shape.index].preferences]
        var highest = NodePreferences.Raw()
        var found: [(raw: NodePreferences.Raw, node: Int32, score: Int64)] = []
        for part in parts {
            guard let own = best(of: part, for: shape) else { continue }
            highest.raise(to: part.raw)
            found.append((part.raw, own.node, own.score))
        }
        var best: (node: Int32, score: Int64)?
        for (raw, node, own) in found {
            let score = own + preferences.points(raw, highest: highest)
            if best.map({ score > $0.score || (score == $0.score && node < $0.node) }) ?? true {
                best = (node, score)
            }
        }
        return best.map { Int($0.node) }
    }

    /// The best of a handful of nodes, weighed up one by one as the reference does.
    private func bestOfFew(for shape: ShapeID) -> Placement? {
        let nodes = plans[shape.index].fewNodes
        let shape = table.shapes[shape.index]
        for kind in [Placement.Kind.allocate, .pipeline] {
            let candidates = nodes.filter {
                shape.kind(in: groups.states, Int(groups.groupOf[$0]), filters: filters) == kind
            }
            if let node = best(of: candidates, for: shape) { return Placement(node: node, kind: kind) }
        }
        return nil
    }

    /// The best node that will have room, among the groups on which something is being freed.
    ///
    /// - Complexity: O(groups). Pods are seldom promised a place.
    private func bestPipelined(for shape: ShapeID) -> Int? {
        let plan = plans[shape.index]
        let shape = table.shapes[shape.index]
        var candidates: [Int] = []
        for part in plan.parts {
            let nodeClass = groups.classes[part.nodeClass]
            for (group, head) in zip(nodeClass.groups, nodeClass.heads) {
                if head == NodeHeaps.none { continue }
                if shape.kind(in: groups.states, Int(group), filters: filters) == .pipeline {
                    candidates.append(Int(head))
                }
            }
        }
        return best(of: candidates, for: shape)
    }

    /// The node with the highest score; of equal ones the one with the smallest name.
    private func best(of candidates: [Int], for shape: ShapeTable.Shape) -> Int? {
        let preferences = table.preferences[shape.preferences]
        var highest = NodePreferences.Raw()
        for node in candidates { highest.raise(to: preferences.raw(node)) }
        var best: (node: Int, score: Int64)?
        for node in candidates {
            let score =
                shape.scorer.score(groups.states, Int(groups.groupOf[node]))
                + preferences.points(preferences.raw(node), highest: highest)
            if best.map({ score > $0.score || (score == $0.score && node < $0.node) }) ?? true {
                best = (node, score)
            }
        }
        return best?.node
    }

    // MARK: Changing

    /// Takes a place.
    public mutating func take(_ placement: Placement, for shape: ShapeID) {
        change(placement.node, shape, placement.kind.occupancy, sign: 1)
    }

    /// Gives a place back.
    public mutating func giveBack(_ placement: Placement, for shape: ShapeID) {
        change(placement.node, shape, placement.kind.occupancy, sign: -1)
    }

    private mutating func change(_ node: Int, _ shape: ShapeID, _ occupancy: Occupancy, sign: Int64) {
        let request = table.shapes[shape.index].requestID
        groups.move(
            node, TransitionTable.Change(request: request, occupancy: occupancy, sign: sign),
            request: table.requests[request])
        if groups.count > 4 * inventory.nodes.count + 4096 { regroup() }
    }

    // MARK: Plans

    /// Finds out where to look for places for a shape.
    private mutating func makePlan(for shape: ShapeID) {
        if shape.index < plans.count, plans[shape.index].isMade { return }
        refineClasses()
        while plans.count < table.shapes.count { plans.append(Plan()) }
        plans[shape.index] = madePlan(for: table.shapes[shape.index])
    }

    private mutating func madePlan(for shape: ShapeTable.Shape) -> Plan {
        var plan = Plan()
        plan.isMade = true
        let eligible = table.eligible[shape.demands]
        if eligible.count <= Self.fewNodes {
            eligible.forEach { plan.fewNodes.append($0) }
            return plan
        }
        let preferences = table.preferences[shape.preferences]
        for nodeClass in 0..<classes.count where eligible.contains(classes.representatives[nodeClass]) {
            let key = RankingKey(request: shape.requestID, nodeClass: nodeClass)
            let ranking = rankingIDs[key] ?? groups.classes[nodeClass].addRanking()
            rankingIDs[key] = ranking
            let raw = preferences.raw(classes.representatives[nodeClass])
            plan.parts.append(Plan.Part(nodeClass: nodeClass, ranking: ranking, raw: raw))
        }
        plan.hasPreferences = !preferences.isEmpty && plan.parts.contains { $0.raw != plan.parts[0].raw }
        return plan
    }

    /// Splits the classes by the demands and preferences that have come since.
    private mutating func refineClasses() {
        var isSplit = false
        for demands in table.demands.indices.dropFirst(refinedDemands) {
            let eligible = table.eligible[demands]
            if eligible.count <= Self.fewNodes || eligible.count == inventory.nodes.count { continue }
            if classes.refine(by: eligible.contains) { isSplit = true }
        }
        for preferences in table.preferences.indices.dropFirst(refinedPreferences) {
            let evaluated = table.preferences[preferences]
            if !evaluated.isEmpty, classes.refine(by: evaluated.raw) { isSplit = true }
        }
        refinedDemands = table.demands.count
        refinedPreferences = table.preferences.count
        if isSplit { regroup() }
    }

    /// Groups the nodes anew, by the classes as they are now and without the groups that are empty.
    ///
    /// - Complexity: O(nodes × resources). It happens once for each new set of demands, and then once in more changes than
    ///   there are nodes.
    private mutating func regroup() {
        let (states, rows) = (groups.states, groups.groupOf)
        groups = GroupTable(
            states, nodeCount: inventory.nodes.count, classes: classes, row: { Int(rows[$0]) })
        rankingIDs.removeAll(keepingCapacity: true)
        plans.removeAll(keepingCapacity: true)
    }
}
