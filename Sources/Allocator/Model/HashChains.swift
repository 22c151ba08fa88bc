/// Finds the elements of an array by hash: each element is a link in the chain of its hash.
///
/// The elements stay in the array of whoever uses this, where they can be compared in place.
struct HashChains: Sendable {
    private var last: [UInt64: Int32] = [:]
    /// By element, the one before it in its chain; -1 at the end.
    private var previous: [Int32] = []

    /// The newest element with a hash; `nil` if there is none.
    func newest(_ hash: UInt64) -> Int? { last[hash].map(Int.init) }

    /// The element before in the same chain; `nil` at the end.
    func before(_ element: Int) -> Int? { previous[element] < 0 ? nil : Int(previous[element]) }

    /// Notes that an element has been appended to the array.
    mutating func append(_ hash: UInt64) {
        previous.append(last[hash] ?? -1)
        last[hash] = Int32(previous.count - 1)
    }
}
