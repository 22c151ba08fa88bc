public import ClusterModel

/// How many more pods of a shape fit now, and what keeps it from being more.
public struct Headroom: Equatable, Sendable {
    /// The pods that fit, one after the other.
    public var pods: Int64
    /// The nodes that take at least one.
    public var nodes: Int
    /// For each reason, on how many nodes it is what stands in the way of the next pod.
    public var limits: [NodeRefusal: Int]

    /// A count of pods and nodes, and what limits it.
    public init(pods: Int64, nodes: Int, limits: [NodeRefusal: Int]) {
        self.pods = pods
        self.nodes = nodes
        self.limits = limits
    }
}

/// How much of a resource is missing on a node.
public struct Shortfall: Hashable, Sendable {
    /// The resource.
    public let resource: ResourceName
    /// How much more would have to be free, in the resource's own unit.
    public let missing: Int64
}

/// Says why nodes do not take a pod. It reads states node by node and is not part of the hot path.
public struct Diagnosis {
    let inventory: Inventory
    let states: StateTable
    /// The row of a node in `states`.
    let row: (Int) -> Int

    /// What stands in a pod's way on one node: a constraint, else every resource that is short.
    ///
    /// What is about to be free is not short. Empty exactly if the node has a place to give or to promise.
    public func refusals(of shape: ShapeID, on node: Int) -> [NodeRefusal] {
        let shape = inventory.shapes[shape]
        if let refusal = inventory.constraints.refusal(of: shape.demands, by: inventory.nodes[node]) {
            return [refusal]
        }
        return demanded(shape.request).compactMap { entry in
            entry.amount > freeLater(entry.column, row(node)) ? refusal(entry.column) : nil
        }
    }

    /// By how much each resource is short of one pod of a shape on one node; empty where none is.
    public func shortfalls(of shape: ShapeID, on node: Int) -> [Shortfall] {
        demanded(inventory.shapes[shape].request).compactMap { entry in
            let missing = entry.amount - free(entry.column, row(node))
            return missing > 0
                ? Shortfall(resource: inventory.resources.names[entry.column], missing: missing) : nil
        }
    }

    /// For each reason, on how many nodes it stands in a pod's way. A node may give several.
    ///
    /// - Complexity: O(nodes × resources asked for).
    public func refusalCounts(of shape: ShapeID) -> [NodeRefusal: Int] {
        let shape = inventory.shapes[shape]
        var counts: [NodeRefusal: Int] = [:]
        let demanded = demanded(shape.request)
        var short = [Int](repeating: 0, count: demanded.count)
        for node in inventory.nodes.byName.lazy.map(Int.init) {
            if !inventory.isEligible(node, for: shape) {
                if let refusal = inventory.constraints.refusal(of: shape.demands, by: inventory.nodes[node]) {
                    counts[refusal, default: 0] += 1
                }
                continue
            }
            for (position, entry) in demanded.enumerated()
            where entry.amount > freeLater(entry.column, row(node)) {
                short[position] += 1
            }
        }
        for (entry, count) in zip(demanded, short) where count > 0 { counts[refusal(entry.column)] = count }
        return counts
    }

    /// How many more pods of a shape fit now, one after the other.
    ///
    /// - Complexity: O(nodes × resources asked for).
    public func headroom(for shape: ShapeID) -> Headroom {
        let shape = inventory.shapes[shape]
        var headroom = Headroom(pods: 0, nodes: 0, limits: [:])
        for node in inventory.nodes.byName.lazy.map(Int.init) {
            if let refusal = inventory.constraints.refusal(of: shape.demands, by: inventory.nodes[node]) {
                headroom.limits[refusal, default: 0] += 1
                continue
            }
            let count = podsThatFit(shape.request, on: row(node))
            headroom.pods += count
            headroom.nodes += count > 0 ? 1 : 0
            for refusal in shortages(of: shape.request, on: row(node), after: count) {
                headroom.limits[refusal, default: 0] += 1
            }
        }
        return headroom
    }

    private func podsThatFit(_ request: PodRequest, on row: Int) -> Int64 {
        var count = Int64.max
        for entry in demanded(request) {
            let left = free(entry.column, row)
            count = min(count, entry.amount > 0 ? max(0, left) / entry.amount : (left < 0 ? 0 : count))
        }
        return count
    }

    /// The resources that are short for one more pod after `count` have been placed here.
    private func shortages(of request: PodRequest, on row: Int, after count: Int64) -> [NodeRefusal] {
        demanded(request).compactMap { entry in
            entry.amount > free(entry.column, row) - count * entry.amount ? refusal(entry.column) : nil
        }
    }

    private func refusal(_ column: Int) -> NodeRefusal {
        column == ResourceTable.pods ? .podCount : .insufficient(inventory.resources.names[column])
    }

    /// The columns that must fit: of a pod that asks for nothing only its slot.
    private func demanded(_ request: PodRequest) -> [PodRequest.Entry] {
        request.isBestEffort ? request.amounts.filter { $0.column == ResourceTable.pods } : request.amounts
    }

    /// Whether a pod would fit somewhere if nothing else ran there.
    ///
    /// - Complexity: O(nodes × resources asked for).
    public func fitsSomeEmptyNode(_ shape: ShapeID) -> Bool {
        let shape = inventory.shapes[shape]
        return inventory.nodes.byName.lazy.map(Int.init).contains { node in
            inventory.isEligible(node, for: shape)
                && shape.request.amounts.allSatisfy { $0.amount <= states.allocatable[$0.column][row(node)] }
        }
    }

    /// What will be left of a column for a new pod; leaving pods keep their slots until they have gone.
    private func freeLater(_ column: Int, _ row: Int) -> Int64 {
        column == ResourceTable.pods
            ? states.allocatable[column][row] - states.requested[column][row] : states.futureIdle[column][row]
    }

    /// What is left of a column for a new pod, promised places taken off, places that are about to be free not counted.
    private func free(_ column: Int, _ row: Int) -> Int64 {
        column == ResourceTable.pods
            ? states.allocatable[column][row] - states.requested[column][row]
            : min(states.idle[column][row], states.futureIdle[column][row])
    }
}
