/// The groups of one class ranked for one request: a tournament whose winner is the best place for one more pod.
///
/// A group's score never changes, since its state does not; what changes is which nodes it has. So a group is scored
/// once, and a placement replays at most two matches a level.
struct Ranking: Sendable {
    /// The score of a group that the request does not fit.
    static let unfit = Int64.min

    /// What a group is worth to a request.
    struct Worth: Sendable {
        /// The score; `unfit` where the request does not fit.
        var score: Int64
        /// How many pods fit a node of the group, one after the other.
        var room: Int64
    }

    /// A group that takes part, by its score and its first node.
    struct Contender: Equatable, Sendable {
        var score: Int64
        var head: Head

        /// Nobody.
        static let none = Contender(score: Ranking.unfit, head: .none)

        /// Whether it is the better of two: by score, and of equal scores by name.
        @inline(__always)
        func beats(_ other: Contender) -> Bool {
            score == other.score ? head < other.head : score > other.score
        }
    }

    /// The class that it ranks.
    let nodeClass: Int
    /// By ordinal.
    private(set) var worths: [Worth] = []
    /// How many pods fit all nodes of the class, one after the other.
    private(set) var room: Int64 = 0
    /// Who won, by tournament position: the root is 1, the leaf of ordinal `i` is `leaves + i`.
    private var winners: [Contender] = [.none, .none]
    private var leaves = 1
    private var cursor = 0
    private var epoch = -1

    init(nodeClass: Int) { self.nodeClass = nodeClass }

    /// The best of all groups with nodes; nobody if the request fits nowhere. It is asked after it has caught up.
    var winner: Contender { winners[1] }

    /// Shows it one more group.
    mutating func add(_ worth: Worth) { worths.append(worth) }

    /// True when it can read on where it has stopped.
    @inline(__always)
    func canReadOn(epoch: Int) -> Bool { epoch == self.epoch && worths.count <= leaves }

    /// Starts anew, after it has been shown all groups of the class.
    mutating func restart(_ index: borrowing ClassIndex) {
        rebuild(index)
        epoch = index.epoch
        cursor = index.log.count
    }

    private mutating func rebuild(_ index: borrowing ClassIndex) {
        while leaves < worths.count { leaves *= 2 }
        winners.removeAll(keepingCapacity: true)
        winners.append(contentsOf: repeatElement(.none, count: 2 * leaves))
        room = 0
        for (ordinal, worth) in worths.enumerated() where worth.score != Self.unfit {
            let nodes = index.nodes[ordinal]
            if nodes.count == 0 { continue }
            room += worth.room * Int64(nodes.count)
            winners[leaves + ordinal] = Contender(score: worth.score, head: nodes.head)
        }
        for position in stride(from: leaves - 1, to: 0, by: -1) {
            let (left, right) = (winners[2 * position], winners[2 * position + 1])
            winners[position] = left.beats(right) ? left : right
        }
    }

    /// Reads the log on: first all changes of leaves, then the matches above them.
    ///
    /// Of a leaf that has changed several times only the first replay gets beyond the first level.
    mutating func catchUp(with log: [ClassIndex.Change]) {
        let start = cursor
        if start == log.count { return }
        cursor = log.count
        let leaves = leaves
        var gained: Int64 = 0
        winners.withUnsafeMutableBufferPointer { winners in
            for position in start..<log.count {
                let change = log[position]
                let worth = worths[Int(change.ordinal)]
                if worth.score == Self.unfit { continue }
                gained += worth.room * Int64(change.nodes)
                winners[leaves + Int(change.ordinal)] =
                    change.head == .none ? .none : Contender(score: worth.score, head: change.head)
            }
            for position in start..<log.count {
                let ordinal = Int(log[position].ordinal)
                if worths[ordinal].score == Self.unfit { continue }
                var match = (leaves + ordinal) / 2
                while match > 0 {
                    let (left, right) = (winners[2 * match], winners[2 * match + 1])
                    let best = left.beats(right) ? left : right
                    if best == winners[match] { break }
                    winners[match] = best
                    match /= 2
                }
            }
        }
        room += gained
    }
}
