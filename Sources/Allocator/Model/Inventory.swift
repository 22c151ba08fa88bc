import ClusterModel

/// What both allocators know of a cluster besides what is left: nodes, resources, shapes, and who may go where.
struct Inventory: Sendable {
    private(set) var resources: ResourceTable
    private(set) var nodes: NodeTable
    private(set) var requests: RequestTable
    private(set) var shapes = ShapeTable()
    private(set) var constraints: ConstraintTable
    private(set) var marks = MarkTable()
    private(set) var kernels: [ScoreKernel]

    init(_ cluster: ClusterState, filters: NodeFilters, kernels: [ScoreKernel]) {
        resources = cluster.resources
        nodes = cluster.nodes
        requests = cluster.requests
        self.kernels = kernels
        resources.add(kernels.flatMap(\.namedResources))
        constraints = ConstraintTable(filters: filters, kernels: kernels)
        for index in nodes.byName { constraints.set(nodes[Int(index)], at: Int(index)) }
    }

    var filters: NodeFilters { constraints.filters }

    mutating func addResources(_ names: [ResourceName]) { resources.add(names) }

    // MARK: Nodes

    /// Adds a node; says its index, and whether nodes have got new labels in the order of names.
    mutating func addNode(_ node: Node) -> (index: Int, isRelabelled: Bool) {
        resources.add(node.allocatable.names)
        let added = nodes.add(node)
        constraints.set(node, at: added.index)
        return added
    }

    mutating func updateNode(_ index: Int, to node: Node) {
        resources.add(node.allocatable.names)
        nodes.update(index, to: node)
        constraints.set(node, at: index)
    }

    mutating func removeNode(_ index: Int) {
        nodes.remove(index)
        constraints.set(nil, at: index)
        marks.forget(index)
    }

    // MARK: Pods

    mutating func intern(_ pod: Pod, avoiding: [NodeMark], requiring: [NodeMark]) -> ShapeID {
        let marks = marks.demandID(avoiding: avoiding, requiring: requiring)
        let hash = pod.shapeHash &+ UInt64(marks)
        if let id = shapes.known(pod, marks: marks, hash: hash) { return id }
        let requestID = internRequest(of: pod)
        let request = requests[requestID]
        return shapes.intern(
            pod, hash: hash, requestID: requestID, request: request,
            demands: constraints.demandID(pod, nodes: nodes), marks: marks,
            preferences: constraints.preferenceID(pod, nodes: nodes),
            scorer: ShapeScorer(request, kernels: kernels, resources: resources))
    }

    mutating func internRequest(of pod: Pod) -> RequestID { requests.intern(pod, in: &resources) }

    mutating func intern(
        _ request: RequestID, asking amount: Int64, of resource: ResourceName
    ) -> RequestID {
        requests.intern(request, asking: amount, of: resource, in: &resources)
    }

    mutating func intern(_ shape: ShapeID, asking requestID: RequestID) -> ShapeID {
        let request = requests[requestID]
        return shapes.intern(
            shape, asking: requestID, request,
            scorer: ShapeScorer(request, kernels: kernels, resources: resources))
    }

    mutating func internHold(of resource: ResourceName) -> RequestID {
        requests.internHold(of: resource, in: &resources)
    }

    /// Computes image locality anew where nodes have changed since; says whether that changed anything.
    mutating func refreshImages() -> Bool { constraints.refreshImages(nodes: nodes) }

    mutating func configure(filters: NodeFilters, kernels: [ScoreKernel]) {
        self.kernels = kernels
        resources.add(kernels.flatMap(\.namedResources))
        constraints.configure(filters: filters, kernels: kernels, nodes: nodes)
        shapes.configure(kernels: kernels, resources: resources)
    }

    // MARK: Marks

    mutating func makeMark(refusal: String) -> NodeMark { marks.add(refusal: refusal) }

    /// Gives a node a mark or takes it off; says whether that changed anything.
    mutating func setMark(_ mark: NodeMark, on node: Int, to isSet: Bool) -> Bool {
        marks.set(mark, on: node, to: isSet)
    }

    // MARK: Weighing up

    /// Whether a node meets a shape's demands, on its marks too.
    func isEligible(_ node: Int, for shape: ShapeTable.Shape) -> Bool {
        constraints.eligible[shape.demands].contains(node)
            && (shape.marks == MarkTable.noDemands || marks.refusal(of: shape.marks, by: node) == nil)
    }

    /// The node with the highest score; of equal ones the one with the smallest name.
    ///
    /// - Parameters:
    ///   - states: what is left.
    ///   - row: the row of a node in `states`.
    func best(
        of candidates: [Int], for shape: ShapeTable.Shape, _ states: borrowing StateTable, row: (Int) -> Int
    ) -> Int? {
        let highest = highest(of: candidates, for: shape)
        var best: (node: Int, score: Int64)?
        let labels = nodes.order.labels
        for node in candidates {
            let score = score(of: node, for: shape, highest, states, row(node))
            if let best, score < best.score || (score == best.score && labels[node] > labels[best.node]) {
                continue
            }
            best = (node, score)
        }
        return best?.node
    }

    /// The candidates by score, with points that only the policy knows added, best first; of equal ones the one with the
    /// smallest name first.
    ///
    /// - Complexity: O(candidates × log candidates).
    func ranked(
        _ candidates: [Int], for shape: ShapeTable.Shape, adding points: ([Int]) -> [Int64]?,
        _ states: borrowing StateTable, row: (Int) -> Int
    ) -> [Int] {
        let highest = highest(of: candidates, for: shape)
        let added = points(candidates)
        var scored: [(node: Int, score: Int64)] = []
        scored.reserveCapacity(candidates.count)
        for (position, node) in candidates.enumerated() {
            let own = score(of: node, for: shape, highest, states, row(node))
            scored.append((node, own + (added?[position] ?? 0)))
        }
        let labels = nodes.order.labels
        scored.sort { $0.score == $1.score ? labels[$0.node] < labels[$1.node] : $0.score > $1.score }
        return scored.map(\.node)
    }

    func highest(of candidates: [Int], for shape: ShapeTable.Shape) -> NodePreferences.Raw {
        var highest = NodePreferences.Raw()
        for node in candidates { highest.raise(to: constraints.raw(shape.preferences, node)) }
        return highest
    }

    func score(
        of node: Int, for shape: ShapeTable.Shape, _ highest: NodePreferences.Raw,
        _ states: borrowing StateTable, _ row: Int
    ) -> Int64 {
        shape.scorer.score(states, row)
            + constraints.weights.points(constraints.raw(shape.preferences, node), highest: highest)
    }

    /// The points that one kernel alone gives nodes.
    func points(
        of kernel: ScoreKernel, for shape: ShapeTable.Shape, on nodes: [Int], _ states: borrowing StateTable,
        row: (Int) -> Int
    ) -> [Int64] {
        let scorer = ShapeScorer(shape.request, kernels: [kernel], resources: resources)
        var points: [Int64] = []
        for node in nodes { points.append(scorer.score(states, row(node))) }
        return points
    }

    // MARK: Looking at every node

    /// The best node where the policy has a say on each: by plain loops over all of them, or over some.
    ///
    /// What is left decides the same on all nodes of a row, and is looked at once. Where scores depend on nothing else, the
    /// policy is asked only about nodes that would be better than the best so far.
    ///
    /// - Complexity: O(those nodes + rows × (resources asked for + kernels)) and what the policy's own rules cost.
    func bestByRules(
        for shape: ShapeTable.Shape, among some: [Int]? = nil, where accepts: (Int) -> Bool,
        adding points: ([Int]) -> [Int64]?, alike likeness: NodeLikeness? = nil,
        _ states: borrowing StateTable, row: (Int) -> Int
    ) -> Placement? {
        let labels = nodes.order.labels
        let isSeparable = constraints.raws[shape.preferences].isEmpty && points([]) == nil
        var best: (node: Int, offer: Offer)?
        var idle: [(node: Int, score: Int64)] = []
        var freeing: [(node: Int, score: Int64)] = []
        // There may be many more rows than nodes: then few nodes share one.
        let keepsRows = some == nil && states.count <= 4 * nodes.count
        var known = [Offer?](repeating: nil, count: keepsRows ? states.count : 0)
        var seen = SeenNodes(isSeparable ? nil : likeness, rows: states.count)
        // What a node brings with it tells it from others.
        if !constraints.raws[shape.preferences].isEmpty { seen = SeenNodes(nil, rows: 0) }
        for node in some ?? nodes.byName.map(Int.init) where isEligible(node, for: shape) {
            let row = row(node)
            let offer: Offer
            if keepsRows, let answer = known[row] {
                offer = answer
            } else {
                let kind = shape.kind(in: states, row, filters: filters)
                offer = Offer(kind: kind, score: kind == nil ? 0 : shape.scorer.score(states, row))
                if keepsRows { known[row] = offer }
            }
            guard let kind = offer.kind else { continue }
            if isSeparable {
                if let best, !offer.isBetter(than: best.offer, labels[node] < labels[best.node]) { continue }
                if accepts(node) { best = (node, offer) }
            } else if !seen.insert(node, row), accepts(node) {
                if kind == .allocate {
                    idle.append((node, offer.score))
                } else if idle.isEmpty {
                    freeing.append((node, offer.score))
                }
            }
        }
        if isSeparable { return best.map { Placement(node: $0.node, kind: $0.offer.kind ?? .pipeline) } }
        return first(of: idle.isEmpty ? freeing : idle, for: shape, adding: points).map {
            Placement(node: $0, kind: idle.isEmpty ? .pipeline : .allocate)
        }
    }

    /// Which nodes are like one that has been looked at.
    private struct SeenNodes {
        private let likeness: NodeLikeness?
        /// A bit for each row and number.
        private var words: [UInt64] = []

        /// More bits than these would cost more than asking.
        private static let most = 1 << 22

        init(_ likeness: NodeLikeness?, rows: Int) {
            guard let likeness, likeness.count > 0, rows <= Self.most / likeness.count else {
                self.likeness = nil
                return
            }
            self.likeness = likeness
            words = [UInt64](repeating: 0, count: (rows * likeness.count + 63) / 64)
        }

        /// Whether a node like it has been looked at; from now on one has.
        mutating func insert(_ node: Int, _ row: Int) -> Bool {
            guard let likeness else { return false }
            let number = likeness.number(node)
            if number < 0 { return false }
            let bit = row * likeness.count + number
            let mask: UInt64 = 1 << UInt64(bit & 63)
            if words[bit >> 6] & mask != 0 { return true }
            words[bit >> 6] |= mask
            return false
        }
    }

    /// What a row of what is left has for a shape.
    private struct Offer {
        /// `nil` where it does not fit.
        let kind: Placement.Kind?
        let score: Int64

        func isBetter(than other: Offer, _ isFirstByName: Bool) -> Bool {
            if kind != other.kind { return kind == .allocate }
            return score == other.score ? isFirstByName : score > other.score
        }
    }

    /// The best of some nodes, with the points that depend on which others there are.
    private func first(
        of candidates: [(node: Int, score: Int64)], for shape: ShapeTable.Shape,
        adding points: ([Int]) -> [Int64]?
    ) -> Int? {
        let named = candidates.map(\.node)
        let highest = highest(of: named, for: shape)
        let added = points(named)
        let labels = nodes.order.labels
        var best: (node: Int, score: Int64)?
        for (position, (node, own)) in candidates.enumerated() {
            let preferred = constraints.weights.points(
                constraints.raw(shape.preferences, node), highest: highest)
            let score = own + preferred + (added?[position] ?? 0)
            if let best, score < best.score || score == best.score && labels[node] > labels[best.node] {
                continue
            }
            best = (node, score)
        }
        return best?.node
    }

    /// How many pods of a shape fit what is idle on some nodes, one after the other.
    func room(
        for shape: ShapeTable.Shape, among some: [Int], _ states: borrowing StateTable, row: (Int) -> Int
    ) -> Int {
        var room = 0
        for node in some where isEligible(node, for: shape) {
            room = room.addingSaturated(Int(shape.room(in: states, row(node), filters: filters)))
        }
        return room
    }

    /// How many pods of a shape fit what is idle on one node.
    func room(for id: ShapeID, on node: Int, _ states: borrowing StateTable, row: Int) -> Int {
        let shape = shapes[id]
        return isEligible(node, for: shape) ? Int(shape.room(in: states, row, filters: filters)) : 0
    }

    /// The nodes that meet a shape's demands, marks and resources aside, by name.
    func demandedNodes(for shape: ShapeTable.Shape) -> [Int] {
        nodes.byName.lazy.map(Int.init).filter { constraints.eligible[shape.demands].contains($0) }
    }
}
