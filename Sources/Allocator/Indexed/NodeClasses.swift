/// Nodes that no pod tells apart by label or taint: the partition that all demands and preferences seen so far leave.
struct NodeClasses: Sendable {
    /// The class by node.
    private(set) var classOf: [Int32]
    /// One node of each class, to ask in place of all.
    private(set) var representatives: [Int]

    init(nodeCount: Int) {
        classOf = [Int32](repeating: 0, count: nodeCount)
        representatives = nodeCount == 0 ? [] : [0]
    }

    /// The number of classes.
    var count: Int { representatives.count }

    /// Splits every class in which a value differs from node to node.
    ///
    /// - Returns: true if a class was split; the numbers of all classes may then be others.
    /// - Complexity: O(nodes).
    mutating func refine<Value: Hashable>(by value: (Int) -> Value) -> Bool {
        var parts: [ClassPart<Value>: Int32] = [:]
        var refined = classOf
        var first: [Int] = []
        for node in classOf.indices {
            let part = ClassPart(old: classOf[node], value: value(node))
            let id = parts[part] ?? Int32(parts.count)
            if id == first.count {
                parts[part] = id
                first.append(node)
            }
            refined[node] = id
        }
        if first.count == representatives.count { return false }
        classOf = refined
        representatives = first
        return true
    }
}

/// A class as it was, and what tells some of its nodes from others.
private struct ClassPart<Value: Hashable>: Hashable {
    let old: Int32
    let value: Value
}
