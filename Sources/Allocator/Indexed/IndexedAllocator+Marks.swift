/// Marks that nodes get and lose.
///
/// A mark that some shape asks about splits classes. A node that gets or loses it moves to the group of the same state in
/// the sibling class, as it would for a pod: nobody looks at the other nodes.
extension IndexedAllocator {
    /// Gives a node a mark, or takes it off.
    ///
    /// - Complexity: amortised O(log nodes).
    public mutating func setMark(_ mark: NodeMark, on node: Int, to isSet: Bool) {
        if inventory.setMark(mark, on: node, to: isSet), classes.splits(mark) {
            flip(mark, of: node)
            tidy()
        }
    }

    /// Lets the marks of a set of demands split classes that do not yet.
    ///
    /// - Complexity: O(nodes that have one of them × log nodes).
    mutating func splitClasses(by demands: MarkTable.Demands) {
        for mark in demands.avoiding + demands.requiring where !classes.splits(mark) {
            classes.split(by: mark)
            inventory.marks[mark].forEach { flip(mark, of: $0) }
        }
        tidy()
    }

    private mutating func flip(_ mark: NodeMark, of node: Int) {
        if groups.flip(mark, of: node) { return }
        let known = classes.count
        let sibling = classes.sibling(of: groups.nodeClass(of: node), flipping: mark)
        if classes.count > known {
            groups.addClasses(upTo: classes.count)
            generation += 1
        }
        groups.explore(node, flipping: mark, into: sibling)
        let isKnown = groups.flip(mark, of: node)
        precondition(isKnown, "it has just been explored")
    }
}
