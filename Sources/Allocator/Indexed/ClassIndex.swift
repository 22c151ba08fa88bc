/// The groups of one class of nodes: how many nodes each has, and which is the first by name.
///
/// Changes are written to a log, from which rankings bring themselves up to date when they are asked. The log is cut
/// off when it has grown long against the number of groups; a ranking that has missed a cut starts anew, which costs it
/// no more than reading what was cut.
struct ClassIndex: Sendable {
    /// A node has joined a group or left it.
    struct Change: Sendable {
        private let bits: UInt32

        init(ordinal: Int, isJoining: Bool, isNewHead: Bool) {
            bits = UInt32(ordinal) << 2 | (isNewHead ? 2 : 0) | (isJoining ? 1 : 0)
        }

        /// The group, as an ordinal.
        var ordinal: Int { Int(bits >> 2) }
        /// True for a node that joins, false for one that leaves.
        var isJoining: Bool { bits & 1 == 1 }
        /// True if the group has another first node now.
        var isNewHead: Bool { bits & 2 == 2 }
    }

    /// The groups, by ordinal.
    private(set) var groups: [Int32] = []
    /// The first node of each group, by ordinal.
    private(set) var heads: [Head] = []
    /// The number of nodes of each group, by ordinal.
    private(set) var sizes: [Int32] = []
    /// What has changed since the log was last cut off.
    private(set) var log: [Change] = []
    /// How often the log has been cut off.
    private(set) var epoch = 0

    /// Adds an empty group; its ordinal is the number of groups before.
    mutating func addGroup(_ group: Int) {
        groups.append(Int32(group))
        heads.append(.none)
        sizes.append(0)
    }

    /// Notes that a node has joined a group or left it, and which is the first now.
    mutating func note(_ head: Head, of ordinal: Int, isJoining: Bool) {
        if log.count >= max(1024, 4 * groups.count) {
            log.removeAll(keepingCapacity: true)
            epoch += 1
        }
        log.append(Change(ordinal: ordinal, isJoining: isJoining, isNewHead: heads[ordinal] != head))
        heads[ordinal] = head
        sizes[ordinal] += isJoining ? 1 : -1
    }

    /// Takes over new places in the order of names, in which nodes stand as before.
    mutating func relabel(_ head: (Int32) -> Head) {
        for ordinal in heads.indices where heads[ordinal] != .none {
            heads[ordinal] = head(heads[ordinal].node)
        }
    }
}
