/// The nodes of each group, smallest name first: one pairing heap a group, its links kept in a column by node.
///
/// A node is in at most one heap, so its links and its place in the order of names are 16 bytes, and never allocated.
///
/// Source: Fredman, Sedgewick, Sleator, Tarjan, "The pairing heap", Algorithmica 1 (1986), doi 10.1007/BF01840439.
/// Inserting takes O(1), removing amortised O(log n); nodes that come in ascending order cost O(1) each.
struct NodeHeaps: Sendable {
    /// No node.
    static let none: Int32 = -1

    private struct Link {
        /// Its place in the order of names.
        var label: UInt32
        /// The first child.
        var child = NodeHeaps.none
        /// The next sibling.
        var next = NodeHeaps.none
        /// The previous sibling, or of a first child the parent.
        var previous = NodeHeaps.none
    }

    private var links: [Link] = []

    /// A node as the head of a heap: in the order of names.
    func head(_ node: Int32) -> Head { Head(label: links[Int(node)].label, node: node) }

    /// Takes over the places in the order of names; nodes that are new are in no heap.
    mutating func setLabels(_ labels: [UInt32]) {
        for (node, label) in labels.enumerated() { setLabel(label, of: node) }
    }

    /// Takes over the place of one node in the order of names.
    mutating func setLabel(_ label: UInt32, of node: Int) {
        while links.count <= node { links.append(Link(label: 0)) }
        links[node].label = label
    }

    /// Puts a node that is in no heap into the one with the given smallest node (or none).
    ///
    /// - Returns: the heap's smallest node now.
    mutating func insert(_ node: Int32, into head: Int32) -> Int32 { merge(head, node) }

    /// Takes a node out of the heap with the given smallest node.
    ///
    /// - Returns: the heap's smallest node now.
    mutating func remove(_ node: Int32, from head: Int32) -> Int32 {
        let rest = mergeSiblings(links[Int(node)].child)
        links[Int(node)].child = Self.none
        if head == node { return rest }
        let before = links[Int(node)].previous
        let after = links[Int(node)].next
        if links[Int(before)].child == node {
            links[Int(before)].child = after
        } else {
            links[Int(before)].next = after
        }
        if after != Self.none { links[Int(after)].previous = before }
        detach(node)
        return merge(head, rest)
    }

    /// Joins two trees; the smaller node becomes the root.
    private mutating func merge(_ left: Int32, _ right: Int32) -> Int32 {
        if left == Self.none { return right }
        if right == Self.none { return left }
        let isLeftFirst = links[Int(left)].label < links[Int(right)].label
        let (root, below) = isLeftFirst ? (left, right) : (right, left)
        let first = links[Int(root)].child
        links[Int(below)].next = first
        if first != Self.none { links[Int(first)].previous = below }
        links[Int(below)].previous = root
        links[Int(root)].child = below
        return root
    }

    /// Joins a list of siblings into one tree: in pairs from the front, then all pairs from the back.
    private mutating func mergeSiblings(_ first: Int32) -> Int32 {
        if first == Self.none { return first }
        var pairs = Self.none
        var node = first
        while node != Self.none {
            let partner = links[Int(node)].next
            let rest = partner == Self.none ? Self.none : links[Int(partner)].next
            detach(node)
            if partner != Self.none { detach(partner) }
            let pair = merge(node, partner)
            links[Int(pair)].next = pairs
            pairs = pair
            node = rest
        }
        var root = Self.none
        while pairs != Self.none {
            let rest = links[Int(pairs)].next
            links[Int(pairs)].next = Self.none
            root = merge(root, pairs)
            pairs = rest
        }
        return root
    }

    private mutating func detach(_ node: Int32) {
        links[Int(node)].next = Self.none
        links[Int(node)].previous = Self.none
    }
}

/// The smallest node of a group. Heads compare as the names of their nodes do; no node comes last.
struct Head: Comparable, Sendable {
    private let bits: UInt64

    static let none = Head(bits: .max)

    init(label: UInt32, node: Int32) { bits = UInt64(label) << 32 | UInt64(UInt32(bitPattern: node)) }
    private init(bits: UInt64) { self.bits = bits }

    /// The node; `NodeHeaps.none` if there is none.
    var node: Int32 { Int32(truncatingIfNeeded: bits) }

    static func < (left: Head, right: Head) -> Bool { left.bits < right.bits }
}
