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
    private var winners: [Int32] = [-1, -1]
    private var leaves = 1
    private var cursor = 0
    private var epoch = -1

    /// The number of groups that it has seen.
    var scoredCount: Int { scores.count }

    /// Shows it one more group with its score; `nil` if the request does not fit.
    mutating func add(_ score: Int64?) { scores.append(score ?? Self.unfit) }

    /// The winner: smallest node and score.
    func best(heads: [Head]) -> (head: Head, score: Int64)? {
        let winner = winners[1]
        if winner == Self.none { return nil }
        return (heads[Int(winner)], scores[Int(winner)])
    }

    /// Catches up with the log of changed groups.
    mutating func catchUp(with log: [Int32], epoch: Int, heads: [Head]) {
        if epoch != self.epoch || leaves < scores.count {
            rebuild(heads)
            self.epoch = epoch
        } else {
            for position in cursor..<log.count { replay(Int(log[position]), heads) }
        }
        cursor = log.count
    }

    private mutating func rebuild(_ heads: [Head]) {
        while leaves < scores.count { leaves *= 2 }
        winners.removeAll(keepingCapacity: true)
        winners.append(contentsOf: repeatElement(Self.none, count: 2 * leaves))
        for ordinal in scores.indices where scores[ordinal] != Self.unfit && heads[ordinal] != Head.none {
            winners[leaves + ordinal] = Int32(ordinal)
        }
        var position = leaves - 1
        while position > 0 {
            winners[position] = Self.winner(
                winners[2 * position], winners[2 * position + 1], scores, heads)
            position -= 1
        }
    }

    /// Plays the matches of one group again.
    private mutating func replay(_ ordinal: Int, _ heads: [Head]) {
        if scores[ordinal] == Self.unfit { return }
        let leaf = leaves + ordinal
        let contender = heads[ordinal] == Head.none ? Self.none : Int32(ordinal)
        // It had no nodes when this was last played, and has none now.
        if contender == Self.none, winners[leaf] == Self.none { return }
        winners[leaf] = contender
        var position = leaf / 2
        while position > 0 {
            let (left, right) = (winners[2 * position], winners[2 * position + 1])
            let new = Self.winner(left, right, scores, heads)
            // Someone else won here before and wins now: nothing changes further up.
            if new == winners[position], new != Int32(ordinal) { return }
            winners[position] = new
            position /= 2
        }
    }

    /// The higher score; of equal ones the group with the smaller node.
    @inline(__always)
    private static func winner(_ left: Int32, _ right: Int32, _ scores: [Int64], _ heads: [Head]) -> Int32 {
        if left == none { return right }
        if right == none { return left }
        let (leftScore, rightScore) = (scores[Int(left)], scores[Int(right)])
        if leftScore != rightScore { return leftScore > rightScore ? left : right }
        return heads[Int(left)] < heads[Int(right)] ? left : right
    }
}
