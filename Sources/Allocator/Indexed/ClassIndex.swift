/// The groups of one class of nodes, and for each request that looks here a ranking of them.
///
/// Rankings are brought up to date only when they are asked: they read the log of changed groups from where they stopped.
/// The log is cut off when it has grown long against the number of groups; a ranking that has missed a cut starts anew,
/// which costs it no more than reading what was cut.
struct ClassIndex: Sendable {
    /// The groups, by ordinal.
    private(set) var groups: [Int32] = []
    /// The smallest node of each group, by ordinal.
    private(set) var heads: [Head] = []
    private var log: [Int32] = []
    private var epoch = 0
    private var rankings: [Ranking] = []

    /// Adds an empty group; its ordinal is the number of groups before.
    mutating func addGroup(_ group: Int) {
        groups.append(Int32(group))
        heads.append(.none)
    }

    /// Adds a ranking; it is asked for by its number.
    mutating func addRanking() -> Int {
        rankings.append(Ranking())
        return rankings.count - 1
    }

    /// Notes the smallest node of a group.
    mutating func setHead(_ head: Head, of ordinal: Int) {
        if heads[ordinal] == head { return }
        heads[ordinal] = head
        if log.count >= max(1024, 4 * groups.count) {
            log.removeAll(keepingCapacity: true)
            epoch += 1
        }
        log.append(Int32(ordinal))
    }

    /// Takes over new places in the order of names, in which nodes stand as before.
    mutating func relabel(_ head: (Int32) -> Head) {
        for ordinal in heads.indices where heads[ordinal] != .none {
            heads[ordinal] = head(heads[ordinal].node)
        }
    }

    /// True when a ranking has seen every group of the class.
    func isScored(_ ranking: Int) -> Bool { rankings[ranking].scoredCount == groups.count }

    /// Shows a ranking the groups that it has not seen.
    mutating func score(_ ranking: Int, by score: (_ group: Int) -> Int64?) {
        for ordinal in rankings[ranking].scoredCount..<groups.count {
            rankings[ranking].add(score(Int(groups[ordinal])))
        }
    }

    /// The best place that a ranking knows: node and score; `nil` if no group with nodes fits.
    ///
    /// - Complexity: O(log groups) for each change since it was last asked.
    mutating func best(_ ranking: Int) -> (head: Head, score: Int64)? {
        rankings[ranking].catchUp(with: log, epoch: epoch, heads: heads)
        return rankings[ranking].best(heads: heads)
    }
}
