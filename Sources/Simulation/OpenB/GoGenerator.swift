/// The random numbers of Go's `math/rand`, with which the openb experiments were drawn.
///
/// An additive lagged Fibonacci generator of 64 bits: each output is the sum of the ones 607 and 273 before it. Go mixes its
/// seed with the state that a generator seeded with 1 has after 7.8 × 10¹² steps. That state is not stored here: the recurrence is
/// linear, so that a power of x modulo its polynomial leads there at once (`LaggedFibonacciJump`).
///
/// Source: the documentation and behaviour of Go 1's `math/rand`, whose streams are part of its compatibility promise; D. Knuth,
/// The Art of Computer Programming 2, 3.2.2.
public struct GoGenerator: Sendable {
    static let length = 607
    static let tap = 273

    private var state: [UInt64]
    private var tap = 0
    private var feed = GoGenerator.length - GoGenerator.tap

    /// The stream of a seed.
    ///
    /// - Complexity: The first one of a process takes some 16 million multiplications, later ones next to nothing.
    public init(seed: Int64) {
        var seeding = LehmerSequence(seed: seed)
        state = Self.mixingState.map { mixed in seeding.next(shifts: (40, 20)) ^ mixed }
    }

    /// The next 63 bits.
    public mutating func int63() -> Int64 { Int64(bitPattern: step() & (.max >> 1)) }

    /// A number from 0 to below `bound`, each equally likely.
    public mutating func integer(below bound: Int) -> Int {
        let bound = Int64(bound)
        precondition(bound > 0 && bound <= Int64(Int32.max), "a bound is from 1 to 2^31 - 1")
        if bound & (bound - 1) == 0 { return Int(int31() & (bound - 1)) }
        let largest = Int64(Int32.max) - (1 << 31) % bound
        var drawn = int31()
        while drawn > largest { drawn = int31() }
        return Int(drawn % bound)
    }

    /// A random order of the numbers from 0 to below `count`.
    public mutating func permutation(_ count: Int) -> [Int] {
        var result = Array(repeating: 0, count: count)
        for last in 0..<count {
            let chosen = integer(below: last + 1)
            result[last] = result[chosen]
            result[chosen] = last
        }
        return result
    }

    /// Puts elements in a random order.
    public mutating func shuffle<Element>(_ elements: inout [Element]) {
        for last in stride(from: elements.count - 1, to: 0, by: -1) {
            elements.swapAt(last, shuffleIndex(below: UInt32(last + 1)))
        }
    }

    private mutating func int31() -> Int64 { int63() >> 32 }

    /// Shuffling draws its numbers by a product in place of a remainder.
    private mutating func shuffleIndex(below bound: UInt32) -> Int {
        var product = UInt64(UInt32(truncatingIfNeeded: int63() >> 31)) * UInt64(bound)
        if UInt32(truncatingIfNeeded: product) < bound {
            let threshold = (0 &- bound) % bound
            while UInt32(truncatingIfNeeded: product) < threshold {
                product = UInt64(UInt32(truncatingIfNeeded: int63() >> 31)) * UInt64(bound)
            }
        }
        return Int(product >> 32)
    }

    private mutating func step() -> UInt64 {
        tap = tap == 0 ? Self.length - 1 : tap - 1
        feed = feed == 0 ? Self.length - 1 : feed - 1
        state[feed] &+= state[tap]
        return state[feed]
    }

    /// What seeds are mixed with.
    private static let mixingState: [UInt64] = {
        var seeding = LehmerSequence(seed: 1)
        let start = (0..<length).map { _ in seeding.next(shifts: (20, 10)) }
        return LaggedFibonacciJump.state(after: 7_800_000_000_000, from: start)
    }()
}

/// The numbers from which states are made: powers of 48271 modulo 2³¹ - 1.
private struct LehmerSequence {
    private var value: Int64

    init(seed: Int64) {
        let modulus = Int64(Int32.max)
        value = seed % modulus
        if value < 0 { value += modulus }
        if value == 0 { value = 89_482_311 }
        for _ in 0..<20 { advance() }
    }

    /// Three numbers, the first two shifted to the left.
    mutating func next(shifts: (Int, Int)) -> UInt64 {
        let high = advance() << UInt64(shifts.0)
        let middle = advance() << UInt64(shifts.1)
        return high ^ middle ^ advance()
    }

    @discardableResult private mutating func advance() -> UInt64 {
        value = value * 48_271 % Int64(Int32.max)
        return UInt64(value)
    }
}
