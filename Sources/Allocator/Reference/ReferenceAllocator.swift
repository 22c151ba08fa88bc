public import ClusterModel

/// Placement by plain loops over all nodes: the executable specification of what a placement is.
///
/// Nothing is indexed and nothing is clever, except that what a shape demands of nodes is evaluated once.
/// - Complexity: O(nodes × (resources asked for + kernels)) a pod; no allocation once the buffers have grown.
public struct ReferenceAllocator: PodAllocator {
    private var inventory: Inventory
    /// What is left; a row is a node's index.
    private var states: StateTable
    /// The nodes that are being weighed up.
    private var candidates: [Int] = []

    /// An allocator over a cluster, with the filters and scores that the policy chose.
    public init(cluster: ClusterState, filters: NodeFilters, kernels: [ScoreKernel]) {
        inventory = Inventory(cluster, filters: filters, kernels: kernels)
        states = cluster.states
        states.addColumns(upTo: inventory.resources.count)
    }

    // MARK: Asking

    /// The best node for one more pod, by looking at every one.
    public mutating func bestNode(for shape: ShapeID) -> Placement? {
        bestNode(for: shape, except: [])
    }

    /// The best node that a check on the candidate accepts, by looking at every one again after each that it refuses.
    public mutating func bestNode(for shape: ShapeID, where accepts: (Int) -> Bool) -> Placement? {
        var refused: Set<Int> = []
        while let candidate = bestNode(for: shape, except: refused) {
            if accepts(candidate.node) { return candidate }
            refused.insert(candidate.node)
        }
        return nil
    }

    private mutating func bestNode(for shape: ShapeID, except refused: Set<Int>) -> Placement? {
        _ = inventory.refreshImages()
        let shape = inventory.shapes[shape]
        for kind in [Placement.Kind.allocate, .pipeline] {
            candidates.removeAll(keepingCapacity: true)
            for node in inventory.nodes.byName.lazy.map(Int.init)
            where self.kind(of: shape, on: node) == kind && !refused.contains(node) {
                candidates.append(node)
            }
            if let node = inventory.best(of: candidates, for: shape, states, row: { $0 }) {
                return Placement(node: node, kind: kind)
            }
        }
        return nil
    }

    /// Computes image locality anew where nodes have changed.
    public mutating func prepare(_ shape: ShapeID) { _ = inventory.refreshImages() }

    /// The best node where the policy has a say on each.
    public func bestNode(
        for shape: ShapeID, where accepts: (Int) -> Bool, adding points: ([Int]) -> [Int64]?
    ) -> Placement? {
        inventory.bestByRules(
            for: inventory.shapes[shape], where: accepts, adding: points, states, row: { $0 })
    }

    /// The best of some nodes.
    public func bestNode(
        for shape: ShapeID, among nodes: [Int], where accepts: (Int) -> Bool,
        adding points: ([Int]) -> [Int64]?
    ) -> Placement? {
        inventory.bestByRules(
            for: inventory.shapes[shape], among: nodes, where: accepts, adding: points, states, row: { $0 })
    }

    /// How many pods fit on some nodes.
    public func room(for shape: ShapeID, among nodes: [Int]) -> Int {
        inventory.room(for: inventory.shapes[shape], among: nodes, states, row: { $0 })
    }

    /// The nodes that meet a shape's demands.
    public func nodes(meetingDemandsOf shape: ShapeID) -> [Int] {
        inventory.demandedNodes(for: inventory.shapes[shape])
    }

    /// Nodes by score, best first.
    public func ranked(
        _ candidates: [Int], for shape: ShapeID, adding points: ([Int]) -> [Int64]?
    ) -> [Int] {
        inventory.ranked(
            candidates, for: inventory.shapes[shape], adding: points, states, row: { $0 })
    }

    /// Whether the marks of a node rule it out.
    public func isMarked(_ node: Int, against shape: ShapeID) -> Bool {
        inventory.marks.refusal(of: inventory.shapes[shape].marks, by: node) != nil
    }

    /// What pods may use of a column on a node.
    public func allocatable(_ node: Int, _ column: Int) -> Int64 { states.allocatable[column][node] }

    /// The points that one kernel alone gives nodes.
    public func points(of kernel: ScoreKernel, for shape: ShapeID, on nodes: [Int]) -> [Int64] {
        inventory.points(of: kernel, for: inventory.shapes[shape], on: nodes, states, row: { $0 })
    }

    /// What is left of a column on a node as of now.
    public func idle(_ node: Int, _ column: Int) -> Int64 { states.idle[column][node] }

    /// What will be left of a column on a node.
    public func futureIdle(_ node: Int, _ column: Int) -> Int64 { states.futureIdle[column][node] }

    /// The place on one node.
    public func placement(of shape: ShapeID, on node: Int) -> Placement? {
        kind(of: inventory.shapes[shape], on: node).map { Placement(node: node, kind: $0) }
    }

    /// How a pod fits on a node; `nil` if it does not.
    private func kind(of shape: ShapeTable.Shape, on node: Int) -> Placement.Kind? {
        guard inventory.isEligible(node, for: shape) else { return nil }
        return shape.kind(in: states, node, filters: inventory.filters)
    }

    /// How many pods fit, node by node.
    public mutating func room(for shape: ShapeID) -> Int {
        let shape = inventory.shapes[shape]
        var room = 0
        for node in inventory.nodes.byName.lazy.map(Int.init) where inventory.isEligible(node, for: shape) {
            room = room.addingSaturated(Int(shape.room(in: states, node, filters: inventory.filters)))
        }
        return room
    }

    /// True while more will be left on some node than there is now.
    public var isFreeing: Bool { inventory.nodes.byName.contains { states.frees(Int($0)) } }

    /// Says why nodes do not take pods.
    public var diagnosis: Diagnosis { Diagnosis(inventory: inventory, states: states, row: { $0 }) }

    /// What the nodes offer and what is left.
    public var cluster: ClusterState {
        ClusterState(
            resources: inventory.resources, nodes: inventory.nodes, requests: inventory.requests,
            states: states)
    }

    // MARK: Changing

    /// Books a pod.
    public mutating func add(_ request: RequestID, to node: Int, as occupancy: Occupancy) {
        states.apply(inventory.requests[request], to: node, as: occupancy, sign: 1)
    }

    /// Takes a pod off.
    public mutating func remove(_ request: RequestID, from node: Int, as occupancy: Occupancy) {
        states.apply(inventory.requests[request], to: node, as: occupancy, sign: -1)
    }

    /// Takes a place.
    public mutating func take(_ placement: Placement, for shape: ShapeID) {
        add(requestID(of: shape), to: placement.node, as: placement.kind.occupancy)
    }

    /// Gives a place back.
    public mutating func giveBack(_ placement: Placement, for shape: ShapeID) {
        remove(requestID(of: shape), from: placement.node, as: placement.kind.occupancy)
    }

    /// Adds a node.
    @discardableResult
    public mutating func addNode(_ node: Node) -> Int {
        let index = inventory.addNode(node).index
        states.addColumns(upTo: inventory.resources.count)
        if index == states.count {
            states.appendEmpty(node, in: inventory.resources)
        } else {
            states.reset(index, to: node, in: inventory.resources)
        }
        return index
    }

    /// Changes a node.
    public mutating func updateNode(_ index: Int, to node: Node) {
        inventory.updateNode(index, to: node)
        states.addColumns(upTo: inventory.resources.count)
        states.setAllocatable(node, of: index, in: inventory.resources)
    }

    /// Removes a node.
    public mutating func removeNode(_ index: Int) {
        inventory.removeNode(index)
        states.clear(index)
    }

    /// Gives a node a mark, or takes it off.
    public mutating func setMark(_ mark: NodeMark, on node: Int, to isSet: Bool) {
        _ = inventory.setMark(mark, on: node, to: isSet)
    }

    /// Changes filters and scores.
    public mutating func configure(filters: NodeFilters, kernels: [ScoreKernel]) {
        inventory.configure(filters: filters, kernels: kernels)
        states.addColumns(upTo: inventory.resources.count)
    }

    // MARK: Names

    /// The columns of the resources.
    public var resources: ResourceTable { inventory.resources }

    /// Makes columns for resources that are new.
    public mutating func addResources(_ names: [ResourceName]) {
        inventory.addResources(names)
        states.addColumns(upTo: inventory.resources.count)
    }

    /// The number of nodes.
    public var nodeCount: Int { inventory.nodes.count }

    /// The indices of the nodes in byte-wise order of their names.
    public var nodesByName: [Int] { inventory.nodes.byName.map(Int.init) }

    /// The node of an index.
    public func node(_ index: Int) -> Node { inventory.nodes[index] }

    /// The index of a node.
    public func index(ofNode name: String) -> Int? { inventory.nodes.index(of: name) }

    /// Makes a mark.
    public mutating func makeMark(refusal: String) -> NodeMark { inventory.makeMark(refusal: refusal) }

    /// The shape of a pod.
    public mutating func intern(_ pod: Pod, avoiding: [NodeMark], requiring: [NodeMark]) -> ShapeID {
        let shape = inventory.intern(pod, avoiding: avoiding, requiring: requiring)
        states.addColumns(upTo: inventory.resources.count)
        return shape
    }

    /// What a pod takes from a node.
    public mutating func internRequest(of pod: Pod) -> RequestID {
        let request = inventory.internRequest(of: pod)
        states.addColumns(upTo: inventory.resources.count)
        return request
    }

    /// The request of a shape.
    public func requestID(of shape: ShapeID) -> RequestID { inventory.shapes.requestIDs[shape.index] }

    /// A request with another amount of one resource.
    public mutating func intern(
        _ request: RequestID, asking amount: Int64, of resource: ResourceName
    ) -> RequestID {
        let request = inventory.intern(request, asking: amount, of: resource)
        states.addColumns(upTo: inventory.resources.count)
        return request
    }

    /// A shape that asks for something else.
    public mutating func intern(_ shape: ShapeID, asking request: RequestID) -> ShapeID {
        inventory.intern(shape, asking: request)
    }

    /// One of a resource, and no slot.
    public mutating func internHold(of resource: ResourceName) -> RequestID {
        let request = inventory.internHold(of: resource)
        states.addColumns(upTo: inventory.resources.count)
        return request
    }

    /// What pods of a request take.
    public func request(_ id: RequestID) -> PodRequest { inventory.requests[id] }
}

/// Questions that only Volcano 1.5's ways of choosing a node ask.
extension ReferenceAllocator {
    /// The best of all nodes on which a pod fits now or will fit.
    public func bestNode(
        ofAllFor shape: ShapeID, above floor: Int64, where accepts: (Int) -> Bool,
        adding points: ([Int]) -> [Int64]?
    ) -> Placement? {
        inventory.bestOfAll(
            for: inventory.shapes[shape], above: floor, where: accepts, adding: points, states, row: { $0 })
    }

    /// Whether a node takes a pod, resources aside.
    public func admits(_ shape: ShapeID, on node: Int) -> Bool {
        inventory.admits(inventory.shapes[shape], on: node, states, row: { $0 })
    }

    /// Whether more is bound on a node than it has.
    public func isOverfull(_ node: Int, columns: [Int]) -> Bool { states.isOverfull(node, columns: columns) }
}

extension Int {
    /// The sum, or the largest number where it would be larger still.
    func addingSaturated(_ other: Int) -> Int {
        let (sum, isOverflow) = addingReportingOverflow(other)
        return isOverflow ? .max : sum
    }
}
