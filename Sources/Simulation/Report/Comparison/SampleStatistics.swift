/// A mean over seeds, and how sure it is.
public struct SampleStatistics: Sendable, Equatable {
    /// How many numbers there were.
    public var count: Int
    /// Their mean.
    public var mean: Double
    /// Their standard deviation with *n* − 1 in the denominator; `nil` of one number.
    public var deviation: Double?
    /// Half the width of the interval that has the true mean with 95 % confidence, by Student's t; `nil` of one number.
    public var margin: Double?

    /// The statistics of some numbers; `nil` of none.
    init?(_ numbers: [Double]) {
        guard !numbers.isEmpty else { return nil }
        count = numbers.count
        mean = numbers.reduce(0, +) / Double(count)
        guard count > 1 else { return }
        // The rounding of a mean of equal numbers is no spread.
        let center = numbers.allSatisfy { $0 == numbers[0] } ? numbers[0] : mean
        mean = center
        let squares = numbers.reduce(0.0) { $0 + ($1 - center) * ($1 - center) }
        let deviation = (squares / Double(count - 1)).squareRoot()
        self.deviation = deviation
        margin = StudentT.critical95(degreesOfFreedom: count - 1) * deviation / Double(count).squareRoot()
    }
}
