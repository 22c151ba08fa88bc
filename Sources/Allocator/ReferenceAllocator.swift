public import ClusterModel

/// Placement by plain loops over all nodes: the executable specification of what a placement is.
///
/// Nothing is indexed and nothing is clever, except that what a shape demands of nodes is evaluated once.
/// - Complexity: O(nodes × (resources asked for + kernels)) a pod; no allocation once the buffers have grown.
public struct ReferenceAllocator: PodAllocator {
    public private(set) var cluster: ClusterState
    private let filters: NodeFilters
    private let kernels: [ScoreKernel]
    /// The shapes seen so far, with what they demand of each node.
    private(set) var table: ShapeTable
    private var candidates: [Int] = []
    private var scores: [Double] = []

    /// An allocator over a cluster, with the filters and scores that the policy chose.
    public init(cluster: ClusterState, filters: NodeFilters, kernels: [ScoreKernel]) {
        self.cluster = cluster
        self.filters = filters
        self.kernels = kernels
        table = ShapeTable(filters: filters, nodes: cluster.nodes)
    }

    public mutating func intern(_ pod: Pod) -> ShapeID { table.intern(pod, in: cluster) }

    public func request(of shape: ShapeID) -> PodRequest { table.shapes[shape.index].request }

    public mutating func bestNode(for shape: ShapeID) -> Placement? {
        for kind in [Placement.Kind.allocate, .pipeline] {
            collectCandidates(for: table.shapes[shape.index], kind: kind)
            if let node = bestCandidate(for: table.shapes[shape.index]) {
                return Placement(node: node, kind: kind)
            }
        }
        return nil
    }

    public func placement(of shape: ShapeID, on node: Int) -> Placement? {
        let shape = table.shapes[shape.index]
        guard table.eligible[shape.demands][node], fits(shape.request, node, in: cluster.futureIdle) else {
            return nil
        }
        return Placement(node: node, kind: fits(shape.request, node, in: cluster.idle) ? .allocate : .pipeline)
    }

    public mutating func take(_ placement: Placement, for shape: ShapeID) {
        let request = table.shapes[shape.index].request
        cluster.add(request, to: placement.node, as: placement.kind == .allocate ? .bound : .pipelined)
    }

    public mutating func giveBack(_ placement: Placement, for shape: ShapeID) {
        let request = table.shapes[shape.index].request
        cluster.remove(request, from: placement.node, as: placement.kind == .allocate ? .bound : .pipelined)
    }

    // MARK: Fit

    /// Whether a request fits what a set of columns has left on a node.
    private func fits(_ request: PodRequest, _ node: Int, in free: [[Int64]]) -> Bool {
        if request.isBestEffort { return hasSlot(node) }
        for entry in request.amounts where entry.amount > free[entry.column][node] { return false }
        return !filters.contains(.podCount) || hasSlot(node)
    }

    /// Whether the node may hold one more pod, leaving and promised ones counted.
    private func hasSlot(_ node: Int) -> Bool {
        cluster.requested[ResourceTable.pods][node] < cluster.allocatable[ResourceTable.pods][node]
    }

    /// Collects the nodes that can take a pod: at once, or (none being left that can) later.
    private mutating func collectCandidates(for shape: ShapeTable.Shape, kind: Placement.Kind) {
        candidates.removeAll(keepingCapacity: true)
        let eligible = table.eligible[shape.demands]
        for node in 0..<cluster.nodes.count where eligible[node] {
            guard fits(shape.request, node, in: cluster.futureIdle) else { continue }
            if kind == .pipeline || fits(shape.request, node, in: cluster.idle) { candidates.append(node) }
        }
    }

    // MARK: Score

    private mutating func bestCandidate(for shape: ShapeTable.Shape) -> Int? {
        guard var best = candidates.first else { return nil }
        if candidates.count == 1 { return best }
        scores.removeAll(keepingCapacity: true)
        scores.append(contentsOf: repeatElement(0, count: candidates.count))
        for kernel in kernels { add(kernel, for: shape) }
        var highest = scores[0]
        for position in 1..<candidates.count where scores[position] > highest {
            highest = scores[position]
            best = candidates[position]
        }
        return best
    }

    /// Adds one kernel's score of every candidate.
    private mutating func add(_ kernel: ScoreKernel, for shape: ShapeTable.Shape) {
        switch kernel {
        case .binpack(let columns, let weight):
            for (position, node) in candidates.enumerated() {
                scores[position] += binpack(shape.request, node, columns: columns) * Double(weight)
            }
        case .leastAllocated(let weight):
            for (position, node) in candidates.enumerated() {
                scores[position] += Double(allocation(shape.request, node, emptier: true) * weight)
            }
        case .mostAllocated(let weight):
            for (position, node) in candidates.enumerated() {
                scores[position] += Double(allocation(shape.request, node, emptier: false) * weight)
            }
        case .balancedAllocation(let columns, let weight):
            for (position, node) in candidates.enumerated() {
                scores[position] += Double(balance(fractions(shape.request, node, columns: columns)) * weight)
            }
        case .nodeAffinity(let weight):
            addNormalized(table.preferences[shape.preferences].affinity, weight: weight, lessIsBetter: false)
        case .taintToleration(let weight):
            addNormalized(table.preferences[shape.preferences].intolerable, weight: weight, lessIsBetter: true)
        case .imageLocality(let weight):
            let locality = table.preferences[shape.preferences].imageLocality
            if locality.isEmpty { return }
            for (position, node) in candidates.enumerated() {
                scores[position] += Double(locality[node] * weight)
            }
        }
    }

    /// Scales raw scores so that the largest among the candidates becomes 100, then turns them round if asked.
    ///
    /// Source: kube-scheduler's `DefaultNormalizeScore`, integer division included.
    private mutating func addNormalized(_ raw: [Int64], weight: Int64, lessIsBetter: Bool) {
        var highest: Int64 = 0
        for node in candidates { highest = max(highest, raw[node]) }
        for (position, node) in candidates.enumerated() {
            var score = highest == 0 ? 0 : raw[node] * maxNodeScore / highest
            if lessIsBetter { score = maxNodeScore - score }
            scores[position] += Double(score * weight)
        }
    }

    /// Volcano's binpack before its weight, 0 to 100.
    private func binpack(
        _ request: PodRequest, _ node: Int, columns: [ScoreKernel.WeightedColumn]
    ) -> Double {
        var score = 0.0
        var weights: Int64 = 0
        for entry in request.amounts where entry.amount > 0 {
            guard let weight = columns.first(where: { $0.column == entry.column })?.weight else { continue }
            weights += weight
            let allocatable = cluster.allocatable[entry.column][node]
            if allocatable == 0 || weight == 0 { continue }
            let used = allocatable - cluster.idle[entry.column][node] + entry.amount
            if used > allocatable { return 0 }
            score += Double(weight) * Double(used) / Double(allocatable)
        }
        return weights > 0 ? score / Double(weights) * Double(maxNodeScore) : 0
    }

    /// kube-scheduler's least or most allocated over CPU and memory, 0 to 100.
    private func allocation(_ request: PodRequest, _ node: Int, emptier: Bool) -> Int64 {
        var sum: Int64 = 0
        var count: Int64 = 0
        let cpu = cluster.allocatable[ResourceTable.cpu][node]
        if cpu != 0 {
            sum += Self.share(cluster.nonZeroMilliCPU[node] + request.nonZero.milliCPU, of: cpu, emptier: emptier)
            count += 1
        }
        let memory = cluster.allocatable[ResourceTable.memory][node]
        if memory != 0 {
            sum += Self.share(
                cluster.nonZeroMemory[node] + request.nonZero.memory, of: memory, emptier: emptier)
            count += 1
        }
        return count == 0 ? 0 : sum / count
    }

    /// One resource's part: what is left, or what is used. A pod that asks for nothing counts a little, so that the sum
    /// may exceed the capacity: then nothing is left, and all is used.
    private static func share(_ requested: Int64, of capacity: Int64, emptier: Bool) -> Int64 {
        let used = min(requested, capacity)
        return percentage(emptier ? capacity - used : used, of: capacity)
    }

    /// The fractions in use with the pod on the node, of the resources that count for balance: those that the node
    /// has, and of devices only those that the pod asks for.
    private func fractions(_ request: PodRequest, _ node: Int, columns: [Int]) -> [Double] {
        columns.compactMap { column in
            let amount = request.amounts.first { $0.column == column }?.amount ?? 0
            if column > ResourceTable.pods, amount == 0 { return nil }
            let allocatable = cluster.allocatable[column][node]
            if allocatable == 0 { return nil }
            return min(1, Double(cluster.requested[column][node] + amount) / Double(allocatable))
        }
    }
}
