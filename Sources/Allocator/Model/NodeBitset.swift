/// A set of nodes by index, one bit each.
struct NodeBitset: Equatable, Sendable {
    private var words: [UInt64] = []
    /// The number of members.
    private(set) var count = 0

    func contains(_ node: Int) -> Bool {
        let word = node >> 6
        return word < words.count && words[word] >> UInt64(node & 63) & 1 == 1
    }

    /// Puts a node in or takes it out; says whether that changed anything.
    @discardableResult
    mutating func set(_ node: Int, to isMember: Bool) -> Bool {
        if contains(node) == isMember { return false }
        let word = node >> 6
        if word >= words.count { words.append(contentsOf: repeatElement(0, count: word + 1 - words.count)) }
        words[word] ^= 1 << UInt64(node & 63)
        count += isMember ? 1 : -1
        return true
    }

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
