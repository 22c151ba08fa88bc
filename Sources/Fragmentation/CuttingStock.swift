/// Cuts pieces of some sizes, as many of each as asked for, from the least number of bars; halves of a bar count as halves.
///
/// The simplex method over patterns, of which only as many are looked at as there are sizes: each round finds the pattern that is worth most at
/// the prices so far (a knapsack) and takes it in, until none is worth more than the bar that it is cut from.
struct CuttingStock {
    private let sizes: [Int]
    private let length: Int
    /// What a piece of each size is worth, in bars.
    private(set) var prices: [Double]
    /// The most that can be cut from a rest, by its length.
    private(set) var worth: [Double]
    /// How many bars are cut by each pattern of the basis.
    private(set) var bars: [Double]
    /// The inverse of the basis, row by row.
    private var inverse: [[Double]]

    /// More than any mix needs; prices are good long before the last rounds, which only move between equals.
    private static let mostRounds = 2_000
    private static let tolerance = 1e-9

    init(sizes: [Int], weights: [Double], length: Int) {
        self.sizes = sizes
        self.length = length
        prices = sizes.map { _ in 0 }
        worth = []
        // At first a bar is cut into pieces of one size.
        bars = zip(sizes, weights).map { $1 / Double(length / $0) }
        inverse = sizes.indices.map { row in
            sizes.indices.map { $0 == row ? 1 / Double(length / sizes[row]) : 0 }
        }
        var rounds = 0
        repeat {
            for column in sizes.indices {
                prices[column] = sizes.indices.reduce(0) { $0 + inverse[$1][column] }
            }
            rounds += 1
        } while rounds < Self.mostRounds && improve(bestPattern())
    }

    /// Takes a pattern into the basis in place of one that it uses up first; false if that would save nothing.
    private mutating func improve(_ pattern: [Int]) -> Bool {
        guard worth[length] > 1 + Self.tolerance else { return false }
        let direction = sizes.indices.map { row in
            sizes.indices.reduce(0.0) { $0 + inverse[row][$1] * Double(pattern[$1]) }
        }
        var leaving: Int?
        var step = Double.infinity
        for row in sizes.indices where direction[row] > Self.tolerance {
            let limit = bars[row] / direction[row]
            if limit < step { (leaving, step) = (row, limit) }
        }
        guard let leaving else { return false }
        for row in sizes.indices { bars[row] -= step * direction[row] }
        bars[leaving] = step
        for column in sizes.indices {
            inverse[leaving][column] /= direction[leaving]
            let entry = inverse[leaving][column]
            for row in sizes.indices where row != leaving {
                inverse[row][column] -= direction[row] * entry
            }
        }
        return true
    }

    /// The pattern that is worth most at the prices, as pieces of each size; sets `worth`.
    private mutating func bestPattern() -> [Int] {
        var last = Array(repeating: -1, count: length + 1)
        worth = Array(repeating: 0, count: length + 1)
        for rest in 1...length {
            worth[rest] = worth[rest - 1]
            for (piece, size) in sizes.enumerated() where size <= rest {
                let value = worth[rest - size] + prices[piece]
                if value > worth[rest] + Self.tolerance { (worth[rest], last[rest]) = (value, piece) }
            }
        }
        var pattern = sizes.map { _ in 0 }
        var rest = length
        while rest > 0 {
            let piece = last[rest]
            if piece < 0 {
                rest -= 1
            } else {
                pattern[piece] += 1
                rest -= sizes[piece]
            }
        }
        return pattern
    }
}
