/// The nodes of each group, smallest first: one pairing heap a group, its links kept in columns by node.
///
/// A node is in exactly one heap, so the links need three integers a node and no allocation ever.
///
/// Source: Fredman, Sedgewick, Sleator, Tarjan, "The pairing heap", Algorithmica 1 (1986), doi 10.1007/BF01840439.
/// Inserting takes O(1), removing amortised O(log n); nodes that come in ascending order cost O(1) each.
struct NodeHeaps: Sendable {
    /// No node.
    static let none: Int32 = -1

    /// The first child, the next sibling, and the previous sibling or (of a first child) the parent, by node.
    private var child: [Int32]
    private var next: [Int32]
    private var previous: [Int32]

    init(nodeCount: Int) {
        child = [Int32](repeating: Self.none, count: nodeCount)
        next = child
        previous = child
    }

    /// Puts a node that is in no heap into the one with the given smallest node (or none).
    ///
    /// - Returns: the heap's smallest node now.
    mutating func insert(_ node: Int32, into head: Int32) -> Int32 { merge(head, node) }

    /// Takes a node out of the heap with the given smallest node.
    ///
    /// - Returns: the heap's smallest node now.
    mutating func remove(_ node: Int32, from head: Int32) -> Int32 {
        let rest = mergeSiblings(child[Int(node)])
        child[Int(node)] = Self.none
        if head == node { return rest }
        let before = previous[Int(node)]
        let after = next[Int(node)]
        if child[Int(before)] == node { child[Int(before)] = after } else { next[Int(before)] = after }
        if after != Self.none { previous[Int(after)] = before }
        previous[Int(node)] = Self.none
        next[Int(node)] = Self.none
        return merge(head, rest)
    }

    /// Joins two trees; the smaller node becomes the root.
    private mutating func merge(_ left: Int32, _ right: Int32) -> Int32 {
        if left == Self.none { return right }
        if right == Self.none { return left }
        let (root, below) = left < right ? (left, right) : (right, left)
        let first = child[Int(root)]
        next[Int(below)] = first
        if first != Self.none { previous[Int(first)] = below }
        previous[Int(below)] = root
        child[Int(root)] = below
        return root
    }

    /// Joins a list of siblings into one tree: in pairs from the front, then all pairs from the back.
    private mutating func mergeSiblings(_ first: Int32) -> Int32 {
        if first == Self.none { return first }
        var pairs = Self.none
        var node = first
        while node != Self.none {
            let partner = next[Int(node)]
            let rest = partner == Self.none ? Self.none : next[Int(partner)]
            detach(node)
            if partner != Self.none { detach(partner) }
            let pair = merge(node, partner)
            next[Int(pair)] = pairs
            pairs = pair
            node = rest
        }
        var root = Self.none
        while pairs != Self.none {
            let rest = next[Int(pairs)]
            next[Int(pairs)] = Self.none
            root = merge(root, pairs)
            pairs = rest
        }
        return root
    }

    private mutating func detach(_ node: Int32) {
        next[Int(node)] = Self.none
        previous[Int(node)] = Self.none
    }
}
