/// Student's t distribution, as far as intervals of 95 % need it.
enum StudentT {
    /// How many standard errors a mean of *n* + 1 numbers may be off with 95 % confidence, *n* being the degrees of freedom.
    ///
    /// To 30 from tables; from there on by the expansion around the normal distribution, which is right to six digits then.
    /// Source: Abramowitz and Stegun, "Handbook of Mathematical Functions", 1964, table 26.10 and formula 26.7.5.
    static func critical95(degreesOfFreedom: Int) -> Double {
        precondition(degreesOfFreedom > 0, "one number has no spread")
        if degreesOfFreedom <= table.count { return table[degreesOfFreedom - 1] }
        let z = 1.959_963_984_540_054
        let (z2, n) = (z * z, Double(degreesOfFreedom))
        let first = z * (z2 + 1) / 4
        let second = z * ((5 * z2 + 16) * z2 + 3) / 96
        let third = z * (((3 * z2 + 19) * z2 + 17) * z2 - 15) / 384
        return z + (first + (second + third / n) / n) / n
    }

    private static let table: [Double] = [
        12.706_205, 4.302_653, 3.182_446, 2.776_445, 2.570_582, 2.446_912, 2.364_624, 2.306_004, 2.262_157,
        2.228_139, 2.200_985, 2.178_813, 2.160_369, 2.144_787, 2.131_450, 2.119_905, 2.109_816, 2.100_922,
        2.093_024, 2.085_963, 2.079_614, 2.073_873, 2.068_658, 2.063_899, 2.059_539, 2.055_529, 2.051_831,
        2.048_407, 2.045_230, 2.042_272,
    ]
}
