/// The groups of one class ranked for one request: a tournament whose winner is the best place for one more pod.
///
/// A group's score never changes, since its state does not; what changes is which nodes it has. So a group is scored
/// once, and a placement replays at most two matches a level.
struct Ranking: Sendable {
    /// The score of a group that the request does not fit.
    static let unfit = Int64.min
    private static let none: Int32 = -1

    /// What a group is worth to a request.
    struct Worth: Sendable {
        /// The score; `unfit` where the request does not fit.
        var score: Int64
        /// How many pods fit a node of the group, one after the other.
        var room: Int64
    }

    /// The class that it ranks.
    let nodeClass: Int
    /// By ordinal.
    private(set) var worths: [Worth] = []
    /// How many pods fit all nodes of the class, one after the other.
    private(set) var room: Int64 = 0
    /// Winners by tournament position, as ordinals: the root is 1, the leaf of ordinal `i` is `leaves + i`.
    private var winners: [Int32] = [-1, -1]
    private var leaves = 1
    private var cursor = 0
    private var epoch = -1

    init(nodeClass: Int) { self.nodeClass = nodeClass }

    /// Shows it one more group.
    mutating func add(_ worth: Worth) { worths.append(worth) }

    /// The winner: smallest node and score; no node if the request fits nowhere.
    ///
    /// It is asked after it has caught up.
    func best(_ index: borrowing ClassIndex) -> (head: Head, score: Int64) {
        let winner = winners[1]
        if winner == Self.none { return (.none, Self.unfit) }
        return (index.heads[Int(winner)], worths[Int(winner)].score)
    }

    /// Catches up with the changes of the class, all of whose groups it has seen.
    mutating func catchUp(_ index: borrowing ClassIndex) {
        if index.epoch != epoch || leaves < worths.count {
            rebuild(index)
            epoch = index.epoch
            cursor = index.log.count
            return
        }
        while cursor < index.log.count {
            replay(index.log[cursor], index)
            cursor += 1
        }
    }

    private mutating func rebuild(_ index: borrowing ClassIndex) {
        while leaves < worths.count { leaves *= 2 }
        winners.removeAll(keepingCapacity: true)
        winners.append(contentsOf: repeatElement(Self.none, count: 2 * leaves))
        room = 0
        for ordinal in worths.indices where index.sizes[ordinal] > 0 {
            room += worths[ordinal].room * Int64(index.sizes[ordinal])
            if worths[ordinal].score != Self.unfit { winners[leaves + ordinal] = Int32(ordinal) }
        }
        var position = leaves - 1
        while position > 0 {
            winners[position] = winner(winners[2 * position], winners[2 * position + 1], index)
            position -= 1
        }
    }

    /// Plays the matches of one group again.
    @inline(__always)
    private mutating func replay(_ change: ClassIndex.Change, _ index: borrowing ClassIndex) {
        let ordinal = change.ordinal
        let worth = worths[ordinal]
        if worth.score == Self.unfit { return }
        room += change.isJoining ? worth.room : -worth.room
        if !change.isNewHead { return }
        let leaf = leaves + ordinal
        let contender = index.heads[ordinal] == Head.none ? Self.none : Int32(ordinal)
        // It had no nodes when this was last played, and has none now.
        if contender == Self.none, winners[leaf] == Self.none { return }
        winners[leaf] = contender
        var position = leaf / 2
        while position > 0 {
            let new = winner(winners[2 * position], winners[2 * position + 1], index)
            // Someone else won here before and wins now: nothing changes further up.
            if new == winners[position], new != Int32(ordinal) { return }
            winners[position] = new
            position /= 2
        }
    }

    /// The higher score; of equal ones the group with the smaller node.
    @inline(__always)
    private func winner(_ left: Int32, _ right: Int32, _ index: borrowing ClassIndex) -> Int32 {
        if left == Self.none { return right }
        if right == Self.none { return left }
        let (leftScore, rightScore) = (worths[Int(left)].score, worths[Int(right)].score)
        if leftScore != rightScore { return leftScore > rightScore ? left : right }
        return index.heads[Int(left)] < index.heads[Int(right)] ? left : right
    }
}
