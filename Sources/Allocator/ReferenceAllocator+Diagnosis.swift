import ClusterModel

/// How many more pods of a shape fit now, and what keeps it from being more.
public struct Headroom: Equatable, Sendable {
    /// The pods that fit, one after the other.
    public var pods: Int64
    /// The nodes that take at least one.
    public var nodes: Int
    /// For each reason, on how many nodes it is what stands in the way of the next pod.
    public var limits: [NodeRefusal: Int]
}

extension ReferenceAllocator {
    /// What stands in a pod's way on one node: a constraint, else every resource that is short.
    public func refusals(of shape: ShapeID, on node: Int) -> [NodeRefusal] {
        let shape = table.shapes[shape.index]
        if let refusal = table.refusals[shape.demands][node] { return [refusal] }
        return shortages(of: shape.request, on: node, after: 0)
    }

    /// By how much each resource is short on one node.
    public func shortfalls(of shape: ShapeID, on node: Int) -> [Shortfall] {
        demanded(table.shapes[shape.index].request).compactMap { entry in
            let missing = entry.amount - free(entry.column, node)
            return missing > 0
                ? Shortfall(resource: cluster.resources.names[entry.column], missing: missing) : nil
        }
    }

    /// For each reason, on how many nodes it stands in a pod's way.
    public func refusalCounts(of shape: ShapeID) -> [NodeRefusal: Int] {
        let shape = table.shapes[shape.index]
        var counts = table.refusalCounts[shape.demands]
        for entry in demanded(shape.request) {
            let short = table.eligible[shape.demands].count { entry.amount > free(entry.column, $0) }
            if short > 0 { counts[refusal(entry.column), default: 0] += short }
        }
        return counts
    }

    /// How many more pods of a shape fit now, one after the other.
    public func headroom(for shape: ShapeID) -> Headroom {
        let shape = table.shapes[shape.index]
        var headroom = Headroom(pods: 0, nodes: 0, limits: [:])
        for node in 0..<cluster.nodes.count {
            if let refusal = table.refusals[shape.demands][node] {
                headroom.limits[refusal, default: 0] += 1
                continue
            }
            let count = podsThatFit(shape.request, on: node)
            headroom.pods += count
            headroom.nodes += count > 0 ? 1 : 0
            for refusal in shortages(of: shape.request, on: node, after: count) {
                headroom.limits[refusal, default: 0] += 1
            }
        }
        return headroom
    }

    private func podsThatFit(_ request: PodRequest, on node: Int) -> Int64 {
        var count = Int64.max
        for entry in demanded(request) {
            let left = free(entry.column, node)
            count = min(count, entry.amount > 0 ? max(0, left) / entry.amount : (left < 0 ? 0 : count))
        }
        return count
    }

    /// The resources that are short for one more pod after `count` have been placed here.
    private func shortages(of request: PodRequest, on node: Int, after count: Int64) -> [NodeRefusal] {
        demanded(request).compactMap { entry in
            let left = free(entry.column, node) - count * entry.amount
            if entry.amount <= left { return nil }
            return refusal(entry.column)
        }
    }

    private func refusal(_ column: Int) -> NodeRefusal {
        column == ResourceTable.pods ? .podCount : .insufficient(cluster.resources.names[column])
    }

    /// The columns that must fit: of a pod that asks for nothing only its slot.
    private func demanded(_ request: PodRequest) -> [PodRequest.Entry] {
        request.isBestEffort ? request.amounts.filter { $0.column == ResourceTable.pods } : request.amounts
    }

    /// What is left of a column for a new pod, promised places taken off and places that are about to be free counted.
    private func free(_ column: Int, _ node: Int) -> Int64 {
        column == ResourceTable.pods
            ? cluster.allocatable[column][node] - cluster.requested[column][node]
            : min(cluster.idle[column][node], cluster.futureIdle[column][node])
    }
}
