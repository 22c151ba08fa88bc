import SyntheticClusters

/// When the jobs of a generator come.
enum Arrivals: Sendable {
    /// One after the other at random, so far apart on average, in milliseconds.
    case poisson(every: Double)
    /// One after the other, so far apart, in milliseconds; the first at the beginning.
    case regular(every: Int64)
    /// All at given times.
    case times([Int64])
    /// At random, more densely at some times than at others.
    case pattern(ArrivalPattern)

    /// Times from a beginning on, in order, until an end (exclusive) or a number is reached.
    ///
    /// - Returns: nil if there would be more than `most`.
    func times(
        from begin: Int64, until end: Int64?, count: Int?, most: Int, using random: inout SeededGenerator
    ) -> [Int64]? {
        var times: [Int64] = []
        var clock = ArrivalClock(self, from: begin)
        while times.count < count ?? .max, let time = clock.next(using: &random), time < end ?? .max {
            if times.count == most { return nil }
            times.append(time)
        }
        return times
    }
}

/// A rate of arrivals that repeats itself from the start of a simulation on.
struct ArrivalPattern: Sendable {
    /// How far apart arrivals are on average over the whole pattern, in milliseconds.
    var every: Double
    /// How long each weight holds, in milliseconds.
    var step: Int64
    /// How dense arrivals are in each step beside the others; one at least is above 0.
    var weights: [Double]

    /// The expected arrivals of each step.
    var expected: [Double] {
        let sum = weights.reduce(0, +)
        let all = Double(step) * Double(weights.count) / every
        return weights.map { $0 / sum * all }
    }
}

/// Hands out one arrival after the other.
private struct ArrivalClock {
    private let arrivals: Arrivals
    /// The time of the last arrival, with its fraction, so that rounding does not add up.
    private var now: Double
    private var ordinal = 0
    private var listed: [Int64] = []
    private let expected: [Double]

    init(_ arrivals: Arrivals, from begin: Int64) {
        self.arrivals = arrivals
        now = Double(begin)
        if case .times(let times) = arrivals { listed = times.sorted() }
        if case .pattern(let pattern) = arrivals { expected = pattern.expected } else { expected = [] }
    }

    mutating func next(using random: inout SeededGenerator) -> Int64? {
        defer { ordinal += 1 }
        switch arrivals {
        case .poisson(let every): now += random.exponential(mean: every)
        case .regular(let every): now += ordinal == 0 ? 0 : Double(every)
        case .times: return ordinal < listed.count ? listed[ordinal] : nil
        case .pattern(let pattern): advance(pattern, by: random.exponential(mean: 1))
        }
        // Beyond any scenario's end, and before a number does not fit.
        return now < 1e15 ? Int64(now) : nil
    }

    /// Moves on until so many arrivals were expected: a Poisson process whose rate is constant within each step.
    private mutating func advance(_ pattern: ArrivalPattern, by arrivals: Double) {
        var left = arrivals
        let length = Double(pattern.step)
        while now < 1e15 {
            let ordinal = (now / length).rounded(.down)
            let end = (ordinal + 1) * length
            let index = Int(ordinal) % expected.count
            let rest = expected[index] * (end - now) / length
            if rest > left {
                now += left / expected[index] * length
                return
            }
            left -= rest
            now = end
        }
    }
}
