public import ClusterModel

/// Placement by plain loops over all nodes: the executable specification of what a placement is.
///
/// Nothing is indexed and nothing is clever, except that what a shape demands of nodes is evaluated once.
/// - Complexity: O(nodes × (resources asked for + kernels)) a pod; no allocation once the buffers have grown.
public struct ReferenceAllocator: PodAllocator {
    /// What the nodes offer and what is left.
    public private(set) var cluster: ClusterState
    private let filters: NodeFilters
    let kernels: [ScoreKernel]
    /// The shapes seen so far, with what they demand of each node.
    private(set) var table: ShapeTable
    /// The nodes that are being weighed up, in ascending order.
    var candidates: [Int] = []
    private var later: [Int] = []
    /// The candidates' scores, and a kernel's own before it is added.
    var scores: [Double] = []
    var parts: [Double] = []

    /// An allocator over a cluster, with the filters and scores that the policy chose.
    public init(cluster: ClusterState, filters: NodeFilters, kernels: [ScoreKernel]) {
        self.cluster = cluster
        self.filters = filters
        self.kernels = kernels
        table = ShapeTable(filters: filters, nodes: cluster.nodes)
    }

    /// The shape of a pod.
    public mutating func intern(_ pod: Pod) -> ShapeID { table.intern(pod, in: cluster) }

    /// What a pod of a shape takes.
    public func request(of shape: ShapeID) -> PodRequest { table.shapes[shape.index].request }

    /// The best node for one more pod, by looking at every one.
    public mutating func bestNode(for shape: ShapeID) -> Placement? {
        let shape = table.shapes[shape.index]
        candidates.replaceSubrange(candidates.indices, with: table.eligible[shape.demands])
        keepNodesWithSlot()
        if shape.request.isBestEffort {
            return bestCandidate(for: shape).map { Placement(node: $0, kind: .allocate) }
        }
        keepNodes(thatFit: shape.request, in: cluster.futureIdle)
        later.replaceSubrange(later.indices, with: candidates)
        keepNodes(thatFit: shape.request, in: cluster.idle)
        if let node = bestCandidate(for: shape) { return Placement(node: node, kind: .allocate) }
        swap(&candidates, &later)
        return bestCandidate(for: shape).map { Placement(node: $0, kind: .pipeline) }
    }

    /// The place on one node.
    public func placement(of shape: ShapeID, on node: Int) -> Placement? {
        let shape = table.shapes[shape.index]
        guard table.refusals[shape.demands][node] == nil, fits(shape.request, node, in: cluster.futureIdle)
        else {
            return nil
        }
        return Placement(
            node: node, kind: fits(shape.request, node, in: cluster.idle) ? .allocate : .pipeline)
    }

    /// Takes a place.
    public mutating func take(_ placement: Placement, for shape: ShapeID) {
        let request = table.shapes[shape.index].request
        cluster.add(request, to: placement.node, as: placement.kind == .allocate ? .bound : .pipelined)
    }

    /// Gives a place back.
    public mutating func giveBack(_ placement: Placement, for shape: ShapeID) {
        let request = table.shapes[shape.index].request
        cluster.remove(request, from: placement.node, as: placement.kind == .allocate ? .bound : .pipelined)
    }

    // MARK: Fit

    /// Whether a request fits what a set of columns has left on a node.
    private func fits(_ request: PodRequest, _ node: Int, in free: [[Int64]]) -> Bool {
        if filters.contains(.podCount),
            cluster.requested[ResourceTable.pods][node] >= cluster.allocatable[ResourceTable.pods][node]
        {
            return false
        }
        return request.isBestEffort || request.amounts.allSatisfy { $0.amount <= free[$0.column][node] }
    }

    private mutating func keepNodes(thatFit request: PodRequest, in free: [[Int64]]) {
        for entry in request.amounts {
            let column = free[entry.column]
            candidates.removeAll { column[$0] < entry.amount }
        }
    }

    private mutating func keepNodesWithSlot() {
        if !filters.contains(.podCount) { return }
        let (requested, allocatable) = (
            cluster.requested[ResourceTable.pods], cluster.allocatable[ResourceTable.pods]
        )
        candidates.removeAll { requested[$0] >= allocatable[$0] }
    }
}
