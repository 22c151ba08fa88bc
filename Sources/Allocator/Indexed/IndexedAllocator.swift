import ClusterModel

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
    var inventory: Inventory
    var classes = NodeClasses()
    var groups: GroupTable
    /// For each shape, where to look; filled when first asked for.
    var plans: [Plan] = []
    var rankingIDs: [RankingKey: Int] = [:]
    /// Counts the changes after which plans must be looked at again.
    var generation = 0

    /// An allocator over a cluster, with the filters and scores that the policy chose.
    public init(cluster: ClusterState, filters: NodeFilters, kernels: [ScoreKernel]) {
        inventory = Inventory(cluster, filters: filters, kernels: kernels)
        groups = GroupTable(columns: cluster.resources.count)
        classifyAll(cluster.states, row: { $0 })
    }

    // MARK: Asking

    /// The best node for one more pod, read off the rankings.
    ///
    /// - Complexity: O(classes that meet the shape's demands), plus what has changed since the shape last asked.
    public mutating func bestNode(for shape: ShapeID) -> Placement? {
        makePlan(for: shape)
        if plans[shape.index].isFew { return bestOfFew(for: shape) }
        if let node = bestInRankings(for: shape) { return Placement(node: node, kind: .allocate) }
        if groups.freeingNodes == 0 { return nil }
        return bestPipelined(for: shape).map { Placement(node: $0, kind: .pipeline) }
    }

    /// The place on one node.
    public func placement(of shape: ShapeID, on node: Int) -> Placement? {
        let shape = inventory.shapes[shape]
        guard inventory.isEligible(node, for: shape),
            let kind = shape.kind(in: groups.states, Int(groups.groupOf[node]), filters: inventory.filters)
        else { return nil }
        return Placement(node: node, kind: kind)
    }

    private mutating func bestInRankings(for shape: ShapeID) -> Int? {
        let count = plans[shape.index].parts.count
        if plans[shape.index].hasPreferences { return bestByPreference(for: shape) }
        var best: (head: Head, score: Int64)?
        for position in 0..<count {
            guard let own = self.best(of: plans[shape.index].parts[position], for: shape) else { continue }
            if best.map({ own.score > $0.score || (own.score == $0.score && own.head < $0.head) }) ?? true {
                best = own
            }
        }
        return best.map { Int($0.head.node) }
    }

    /// The best node of one class, before preferences.
    private mutating func best(of part: Plan.Part, for shape: ShapeID) -> (head: Head, score: Int64)? {
        if !groups.classes[part.nodeClass].isScored(part.ranking) {
            let (states, asked) = (groups.states, inventory.shapes[shape])
            let filters = inventory.filters
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
        var highest = NodePreferences.Raw()
        var found: [(raw: NodePreferences.Raw, head: Head, score: Int64)] = []
        for part in parts {
            guard let own = best(of: part, for: shape) else { continue }
            highest.raise(to: part.raw)
            found.append((part.raw, own.head, own.score))
        }
        var best: (head: Head, score: Int64)?
        for (raw, head, own) in found {
            let score = own + inventory.constraints.weights.points(raw, highest: highest)
            if best.map({ score > $0.score || (score == $0.score && head < $0.head) }) ?? true {
                best = (head, score)
            }
        }
        return best.map { Int($0.head.node) }
    }

    /// The best of a handful of nodes, weighed up one by one as the reference does.
    private func bestOfFew(for shape: ShapeID) -> Placement? {
        let nodes = plans[shape.index].fewNodes
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
            for (group, head) in zip(nodeClass.groups, nodeClass.heads) {
                if head == .none { continue }
                if shape.kind(in: groups.states, Int(group), filters: inventory.filters) == .pipeline {
                    candidates.append(Int(head.node))
                }
            }
        }
        return best(of: candidates, for: shape)
    }

    private func best(of candidates: [Int], for shape: ShapeTable.Shape) -> Int? {
        inventory.best(of: candidates, for: shape, groups.states) { Int(groups.groupOf[$0]) }
    }

    /// How many pods fit.
    ///
    /// - Complexity: O(nodes).
    public mutating func room(for shape: ShapeID) -> Int {
        let shape = inventory.shapes[shape]
        var room = 0
        for node in inventory.nodes.byName.lazy.map(Int.init) where inventory.isEligible(node, for: shape) {
            let row = Int(groups.groupOf[node])
            room = room.addingSaturated(Int(shape.room(in: groups.states, row, filters: inventory.filters)))
        }
        return room
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
        groups.move(
            node, TransitionTable.Change(request: request, occupancy: occupancy, sign: sign),
            request: inventory.requests[request])
        if groups.count > 4 * inventory.nodes.count + 4096 { classifyAll() }
    }
}
