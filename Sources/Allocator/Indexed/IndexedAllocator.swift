import ClusterModel

/// Placement by index: a gang of k equal pods costs O(k log groups), however many nodes there are.
///
/// Read in this order:
///
/// 1. `NodeClasses`: nodes that no pod tells apart by label or taint;
/// 2. `GroupTable`: nodes of one class in the same state, which therefore fit the same pods with the same score;
/// 3. `NodeHeaps`: the nodes of a group, smallest name first;
/// 4. `ClassIndex` and `Ranking`: for what a shape asks for, the groups of a class, best first;
/// 5. `Plan` and `Front`: the classes that a shape may use, and the best place found there last.
///
/// Decisions are those of `ReferenceAllocator`, pod by pod.
public struct IndexedAllocator: PodAllocator {
    var inventory: Inventory
    var classes = NodeClasses()
    var groups: GroupTable
    var rankings: [Ranking] = []
    var rankingIDs: [RankingKey: Int] = [:]
    /// For each shape, where to look; filled when first asked for.
    var plans: [Plan] = []
    /// For each shape, what was found there last.
    var fronts: [Front] = []
    /// Candidates that have been refused in the search that goes on; they stand in no group.
    var refused: [Int] = []
    /// Counts the changes after which plans must be looked at again.
    var generation = 0

    /// An allocator over a cluster, with the filters and scores that the policy chose.
    public init(cluster: ClusterState, filters: NodeFilters, kernels: [ScoreKernel]) {
        inventory = Inventory(cluster, filters: filters, kernels: kernels)
        groups = GroupTable(columns: cluster.resources.count)
        var states = cluster.states
        states.addColumns(upTo: inventory.resources.count)
        classifyAll(states, row: { $0 }, marks: { _ in [] })
    }

    // MARK: Asking

    /// The best node for one more pod: the best of all rankings, or the node in hand.
    ///
    /// - Complexity: O(1) as long as only the node in hand has changed, else O(classes that meet the shape's demands)
    ///   and what has changed there since the shape last asked.
    public mutating func bestNode(for shape: ShapeID) -> Placement? {
        refreshFront(of: shape)
        let front = fronts[shape.index]
        switch front.search {
        case .few: return bestOfFew(for: shape)
        case .byPreference:
            if let node = bestByPreference(for: shape) { return Placement(node: node, kind: .allocate) }
        case .plain:
            let own = Ranking.Contender(score: handWorth(front, shape).score, head: groups.hand)
            let best = own.score != Ranking.unfit && own.beats(front.challenger) ? own : front.challenger
            if best.head != .none { return Placement(node: Int(best.head.node), kind: .allocate) }
        }
        if groups.freeingNodes == 0 { return nil }
        return bestPipelined(for: shape).map { Placement(node: $0, kind: .pipeline) }
    }

    /// The best node that a check on the candidate accepts. Candidates that it refuses are hidden until the end.
    ///
    /// - Complexity: O((1 + candidates refused) × log nodes) and as of `bestNode`.
    public mutating func bestNode(for shape: ShapeID, where accepts: (Int) -> Bool) -> Placement? {
        var best = bestNode(for: shape)
        while let candidate = best, !accepts(candidate.node) {
            groups.hide(candidate.node)
            refused.append(candidate.node)
            best = bestNode(for: shape)
        }
        for node in refused { groups.show(node) }
        refused.removeAll(keepingCapacity: true)
        return best
    }

    /// How many pods fit.
    ///
    /// - Complexity: as of `bestNode`.
    public mutating func room(for shape: ShapeID) -> Int {
        refreshFront(of: shape)
        let front = fronts[shape.index]
        if front.search == .few { return roomOfFew(for: shape) }
        return front.room + Int(handWorth(front, shape).room)
    }

    /// What the node in hand is worth to a shape as it is now.
    @inline(__always)
    private mutating func handWorth(_ front: Front, _ shape: ShapeID) -> Ranking.Worth {
        if front.handRanking < 0 { return Ranking.Worth(score: Ranking.unfit, room: 0) }
        let ranking = Int(front.handRanking)
        let ordinal = groups.handOrdinal
        if ordinal >= rankings[ranking].worths.count { addWorths(to: ranking, for: shape) }
        return rankings[ranking].worths[ordinal]
    }
    /// True while more will be left on some node than there is now.
    public var isFreeing: Bool { groups.freeingNodes > 0 }

    /// The place on one node.
    public func placement(of shape: ShapeID, on node: Int) -> Placement? {
        let shape = inventory.shapes[shape]
        guard inventory.isEligible(node, for: shape),
            let kind = shape.kind(in: groups.states, Int(groups.groupOf[node]), filters: inventory.filters)
        else { return nil }
        return Placement(node: node, kind: kind)
    }

    /// The best node where classes differ in what they bring with them: that is scaled over the classes that have room.
    private mutating func bestByPreference(for shape: ShapeID) -> Int? {
        let front = fronts[shape.index]
        let own = handWorth(front, shape).score
        var candidates: [(raw: NodePreferences.Raw, contender: Ranking.Contender)] = []
        for part in plans[shape.index].parts {
            let winner = rankings[part.ranking].winner
            if winner != .none { candidates.append((part.raw, winner)) }
            if part.ranking == Int(front.handRanking), own != Ranking.unfit {
                candidates.append((part.raw, Ranking.Contender(score: own, head: groups.hand)))
            }
        }
        var highest = NodePreferences.Raw()
        for candidate in candidates { highest.raise(to: candidate.raw) }
        var best = Ranking.Contender.none
        for (raw, own) in candidates {
            let points = inventory.constraints.weights.points(raw, highest: highest)
            let whole = Ranking.Contender(score: own.score + points, head: own.head)
            if whole.beats(best) { best = whole }
        }
        return best == .none ? nil : Int(best.head.node)
    }

    /// The best of a handful of nodes, weighed up one by one as the reference does.
    private func bestOfFew(for shape: ShapeID) -> Placement? {
        let nodes = fewNodes(for: shape)
        let shape = inventory.shapes[shape]
        for kind in [Placement.Kind.allocate, .pipeline] {
            let candidates = nodes.filter {
                shape.kind(in: groups.states, Int(groups.groupOf[$0]), filters: inventory.filters) == kind
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
        let shape = inventory.shapes[shape]
        var candidates: [Int] = []
        for part in plan.parts {
            let nodeClass = groups.classes[part.nodeClass]
            for (group, nodes) in zip(nodeClass.groups, nodeClass.nodes) where nodes.count > 0 {
                if shape.kind(in: groups.states, Int(group), filters: inventory.filters) == .pipeline {
                    candidates.append(Int(nodes.head.node))
                }
            }
        }
        if groups.hand != .none, plan.parts.contains(where: { $0.nodeClass == groups.handClass }),
            shape.kind(in: groups.states, Int(groups.handGroup), filters: inventory.filters) == .pipeline
        {
            candidates.append(Int(groups.hand.node))
        }
        return best(of: candidates, for: shape)
    }

    private func best(of candidates: [Int], for shape: ShapeTable.Shape) -> Int? {
        // A closure that held on to the allocator would copy it.
        let groupOf = groups.groupOf
        return inventory.best(of: candidates, for: shape, groups.states) { Int(groupOf[$0]) }
    }

    /// The handful of nodes that meet the demands, less those that are marked or refused.
    private func fewNodes(for id: ShapeID) -> [Int] {
        let shape = inventory.shapes[id]
        let nodes = plans[id.index].fewNodes
        if shape.marks == MarkTable.noDemands, refused.isEmpty { return nodes }
        return nodes.filter { inventory.isEligible($0, for: shape) && !refused.contains($0) }
    }

    private func roomOfFew(for shape: ShapeID) -> Int {
        let nodes = fewNodes(for: shape)
        let shape = inventory.shapes[shape]
        return nodes.reduce(0) { room, node in
            let row = Int(groups.groupOf[node])
            return room + Int(shape.room(in: groups.states, row, filters: inventory.filters))
        }
    }

    // MARK: Changing

    /// Takes a place.
    public mutating func take(_ placement: Placement, for shape: ShapeID) {
        change(placement.node, requestID(of: shape), placement.kind.occupancy, sign: 1)
    }

    /// Gives a place back.
    public mutating func giveBack(_ placement: Placement, for shape: ShapeID) {
        change(placement.node, requestID(of: shape), placement.kind.occupancy, sign: -1)
    }

    /// Books a pod.
    public mutating func add(_ request: RequestID, to node: Int, as occupancy: Occupancy) {
        change(node, request, occupancy, sign: 1)
    }

    /// Takes a pod off.
    public mutating func remove(_ request: RequestID, from node: Int, as occupancy: Occupancy) {
        change(node, request, occupancy, sign: -1)
    }

    private mutating func change(_ node: Int, _ request: RequestID, _ occupancy: Occupancy, sign: Int64) {
        let change = TransitionTable.Change(request: request, occupancy: occupancy, sign: sign)
        if groups.move(node, change.event) { return }
        groups.explore(node, change, inventory.requests[request])
        let isKnown = groups.move(node, change.event)
        precondition(isKnown, "it has just been explored")
        tidy()
    }
}
