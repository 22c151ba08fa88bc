/// Logarithms for axes: from additions and multiplications alone, so that every machine draws the same.
enum Logarithm {
    /// The logarithm to base 10 of a number above 0, to about 14 digits.
    ///
    /// The number is taken apart into a power of two and a rest near 1, for which the series of the inverse hyperbolic
    /// tangent converges fast: ln m = 2 (s + s³/3 + s⁵/5 + …) with s = (m − 1) / (m + 1).
    static func base10(_ number: Double) -> Double {
        precondition(number > 0 && number.isFinite, "only what is above 0 has a logarithm")
        let step = (number.significand - 1) / (number.significand + 1)
        let square = step * step
        var sum = 0.0
        // s is at most 1/3: after 15 terms what is left out is below 1e-16.
        for term in stride(from: 29, through: 1, by: -2) { sum = sum * square + 1 / Double(term) }
        let natural = Double(number.exponent) * 0.693_147_180_559_945_3 + 2 * step * sum
        return natural / 2.302_585_092_994_046
    }
}
