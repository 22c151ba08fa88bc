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
        var order: [ShapeID] = []
        var members: [ShapeID: [Int]] = [:]
        for task in tasks {
            guard let shape = self.tasks[task].shape else { continue }
            if members[shape] == nil { order.append(shape) }
            members[shape, default: []].append(task)
        }
        return order.map { shape in
            let pods = members[shape] ?? []
            return ShapeExplanation(
                pods: pods.map { self.tasks[$0].key }, request: request(of: shape),
                headroom: allocator.diagnosis.headroom(for: shape),
                reasons: GangOutcome.sorted(allocator.diagnosis.refusalCounts(of: shape)),
                nearest: nearest(to: shape))
        }
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
    private func nearest(to shape: ShapeID) -> [ShapeExplanation.NearNode] {
        let request = allocator.request(allocator.requestID(of: shape))
        let diagnosis = allocator.diagnosis
        var found: [(lack: Double, near: ShapeExplanation.NearNode)] = []
        for node in allocator.nodesByName {
            let missing = diagnosis.shortfalls(of: shape, on: node)
            let isEligible = diagnosis.refusals(of: shape, on: node).allSatisfy { $0.isShortage }
            if missing.isEmpty || !isEligible { continue }
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
    /// - Complexity: O(nodes).
    public func headroom(for pod: Pod) -> Headroom {
        let shape = allocator.intern(pod, avoiding: hostPortMarks(of: pod))
        if amounts.add(allocator.requestID(of: shape), from: allocator) { syncColumns() }
        return allocator.diagnosis.headroom(for: shape)
    }
}

extension Headroom {
    /// What stands in the way of one more pod, most nodes first.
    public var reasons: [CycleResult.NodeReason] { GangOutcome.sorted(limits) }
}
