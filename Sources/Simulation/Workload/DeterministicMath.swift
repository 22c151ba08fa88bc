/// Logarithm and exponential from additions, multiplications and divisions alone.
///
/// Those are exact to the last bit wherever IEEE 754 holds, while a C library's functions differ in theirs: what is drawn
/// from a distribution must not depend on the machine. Both are within 2 × 10⁻¹⁵ of the true value, relative to it where it
/// is larger than 1.
enum DeterministicMath {
    /// The natural logarithm of a finite number above 0.
    ///
    /// With x = m × 2ᵉ and m between √½ and √2, ln x = e ln 2 + 2 artanh((m − 1) / (m + 1)); the series of artanh has
    /// terms below 10⁻¹⁸ after the twelfth.
    static func log(_ x: Double) -> Double {
        precondition(x > 0 && x.isFinite, "a logarithm is of a finite number above 0")
        var exponent = Double(x.exponent)
        var mantissa = x.significand
        if mantissa > 1.414_213_562_373_095_1 {
            mantissa /= 2
            exponent += 1
        }
        let ratio = (mantissa - 1) / (mantissa + 1)
        let square = ratio * ratio
        var sum = 0.0
        var divisor = 25.0
        while divisor >= 1 {
            sum = sum * square + 1 / divisor
            divisor -= 2
        }
        return exponent * ln2High + (2 * ratio * sum + exponent * ln2Low)
    }

    /// e to the power of a number; 0 below −745 and infinite above 709.
    ///
    /// With x = k ln 2 + r and r within ± ½ ln 2, eˣ = 2ᵏ eʳ; the Taylor series of eʳ has terms below 10⁻¹⁸ after the
    /// fifteenth.
    static func exp(_ x: Double) -> Double {
        if x > 709.7 { return .infinity }
        if x < -745 { return 0 }
        let power = (x / ln2High).rounded(.toNearestOrEven)
        let rest = (x - power * ln2High) - power * ln2Low
        var sum = 1.0
        var divisor = 17.0
        while divisor >= 1 {
            sum = 1 + sum * rest / divisor
            divisor -= 1
        }
        // In two steps, since 2ᵏ alone may be too small for a Double.
        let half = Int(power) / 2
        return sum * scale(half) * scale(Int(power) - half)
    }

    /// The upper 32 bits of ln 2: its product with an exponent is exact.
    private static let ln2High = 0.693_147_180_369_123_816_490
    /// What is left of it.
    private static let ln2Low = 1.908_214_929_270_587_700_02e-10

    private static func scale(_ power: Int) -> Double {
        Double(sign: .plus, exponent: power, significand: 1)
    }
}
