/// Numbers of logical processors, NUMA nodes or GPUs, in the kernel's notation: `0-3,8`.
public struct CPUSet: Hashable, Sendable {
    /// 64 numbers each; the last is not zero, so that equal sets are equal.
    private var words: [UInt64] = []

    /// The greatest number that text may have: no kernel counts further.
    public static let greatestID = 65_535

    /// The empty set.
    public init() {}

    /// A set of numbers in any order, none of them negative.
    public init(_ ids: some Sequence<Int>) {
        for id in ids { insert(id) }
    }

    /// Reads numbers and ranges between commas, such as `0-3,8`; the empty text is the empty set.
    ///
    /// `nil` for anything else, and for numbers above ``greatestID``.
    public init?(_ text: some StringProtocol) {
        guard let ids = Self.run(text) else { return nil }
        self.init(ids)
    }

    /// The numbers of text such as `4-6,0,4`, in its order and as often as it has them.
    public static func run(_ text: some StringProtocol) -> [Int]? {
        var ids: [Int] = []
        if text.isEmpty { return ids }
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let ends = part.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
            guard let first = number(ends[0]), let last = ends.count == 1 ? first : number(ends[1]),
                first <= last
            else { return nil }
            // Ranges that say the same again and again must not fill the memory.
            guard ids.count + last - first <= greatestID else { return nil }
            ids.append(contentsOf: first...last)
        }
        return ids
    }

    /// Text that ``run(_:)`` reads back: numbers that follow each other become ranges, their order stays.
    public static func text(ofRun ids: some Collection<Int>) -> String {
        var parts: [String] = []
        var rest = ids[...]
        while let first = rest.popFirst() {
            var last = first
            while rest.first == last + 1 { last = rest.removeFirst() }
            parts.append(first == last ? "\(first)" : "\(first)-\(last)")
        }
        return parts.joined(separator: ",")
    }

    private static func number(_ text: some StringProtocol) -> Int? {
        guard !text.isEmpty, text.utf8.count <= 5, text.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }),
            let number = Int(text), number <= greatestID
        else { return nil }
        return number
    }

    /// The numbers, each once, in ascending order.
    public var ids: [Int] {
        var ids: [Int] = []
        ids.reserveCapacity(count)
        for (index, word) in words.enumerated() {
            var rest = word
            while rest != 0 {
                ids.append(index * 64 + rest.trailingZeroBitCount)
                rest &= rest - 1
            }
        }
        return ids
    }

    /// How many numbers there are.
    public var count: Int { words.reduce(0) { $0 + $1.nonzeroBitCount } }

    /// Whether there is nothing in it.
    public var isEmpty: Bool { words.isEmpty }

    /// Whether the number is in the set.
    public func contains(_ id: Int) -> Bool {
        id >= 0 && id / 64 < words.count && words[id / 64] >> UInt64(id % 64) & 1 == 1
    }

    /// Puts a number in that is not negative.
    public mutating func insert(_ id: Int) {
        precondition(id >= 0)
        while words.count <= id / 64 { words.append(0) }
        words[id / 64] |= 1 << UInt64(id % 64)
    }

    /// Puts all numbers of another set in.
    public mutating func formUnion(_ other: CPUSet) {
        while words.count < other.words.count { words.append(0) }
        for index in other.words.indices { words[index] |= other.words[index] }
    }

    /// The numbers of either set.
    public func union(_ other: CPUSet) -> CPUSet {
        var result = self
        result.formUnion(other)
        return result
    }

    /// The numbers that are not in another set.
    public func subtracting(_ other: CPUSet) -> CPUSet {
        var result = self
        for index in words.indices.prefix(other.words.count) { result.words[index] &= ~other.words[index] }
        result.shorten()
        return result
    }

    /// The numbers of both sets.
    public func intersection(_ other: CPUSet) -> CPUSet {
        var result = CPUSet()
        result.words = zip(words, other.words).map { $0 & $1 }
        result.shorten()
        return result
    }

    /// How many numbers are in both sets.
    public func count(in other: CPUSet) -> Int {
        var count = 0
        for index in 0..<min(words.count, other.words.count) {
            count += (words[index] & other.words[index]).nonzeroBitCount
        }
        return count
    }

    /// Whether another set has all of the numbers.
    public func isSubset(of other: CPUSet) -> Bool { count(in: other) == count }

    private mutating func shorten() {
        while words.last == 0 { words.removeLast() }
    }
}

extension CPUSet: CustomStringConvertible {
    /// The kernel's notation; empty for the empty set.
    public var description: String { Self.text(ofRun: ids) }
}
