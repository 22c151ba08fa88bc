/// A set of nodes by index, one bit each.
struct NodeBitset: Equatable, Sendable {
    private var words: [UInt64]

    /// The nodes below `count` for which a test holds.
    init(count: Int, where isMember: (Int) -> Bool) {
        words = [UInt64](repeating: 0, count: (count + 63) / 64)
        for node in 0..<count where isMember(node) { words[node >> 6] |= 1 << UInt64(node & 63) }
    }

    func contains(_ node: Int) -> Bool { words[node >> 6] >> UInt64(node & 63) & 1 == 1 }

    /// The number of members.
    var count: Int { words.reduce(0) { $0 + $1.nonzeroBitCount } }

    /// Calls a function for every member, smallest first.
    func forEach(_ body: (Int) -> Void) {
        for (index, word) in words.enumerated() {
            var rest = word
            while rest != 0 {
                body(index << 6 + rest.trailingZeroBitCount)
                rest &= rest - 1
            }
        }
    }
}
