import SyntheticClusters

/// A distribution of numbers: run times in milliseconds, factors.
///
/// Draws depend on the seed alone: no function of a C library takes part.
struct Distribution: Sendable {
    /// The form of a distribution.
    enum Shape: Sendable {
        /// Always the same number.
        case constant(Double)
        /// Every number of a range alike.
        case uniform(ClosedRange<Double>)
        /// Exponential.
        case exponential(mean: Double)
        /// A number whose logarithm is normal: `median × e^(sigma × normal)`.
        case lognormal(median: Double, sigma: Double)
        /// One of several numbers.
        case choice([Weighted<Double>])
        /// Straight lines between quantiles, in ascending order from 0 to 1.
        case quantiles([Quantile])
    }

    /// The number below which a part of all draws lies.
    struct Quantile: Sendable, Equatable {
        /// The part, 0 to 1.
        var part: Double
        /// The number.
        var value: Double
    }

    /// The form.
    var shape: Shape
    /// What is drawn below it counts as this.
    var atLeast = -Double.infinity
    /// What is drawn above it counts as this.
    var atMost = Double.infinity

    init(_ shape: Shape) { self.shape = shape }

    /// A draw.
    func draw(using random: inout SeededGenerator) -> Double {
        min(max(drawUnbounded(using: &random), atLeast), atMost)
    }

    private func drawUnbounded(using random: inout SeededGenerator) -> Double {
        switch shape {
        case .constant(let value): return value
        case .uniform(let range):
            return range.lowerBound + random.fraction() * (range.upperBound - range.lowerBound)
        case .exponential(let mean): return random.exponential(mean: mean)
        case .lognormal(let median, let sigma):
            return median * DeterministicMath.exp(sigma * random.normal())
        case .choice(let values): return random.choice(values)
        case .quantiles(let quantiles): return Self.value(at: random.fraction(), of: quantiles)
        }
    }

    /// The value at a part of the whole, on the line between its neighbours.
    static func value(at part: Double, of quantiles: [Quantile]) -> Double {
        guard let next = quantiles.firstIndex(where: { $0.part > part }) else {
            return quantiles.last?.value ?? 0
        }
        guard next > 0 else { return quantiles[0].value }
        let (left, right) = (quantiles[next - 1], quantiles[next])
        return left.value + (part - left.part) / (right.part - left.part) * (right.value - left.value)
    }
}

extension SeededGenerator {
    /// A number from 0 to below 1, of 53 bits.
    mutating func fraction() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// A draw of the exponential distribution.
    mutating func exponential(mean: Double) -> Double { -mean * DeterministicMath.log(1 - fraction()) }

    /// A draw of the normal distribution of mean 0 and variance 1, by the polar method.
    ///
    /// Source: Marsaglia, Bray, "A convenient method for generating normal variables", 1964, DOI 10.1137/1006063.
    mutating func normal() -> Double {
        while true {
            let x = 2 * fraction() - 1
            let y = 2 * fraction() - 1
            let square = x * x + y * y
            if square > 0, square < 1 {
                return x * (-2 * DeterministicMath.log(square) / square).squareRoot()
            }
        }
    }
}
