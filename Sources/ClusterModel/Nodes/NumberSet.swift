/// A set of small numbers, such as those of processors or GPUs, in the kernel's notation: `0-3,8`.
///
///     let free = NumberSet("0-7")!.subtracting(NumberSet([2, 3]))
///     free.description        // 0-1,4-7
public struct NumberSet: Hashable, Sendable, CustomStringConvertible {
    /// The largest number that a text may name: more processors than any machine has.
    public static let largest = 65_535

    /// 64 numbers each; the last is not zero, so that equal sets are equal.
    private var words: [UInt64] = []

    /// The empty set.
    public init() {}

    /// The set of some numbers, none of them negative.
    public init(_ numbers: some Sequence<Int>) {
        for number in numbers { insert(number) }
    }

    /// The set that a text means; `nil` if it means none. Spaces around the parts are passed over.
    ///
    /// - Complexity: O(characters + the largest number / 64 + numbers).
    public init?(_ text: String) {
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let part = Self.trimmed(part)
            if part.isEmpty, text.utf8.allSatisfy({ $0 == UInt8(ascii: " ") }) { return }
            let ends = part.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
            guard let first = Self.number(ends.first ?? ""), let last = Self.number(ends.last ?? ""),
                first <= last
            else { return nil }
            for number in first...last { insert(number) }
        }
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text
        while text.first == " " { text.removeFirst() }
        while text.last == " " { text.removeLast() }
        return text
    }

    private static func number(_ text: Substring) -> Int? {
        guard !text.isEmpty, text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let number = Int(text), number <= largest
        else { return nil }
        return number
    }

    /// How many numbers there are.
    public var count: Int { words.reduce(0) { $0 + $1.nonzeroBitCount } }

    /// Whether there are none.
    public var isEmpty: Bool { words.isEmpty }

    /// Whether a number is in it.
    public func contains(_ number: Int) -> Bool {
        number >= 0 && number / 64 < words.count && words[number / 64] >> UInt64(number % 64) & 1 == 1
    }

    /// Puts a number in that is not negative.
    public mutating func insert(_ number: Int) {
        precondition(number >= 0)
        while words.count <= number / 64 { words.append(0) }
        words[number / 64] |= 1 << UInt64(number % 64)
    }

    /// Takes a number out.
    public mutating func remove(_ number: Int) {
        guard contains(number) else { return }
        words[number / 64] &= ~(1 << UInt64(number % 64))
        shorten()
    }

    /// Puts all numbers of another set in.
    public mutating func formUnion(_ other: NumberSet) {
        while words.count < other.words.count { words.append(0) }
        for index in other.words.indices { words[index] |= other.words[index] }
    }

    /// The numbers of either set.
    public func union(_ other: NumberSet) -> NumberSet {
        var result = self
        result.formUnion(other)
        return result
    }

    /// The numbers that are not in another set.
    public func subtracting(_ other: NumberSet) -> NumberSet {
        var result = self
        for index in words.indices.prefix(other.words.count) { result.words[index] &= ~other.words[index] }
        result.shorten()
        return result
    }

    /// The numbers of both sets.
    public func intersection(_ other: NumberSet) -> NumberSet {
        var result = NumberSet()
        result.words = zip(words, other.words).map { $0 & $1 }
        result.shorten()
        return result
    }

    /// Whether another set has none of the numbers.
    public func isDisjoint(with other: NumberSet) -> Bool {
        zip(words, other.words).allSatisfy { $0 & $1 == 0 }
    }

    /// Whether another set has all of the numbers.
    public func isSubset(of other: NumberSet) -> Bool { subtracting(other).isEmpty }

    /// The numbers, ascending.
    public var numbers: [Int] {
        var numbers: [Int] = []
        numbers.reserveCapacity(count)
        for (index, word) in words.enumerated() {
            var rest = word
            while rest != 0 {
                numbers.append(index * 64 + rest.trailingZeroBitCount)
                rest &= rest - 1
            }
        }
        return numbers
    }

    /// Ranges and numbers, separated by commas; empty for the empty set.
    public var description: String {
        var parts: [String] = []
        var rest = numbers[...]
        while let first = rest.popFirst() {
            var last = first
            while rest.first == last + 1 {
                last += 1
                rest.removeFirst()
            }
            parts.append(first == last ? "\(first)" : "\(first)-\(last)")
        }
        return parts.joined(separator: ",")
    }

    private mutating func shorten() {
        while words.last == 0 { words.removeLast() }
    }
}
