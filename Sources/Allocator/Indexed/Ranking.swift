/// The groups of one class ranked for one request: a tournament whose winner is the best place for one more pod.
///
/// A group's score never changes, since its state does not; what changes is whether it has nodes, and which is the
/// smallest. So a group is scored once, and a placement replays at most two matches a level.
struct Ranking: Sendable {
    /// The score of a group that the request does not fit.
    private static let unfit = Int64.min
    private static let none: Int32 = -1

    /// By ordinal: the score, `unfit` where the request does not fit.
    private var scores: [Int64] = []
    /// Winners by tournament position, as ordinals: the root is 1, the leaf of ordinal `i` is `leaves + i`.
    private var winners: [Int32] = []
    private var leaves = 0
    private var cursor = 0
    private var epoch = -1

    /// The best group: its ordinal and score; `nil` if none with nodes fits.
    var best: (ordinal: Int, score: Int64)? {
        guard leaves > 0, winners[1] != Self.none else { return nil }
        let ordinal = Int(winners[1])
        return (ordinal, scores[ordinal])
    }

    /// Catches up with what has happened to the groups of the class.
    ///
    /// - Complexity: O(log groups) a change; O(groups) when the log was cut or the tournament has to grow.
    mutating func catchUp(
        with nodeClass: borrowing ClassGroups, _ states: borrowing StateTable, heads: borrowing [Int32],
        shape: borrowing ShapeTable.Shape, filters: NodeFilters
    ) {
        if epoch == nodeClass.epoch, cursor == nodeClass.log.count, scores.count == nodeClass.groups.count {
            return
        }
        while scores.count < nodeClass.groups.count {
            let group = Int(nodeClass.groups[scores.count])
            let fits = shape.kind(in: states, group, filters: filters) == .allocate
            scores.append(fits ? shape.scorer.score(states, group) : Self.unfit)
        }
        if epoch != nodeClass.epoch || leaves < scores.count {
            rebuild(nodeClass, heads: heads)
        } else {
            while cursor < nodeClass.log.count {
                replay(Int(nodeClass.log[cursor]), nodeClass, heads: heads)
                cursor += 1
            }
        }
        cursor = nodeClass.log.count
        epoch = nodeClass.epoch
    }

    private mutating func rebuild(_ nodeClass: borrowing ClassGroups, heads: borrowing [Int32]) {
        leaves = max(leaves, 4)
        while leaves < scores.count { leaves *= 2 }
        winners.removeAll(keepingCapacity: true)
        winners.append(contentsOf: repeatElement(Self.none, count: 2 * leaves))
        for ordinal in scores.indices where isContender(ordinal, nodeClass, heads: heads) {
            winners[leaves + ordinal] = Int32(ordinal)
        }
        for position in stride(from: leaves - 1, to: 0, by: -1) {
            winners[position] = winner(
                winners[2 * position], winners[2 * position + 1], nodeClass, heads: heads)
        }
    }

    /// Plays the matches of one group again.
    private mutating func replay(_ ordinal: Int, _ nodeClass: borrowing ClassGroups, heads: borrowing [Int32])
    {
        if scores[ordinal] == Self.unfit { return }
        var position = leaves + ordinal
        winners[position] = isContender(ordinal, nodeClass, heads: heads) ? Int32(ordinal) : Self.none
        position /= 2
        while position > 0 {
            let new = winner(winners[2 * position], winners[2 * position + 1], nodeClass, heads: heads)
            // Someone else won here before and wins now: nothing changes further up.
            if new == winners[position], new != Int32(ordinal) { return }
            winners[position] = new
            position /= 2
        }
    }

    private func isContender(_ ordinal: Int, _ nodeClass: borrowing ClassGroups, heads: borrowing [Int32])
        -> Bool
    {
        scores[ordinal] != Self.unfit && heads[Int(nodeClass.groups[ordinal])] != NodeHeaps.none
    }

    /// The higher score; of equal ones the group with the smaller node.
    private func winner(
        _ left: Int32, _ right: Int32, _ nodeClass: borrowing ClassGroups, heads: borrowing [Int32]
    ) -> Int32 {
        if left == Self.none { return right }
        if right == Self.none { return left }
        let (leftScore, rightScore) = (scores[Int(left)], scores[Int(right)])
        if leftScore != rightScore { return leftScore > rightScore ? left : right }
        let leftHead = heads[Int(nodeClass.groups[Int(left)])]
        let rightHead = heads[Int(nodeClass.groups[Int(right)])]
        return leftHead < rightHead ? left : right
    }
}
