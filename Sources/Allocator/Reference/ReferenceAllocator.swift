public import ClusterModel

/// Placement by plain loops over all nodes: the executable specification of what a placement is.
///
/// Nothing is indexed and nothing is clever, except that what a shape demands of nodes is evaluated once.
/// - Complexity: O(nodes × (resources asked for + kernels)) a pod; no allocation once the buffers have grown.
public struct ReferenceAllocator: PodAllocator {
    /// What the nodes offer and what is left.
    public private(set) var cluster: ClusterState
    private let filters: NodeFilters
    private(set) var table: ShapeTable
    /// The nodes that are being weighed up, in ascending order.
    private var candidates: [Int] = []

    /// An allocator over a cluster, with the filters and scores that the policy chose.
    public init(cluster: ClusterState, filters: NodeFilters, kernels: [ScoreKernel]) {
        self.cluster = cluster
        self.filters = filters
        table = ShapeTable(filters: filters, kernels: kernels, nodes: cluster.nodes)
    }

    /// The nodes in byte-wise order of their names.
    public var nodes: [Node] { cluster.nodes }

    /// The shape of a pod.
    public mutating func intern(_ pod: Pod) -> ShapeID {
        table.intern(pod, resources: cluster.resources, nodes: cluster.nodes)
    }

    /// What a pod of a shape takes.
    public func request(of shape: ShapeID) -> PodRequest { table.shapes[shape.index].request }

    /// The best node for one more pod, by looking at every one.
    public mutating func bestNode(for shape: ShapeID) -> Placement? {
        let shape = table.shapes[shape.index]
        for kind in [Placement.Kind.allocate, .pipeline] {
            candidates.removeAll(keepingCapacity: true)
            for node in cluster.nodes.indices where self.kind(of: shape, on: node) == kind {
                candidates.append(node)
            }
            if let node = bestCandidate(for: shape) { return Placement(node: node, kind: kind) }
        }
        return nil
    }

    /// The place on one node.
    public func placement(of shape: ShapeID, on node: Int) -> Placement? {
        kind(of: table.shapes[shape.index], on: node).map { Placement(node: node, kind: $0) }
    }

    /// Says why nodes do not take pods.
    public var diagnosis: Diagnosis {
        Diagnosis(
            table: table, nodes: cluster.nodes, resources: cluster.resources, states: cluster.states,
            row: { $0 })
    }

    /// Takes a place.
    public mutating func take(_ placement: Placement, for shape: ShapeID) {
        cluster.add(request(of: shape), to: placement.node, as: placement.kind.occupancy)
    }

    /// Gives a place back.
    public mutating func giveBack(_ placement: Placement, for shape: ShapeID) {
        cluster.remove(request(of: shape), from: placement.node, as: placement.kind.occupancy)
    }

    /// How a pod fits on a node; `nil` if it does not.
    private func kind(of shape: ShapeTable.Shape, on node: Int) -> Placement.Kind? {
        guard table.eligible[shape.demands].contains(node) else { return nil }
        return shape.kind(in: cluster.states, node, filters: filters)
    }

    /// The candidate with the highest score; of equal ones the first. `nil` without candidates.
    private func bestCandidate(for shape: ShapeTable.Shape) -> Int? {
        let preferences = table.preferences[shape.preferences]
        var highest = NodePreferences.Raw()
        for node in candidates { highest.raise(to: preferences.raw(node)) }
        var best: (node: Int, score: Int64)?
        for node in candidates {
            let score =
                shape.scorer.score(cluster.states, node)
                + preferences.points(preferences.raw(node), highest: highest)
            if best.map({ score > $0.score }) ?? true { best = (node, score) }
        }
        return best?.node
    }
}

extension ShapeTable.Shape {
    /// How a pod of this shape fits on a row that meets its demands; `nil` if it does not.
    ///
    /// A pod that asks for nothing needs a slot and nothing else: Volcano's backfill.
    func kind(in states: borrowing StateTable, _ row: Int, filters: NodeFilters) -> Placement.Kind? {
        if filters.contains(.podCount) || request.isBestEffort, !states.hasSlot(row) { return nil }
        if request.isBestEffort || states.fitsNow(request, row) { return .allocate }
        return states.fitsLater(request, row) ? .pipeline : nil
    }
}

extension Placement.Kind {
    /// How a pod that takes such a place occupies the node.
    var occupancy: Occupancy { self == .allocate ? .bound : .pipelined }
}
