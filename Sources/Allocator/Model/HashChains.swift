/// Finds the elements of an array by hash: each element is a link in the chain of its hash.
///
/// The elements stay in the array of whoever uses this, where they can be compared in place.
struct HashChains: Sendable {
    /// How many elements of a chain to look at: where more are alike in their hash, another way is quicker.
    static let reach = 8

    private var last: [UInt64: Int32] = [:]
    /// By element, the one before it in its chain; -1 at the end.
    private var previous: [Int32] = []

    /// The newest element with a hash; `nil` if there is none.
    func newest(_ hash: UInt64) -> Int? { last[hash].map(Int.init) }

    /// The element before in the same chain; `nil` at the end.
    func before(_ element: Int) -> Int? { previous[element] < 0 ? nil : Int(previous[element]) }

    /// True if a chain has as many elements as anyone looks at.
    func isLong(_ hash: UInt64) -> Bool {
        var known = newest(hash)
        for _ in 0..<Self.reach {
            guard let element = known else { return false }
            known = before(element)
        }
        return true
    }

    /// Notes that an element has been appended to the array.
    mutating func append(_ hash: UInt64) {
        previous.append(last[hash] ?? -1)
        last[hash] = Int32(previous.count - 1)
    }
}
