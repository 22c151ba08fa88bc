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
    /// What stands in a pod's way on one node: a constraint, else a mark, else every resource that
    /// is short.
    ///
    /// What is about to be free is not short. Empty exactly if the node has a place to give or to promise.
    public func refusals(of shape: ShapeID, on node: Int) -> [NodeRefusal] {
        let shape = inventory.shapes[shape]
        if let refusal = inventory.constraints.refusal(of: shape.demands, by: inventory.nodes[node]) {
            return [refusal]
        }
        if let refusal = inventory.marks.refusal(of: shape.marks, by: node) { return [refusal] }
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
        constraintCounts(of: shape)
            .merging(markCounts(of: shape)) { $1 }
            .merging(shortageCounts(of: shape)) { $1 }
    }

    /// For each reason, on how many of some nodes it stands in a pod's way.
    ///
    /// - Complexity: O(given nodes × resources asked for).
    public func refusalCounts(of shape: ShapeID, among nodes: [Int]) -> [NodeRefusal: Int] {
        var counts: [NodeRefusal: Int] = [:]
        for node in nodes {
            for refusal in refusals(of: shape, on: node) { counts[refusal, default: 0] += 1 }
        }
        return counts
    }

    /// For each constraint, how many nodes it rules out; it holds until nodes change.
    ///
    /// - Complexity: O(nodes × constraints).
    public func constraintCounts(of shape: ShapeID) -> [NodeRefusal: Int] {
        let demands = inventory.shapes[shape].demands
        var counts: [NodeRefusal: Int] = [:]
        for node in inventory.nodes.byName.lazy.map(Int.init)
        where !inventory.constraints.eligible[demands].contains(node) {
            guard let refusal = inventory.constraints.refusal(of: demands, by: inventory.nodes[node]) else {
                continue
            }
            counts[refusal, default: 0] += 1
        }
        return counts
    }

    /// For each reason that marks give, how many nodes they rule out that the constraints do not.
    ///
    /// - Complexity: O(nodes × marks asked about); O(1) for a shape that asks about none.
    public func markCounts(of shape: ShapeID) -> [NodeRefusal: Int] {
        let shape = inventory.shapes[shape]
        var counts: [NodeRefusal: Int] = [:]
        if shape.marks == MarkTable.noDemands { return counts }
        inventory.constraints.eligible[shape.demands].forEach { node in
            guard let refusal = inventory.marks.refusal(of: shape.marks, by: node) else { return }
            counts[refusal, default: 0] += 1
        }
        return counts
    }

    /// For each resource, on how many of the nodes that qualify there is too little of it.
    ///
    /// - Complexity: O(nodes + rows × resources asked for).
    public func shortageCounts(of shape: ShapeID) -> [NodeRefusal: Int] {
        let shape = inventory.shapes[shape]
        return countShortages(of: demanded(shape.request), for: shape) { entry, row, _ in
            entry.amount > freeLater(entry.column, row)
        }
    }

    /// For each resource, on how many of the nodes that qualify it is what stands in the way of one more pod once what is
    /// free is full of them.
    ///
    /// - Complexity: O(nodes + rows × resources asked for).
    public func limitCounts(of shape: ShapeID) -> [NodeRefusal: Int] {
        let shape = inventory.shapes[shape]
        return countShortages(of: demanded(shape.request), for: shape) { entry, row, fitting in
            entry.amount > free(entry.column, row) - fitting * entry.amount
        }
    }

    /// How many nodes that qualify have each row: an index keeps nodes in equal states in one, and what is true of one of
    /// them is true of all.
    ///
    /// - Complexity: O(nodes × log nodes): there may be many more rows than nodes.
    private func populations(for shape: ShapeTable.Shape) -> [(row: Int, nodes: Int)] {
        var rows: [Int] = []
        rows.reserveCapacity(inventory.nodes.count)
        for node in inventory.nodes.byName where inventory.isEligible(Int(node), for: shape) {
            rows.append(row(Int(node)))
        }
        rows.sort()
        var populations: [(row: Int, nodes: Int)] = []
        for row in rows {
            if populations.last?.row == row {
                populations[populations.count - 1].nodes += 1
            } else {
                populations.append((row, 1))
            }
        }
        return populations
    }

    private func countShortages(
        of demanded: [PodRequest.Entry], for shape: ShapeTable.Shape,
        isShort: (_ entry: PodRequest.Entry, _ row: Int, _ fitting: Int64) -> Bool
    ) -> [NodeRefusal: Int] {
        var short = [Int](repeating: 0, count: demanded.count)
        for population in populations(for: shape) {
            let fitting = podsThatFit(demanded, on: population.row)
            for position in demanded.indices where isShort(demanded[position], population.row, fitting) {
                short[position] += population.nodes
            }
        }
        var counts: [NodeRefusal: Int] = [:]
        for (entry, count) in zip(demanded, short) where count > 0 { counts[refusal(entry.column)] = count }
        return counts
    }

    /// How many more pods of a shape fit now, one after the other, if that changes no mark.
    ///
    /// - Complexity: O(nodes × constraints + rows × resources asked for).
    public func headroom(for id: ShapeID) -> Headroom {
        let shape = inventory.shapes[id]
        let demanded = demanded(shape.request)
        var headroom = Headroom(pods: 0, nodes: 0, limits: constraintCounts(of: id))
        headroom.limits.merge(markCounts(of: id)) { $1 }
        for population in populations(for: shape) {
            let count = podsThatFit(demanded, on: population.row)
            headroom.pods += count * Int64(population.nodes)
            headroom.nodes += count > 0 ? population.nodes : 0
        }
        headroom.limits.merge(limitCounts(of: id)) { $1 }
        return headroom
    }

    private func podsThatFit(_ demanded: [PodRequest.Entry], on row: Int) -> Int64 {
        var count = Int64.max
        for entry in demanded {
            let left = free(entry.column, row)
            count = min(count, entry.amount > 0 ? max(0, left) / entry.amount : (left < 0 ? 0 : count))
        }
        return count
    }

    private func refusal(_ column: Int) -> NodeRefusal {
        if column == ResourceTable.pods { return .podCount }
        let name = inventory.resources.names[column]
        return name == .sharedGPU ? .noPartOfGPU : .insufficient(name)
    }

    /// The columns that must fit: of a pod that asks for nothing only its slot.
    ///
    /// Where too few whole GPUs are left, too few thousandths are too: that is said once.
    private func demanded(_ request: PodRequest) -> [PodRequest.Entry] {
        if request.isBestEffort { return request.amounts.filter { $0.column == ResourceTable.pods } }
        guard let shared = inventory.resources.column(.sharedGPU),
            let whole = inventory.resources.column(.nvidiaGPU),
            request.amounts.contains(where: { $0.column == whole })
        else { return request.amounts }
        return request.amounts.filter { $0.column != shared }
    }

    /// Whether a pod would fit somewhere if nothing else ran there.
    ///
    /// - Complexity: O(nodes × resources asked for).
    public func fitsSomeEmptyNode(_ shape: ShapeID) -> Bool {
        let shape = inventory.shapes[shape]
        return inventory.nodes.byName.lazy.map(Int.init).contains { node in
            inventory.constraints.eligible[shape.demands].contains(node)
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
