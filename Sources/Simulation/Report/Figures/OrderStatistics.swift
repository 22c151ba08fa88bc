/// Numbers in order, asked for their percentiles.
///
/// A percentile is one of the numbers, by nearest rank: the smallest that at least so many in a hundred do not exceed.
struct OrderStatistics: Sendable {
    /// The numbers, ascending.
    let sorted: [Int64]

    /// Puts numbers in order.
    ///
    /// - Complexity: O(*n* log *n*).
    init(_ numbers: [Int64]) { sorted = numbers.sorted() }

    /// The smallest number that at least `percent` in a hundred do not exceed; `nil` of none.
    func percentile(_ percent: Int) -> Int64? {
        precondition((0...100).contains(percent))
        guard !sorted.isEmpty else { return nil }
        let rank = (sorted.count * percent + 99) / 100
        return sorted[max(rank, 1) - 1]
    }

    /// The sum divided by the count; `nil` of none.
    ///
    /// The sum is exact as long as it fits in 63 bits: a hundred million jobs of a hundred years of milliseconds each do not.
    var mean: Double? {
        guard !sorted.isEmpty else { return nil }
        var sum: Double = 0
        var exact: Int64 = 0
        for number in sorted {
            let (next, overflow) = exact.addingReportingOverflow(number)
            if overflow {
                sum += Double(exact)
                exact = number
            } else {
                exact = next
            }
        }
        return (sum + Double(exact)) / Double(sorted.count)
    }

    /// The numbers at so many ranks, evenly spaced from the first to the last: the shape of the distribution in few numbers.
    func quantiles(_ count: Int) -> [Int64] {
        precondition(count > 1)
        guard sorted.count > count else { return sorted }
        return (0..<count).map { sorted[$0 * (sorted.count - 1) / (count - 1)] }
    }
}
