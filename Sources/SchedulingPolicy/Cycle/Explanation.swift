public import Allocator
public import ClusterModel

/// What the nodes say to pods of one shape, after the cycle.
public struct ShapeExplanation: Sendable {
    /// A node that lacks nothing but resources.
    public struct NearNode: Sendable {
        /// The node's name.
        public let node: String
        /// What would have to be free besides.
        public let missing: [Shortfall]
    }

    /// The pods of this shape that were asked about.
    public let pods: [ObjectKey]
    /// What each asks for.
    public let request: ResourceList
    /// How many more of them fit now, and on how many nodes.
    public let headroom: Headroom
    /// For each reason, the number of nodes that give it now, most first.
    public let reasons: [CycleResult.NodeReason]
    /// The nodes that lack least, best first.
    public let nearest: [NearNode]
}

extension Session {
    /// The pods of a gang that wait for a node, by shape, with what the nodes say to each.
    ///
    /// - Complexity: O(shapes × nodes log nodes).
    public func explainGang(_ key: ObjectKey) -> [ShapeExplanation] {
        guard let job = jobIDs[key] else { return [] }
        return explain(jobs[job].tasks.filter { tasks[$0].status == .pending })
    }

    /// What the nodes say to one pod that waits; `nil` if it does not, or is in no gang of the cycle.
    public func explainPod(_ key: ObjectKey) -> ShapeExplanation? {
        guard let task = findTask(key), tasks[task].status == .pending else { return nil }
        return explain([task]).first
    }

    private func explain(_ tasks: [Int]) -> [ShapeExplanation] {
        /// Pods that nodes cannot tell apart.
        struct Sort: Hashable {
            let shape: ShapeID
            let kind: Int?
            let claims: [ObjectKey]
        }
        var order: [Sort] = []
        var members: [Sort: [Int]] = [:]
        for task in tasks {
            guard let shape = self.tasks[task].shape else { continue }
            let kind = neighbours.isInUse ? neighbours.kind(of: task) : nil
            let sort = Sort(shape: shape, kind: kind, claims: volumes.isEmpty ? [] : claims(of: task))
            if members[sort] == nil { order.append(sort) }
            members[sort, default: []].append(task)
        }
        return order.map { sort in
            let (shape, pods) = (sort.shape, members[sort] ?? [])
            let rules = pods.first.flatMap { points.nodeRules(for: $0, in: self) }
            return ShapeExplanation(
                pods: pods.map { self.tasks[$0].key }, request: Self.withoutShares(request(of: shape)),
                headroom: headroom(for: shape, sort.kind, rules),
                reasons: GangOutcome.sorted(refusalCounts(of: shape, rules)),
                nearest: nearest(to: shape, rules))
        }
    }

    /// For each reason, on how many nodes it stands in a pod's way: what rules say counts where nothing else does.
    private func refusalCounts(of shape: ShapeID, _ rules: NodeRules?) -> [NodeRefusal: Int] {
        let diagnosis = allocator.diagnosis
        var counts = diagnosis.refusalCounts(of: shape)
        guard let rules else { return counts }
        for node in allocator.nodesByName where diagnosis.refusals(of: shape, on: node).isEmpty {
            if let refusal = rules.refusal(node) { counts[refusal, default: 0] += 1 }
        }
        return counts
    }

    /// How many more pods of a shape fit now, and what limits it.
    ///
    /// Where rules have a say the pods are placed one after the other, since each may change what the next is told, and taken
    /// away again. So many are tried at most: that is more than anyone waits for.
    private func headroom(for shape: ShapeID, _ kind: Int?, _ rules: NodeRules?) -> Headroom {
        guard let rules, !rules.checks.isEmpty else { return allocator.diagnosis.headroom(for: shape) }
        var placed: [Placement] = []
        allocator.prepare(shape)
        while placed.count < 10_000 {
            let accepts = { (node: Int) in rules.refusal(node) == nil }
            let place = allocator.bestNode(for: shape, where: accepts, adding: { _ in nil })
            guard let place, place.kind == .allocate else { break }
            allocator.take(place, for: shape)
            if let kind { neighbours.count(kind, on: place.node, by: 1) }
            placed.append(place)
            allocator.prepare(shape)
        }
        let limits = refusalCounts(of: shape, rules)
        for place in placed.reversed() {
            allocator.giveBack(place, for: shape)
            if let kind { neighbours.count(kind, on: place.node, by: -1) }
        }
        return Headroom(
            pods: Int64(placed.count), nodes: Set(placed.map(\.node)).count, limits: limits)
    }

    /// What a pod of a shape asks for, its slot aside.
    private func request(of shape: ShapeID) -> ResourceList {
        var list = ResourceList()
        for entry in allocator.request(allocator.requestID(of: shape)).amounts
        where entry.column != ResourceTable.pods && entry.amount > 0 {
            list[resources.names[entry.column]] = entry.amount
        }
        return list
    }

    /// The three nodes that lack least: the fewest resources, then the smallest part of the request, then by name.
    private func nearest(to shape: ShapeID, _ rules: NodeRules?) -> [ShapeExplanation.NearNode] {
        let request = allocator.request(allocator.requestID(of: shape))
        let diagnosis = allocator.diagnosis
        var found: [(lack: Double, near: ShapeExplanation.NearNode)] = []
        for node in allocator.nodesByName {
            let missing = diagnosis.shortfalls(of: shape, on: node)
            let isEligible = diagnosis.refusals(of: shape, on: node).allSatisfy { $0.isShortage }
            if missing.isEmpty || !isEligible || rules?.refusal(node) != nil { continue }
            let lack = missing.reduce(Double(missing.count)) { sum, shortfall in
                let column = resources.column(shortfall.resource)
                let asked = request.amounts.first { $0.column == column }?.amount ?? 1
                return sum + min(1, Double(shortfall.missing) / Double(max(1, asked))) / 1000
            }
            found.append((lack, ShapeExplanation.NearNode(node: allocator.node(node).name, missing: missing)))
        }
        return found.sorted { $0.lack == $1.lack ? $0.near.node.precedes($1.near.node) : $0.lack < $1.lack }
            .prefix(3).map(\.near)
    }

    /// How many more pods like this one fit now.
    ///
    /// - Complexity: O(nodes); O(nodes × pods that fit) where rules have a say that look at other pods.
    public func headroom(for pod: Pod) -> Headroom {
        let shape = allocator.intern(pod, avoiding: hostPortMarks(of: pod))
        if amounts.add(allocator.requestID(of: shape), from: allocator) { syncColumns() }
        // Rules are asked about pods that are known: this one is, for as long as it takes.
        let probe = tasks.count
        tasks.append(TaskState(key: pod.key, request: allocator.requestID(of: shape), status: .pending))
        noteKind(of: pod, probe)
        noteVolumes(of: pod, probe)
        completeTallies()
        defer {
            forgetKind(of: probe)
            forgetVolumes(of: probe)
            tasks.removeLast()
        }
        return headroom(
            for: shape, neighbours.kind(of: probe), points.nodeRules(for: probe, in: self))
    }
}

extension Headroom {
    /// What stands in the way of one more pod, most nodes first.
    public var reasons: [CycleResult.NodeReason] { GangOutcome.sorted(limits) }
}
