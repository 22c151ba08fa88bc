/// The groups of one class of nodes: how many nodes each has, and which is the first by name.
///
/// Changes are written to a log, from which rankings bring themselves up to date when they are asked. The log is cut
/// off when it has grown long against the number of groups; a ranking that has missed a cut starts anew, which costs it
/// no more than reading what was cut.
struct ClassIndex: Sendable {
    /// A node has joined a group or left it.
    struct Change: Sendable {
        /// The first node of the group now.
        let head: Head
        /// The group, as an ordinal.
        let ordinal: Int32
        /// 1 for a node that joins, -1 for one that leaves.
        let nodes: Int32
    }

    /// The nodes of a group: which is the first by name, and how many there are.
    struct Nodes: Sendable {
        fileprivate(set) var head = Head.none
        fileprivate(set) var count = 0
    }

    /// The groups, by ordinal.
    private(set) var groups: [Int32] = []
    /// The nodes of each group, by ordinal.
    private(set) var nodes: [Nodes] = []
    /// What has changed since the log was last cut off.
    private(set) var log: [Change] = []
    /// How often the log has been cut off.
    private(set) var epoch = 0

    /// Adds an empty group; its ordinal is the number of groups before.
    mutating func addGroup(_ group: Int) {
        groups.append(Int32(group))
        nodes.append(Nodes())
    }

    /// Notes that a node has joined a group (1) or left it (-1), and which is the first now.
    mutating func note(_ head: Head, of ordinal: Int, change: Int) {
        if log.count >= max(1024, 4 * groups.count) { cutLog() }
        log.append(Change(head: head, ordinal: Int32(ordinal), nodes: Int32(change)))
        nodes[ordinal] = Nodes(head: head, count: nodes[ordinal].count + change)
    }

    /// Takes over new places in the order of names, in which nodes stand as before.
    mutating func relabel(_ head: (Int32) -> Head) {
        for ordinal in nodes.indices where nodes[ordinal].count > 0 {
            nodes[ordinal].head = head(nodes[ordinal].head.node)
        }
        cutLog()
    }

    @inline(never)
    private mutating func cutLog() {
        log.removeAll(keepingCapacity: true)
        epoch += 1
    }
}
