/// A repeatable source of randomness: the same seed gives the same draws, on every machine and in every release.
///
///     var random = SeededGenerator(seed: 42)
///     let size = random.integer(in: 1...64)
///     let isCordoned = random.chance(1, in: 10)
///
/// SplitMix64: one addition and a mixing of 64 bits a draw. Ranges, choices and shuffles are made here and not by the
/// standard library, whose way from bits to numbers may change between releases. Not for secrets.
///
/// Source: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014,
/// DOI 10.1145/2660193.2660195.
public struct SeededGenerator: RandomNumberGenerator, Equatable, Sendable {
    private var state: UInt64

    /// Starts the stream of a seed.
    public init(seed: UInt64) { state = seed }

    /// The next 64 bits of the stream.
    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var bits = state
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        return bits ^ (bits >> 31)
    }

    /// A generator of its own stream, so that one part of a cluster may draw more without moving another part.
    public mutating func fork() -> SeededGenerator { SeededGenerator(seed: next()) }

    /// A number of the range, each equally likely.
    ///
    /// Source: Lemire, "Fast random integer generation in an interval", 2019, DOI 10.1145/3230636.
    public mutating func integer(in range: ClosedRange<Int>) -> Int {
        let size = UInt64(bitPattern: Int64(range.upperBound) &- Int64(range.lowerBound)) &+ 1
        // The range of all numbers has 2^64 members, which wraps to 0: every draw is one of them.
        guard size > 0 else { return Int(truncatingIfNeeded: next()) }
        var product = next().multipliedFullWidth(by: size)
        if product.low < size {
            let threshold = (0 &- size) % size
            while product.low < threshold { product = next().multipliedFullWidth(by: size) }
        }
        return range.lowerBound &+ Int(truncatingIfNeeded: product.high)
    }

    /// True `hits` times in `total`.
    public mutating func chance(_ hits: Int, in total: Int) -> Bool { integer(in: 1...total) <= hits }

    /// One of the elements, each equally likely; there must be one.
    public mutating func choice<Element>(_ elements: [Element]) -> Element {
        precondition(!elements.isEmpty, "a choice needs something to choose from")
        return elements[integer(in: 0...(elements.count - 1))]
    }

    /// One of the elements, each as likely as its weight says; a weight must be above 0.
    ///
    /// - Complexity: O(*n*) in the number of elements.
    public mutating func choice<Element>(_ elements: [Weighted<Element>]) -> Element {
        let total = elements.reduce(0) { $0 + $1.weight }
        precondition(total > 0, "a choice needs something of a weight above 0")
        var drawn = integer(in: 1...total)
        for element in elements {
            drawn -= element.weight
            if drawn <= 0 { return element.value }
        }
        preconditionFailure("the draw is at most the sum of the weights")
    }

    /// Puts elements in a random order, each order equally likely.
    public mutating func shuffle<Element>(_ elements: inout [Element]) {
        for last in stride(from: elements.count - 1, to: 0, by: -1) {
            elements.swapAt(last, integer(in: 0...last))
        }
    }
}

/// Something to choose, and how likely it is beside the others.
public struct Weighted<Value> {
    /// What to choose.
    public var value: Value
    /// How likely it is; 0 means never.
    public var weight: Int

    /// A value of the given weight, which must not be negative.
    public init(_ value: Value, weight: Int) {
        precondition(weight >= 0, "a weight is 0 or more")
        self.value = value
        self.weight = weight
    }
}

extension Weighted: Equatable where Value: Equatable {}
extension Weighted: Sendable where Value: Sendable {}
