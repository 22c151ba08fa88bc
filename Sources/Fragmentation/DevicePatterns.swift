/// How much each size of a part of a GPU is worth, and what is left of a GPU after it: by the best patterns that the sizes make together.
///
/// Packing a mix of sizes into the fewest GPUs is the cutting stock problem. Its linear relaxation gives each size a price, in GPUs, such that no
/// pattern (sizes that fit on one GPU) is worth more than 1, and that the patterns which are worth exactly 1 pack the whole mix. A
/// size that leaves a rest for which nothing comes costs a whole GPU; one for which there are partners costs its share.
///
/// Placing a size into a rest then has a *regret*: the worth of the rest before, less the price, less the worth of the rest after. It is 0 exactly for
/// placements that the best packing makes.
///
/// Source: P. C. Gilmore and R. E. Gomory, "A linear programming approach to the cutting-stock problem", Operations Research 9, 1961,
/// DOI 10.1287/opre.9.6.849. Only + - * / on doubles in a fixed order: the same prices on every machine.
public struct DevicePatterns: Sendable {
    /// Thousandths of a GPU that are told apart: all sizes are multiples of it.
    private let grain: Int
    /// What a rest is worth, by its number of grains; the last is a whole GPU.
    private var worth: [Double]
    private var prices: [Int: Double] = [:]

    /// A size and how often it is asked for, in any unit.
    public struct Demand: Sendable, Equatable {
        /// Thousandths of a GPU, from 1 to 999.
        public var milliGPU: Int
        /// How often.
        public var weight: Double

        /// A size that is asked for so often.
        public init(milliGPU: Int, weight: Double) {
            self.milliGPU = milliGPU
            self.weight = weight
        }
    }

    /// Solves for a mix of sizes, each of which occurs once.
    ///
    /// - Complexity: Some tens of rounds, each O(*s*² + *s* × 1000 / *g*) for *s* sizes of greatest common divisor *g*.
    public init(_ demands: [Demand]) {
        let demands = demands.filter { $0.weight > 0 }.sorted { $0.milliGPU < $1.milliGPU }
        precondition(demands.allSatisfy { (1...999).contains($0.milliGPU) }, "a part of a GPU is 1 to 999")
        let grain = demands.reduce(1000) { greatestCommonDivisor($0, $1.milliGPU) }
        let sizes = demands.map { $0.milliGPU / grain }
        let solution = CuttingStock(sizes: sizes, weights: demands.map(\.weight), length: 1000 / grain)
        self.grain = grain
        worth = solution.worth
        for (demand, price) in zip(demands, solution.prices) { prices[demand.milliGPU] = price }
    }

    /// What a rest of a GPU is worth, in GPUs: 0 of nothing, 1 of a whole one.
    public func worth(of milliGPU: Int) -> Double { worth[min(max(milliGPU, 0), 1000) / grain] }

    /// What a size is worth, in GPUs; one that is not in the mix, what a whole GPU loses by it.
    public func price(of milliGPU: Int) -> Double {
        prices[milliGPU] ?? worth(of: 1000) - worth(of: 1000 - milliGPU)
    }

    /// What is lost, in GPUs, by placing a size on a GPU that has so much free; 0 if the best packing does it.
    public func regret(placing milliGPU: Int, in free: Int) -> Double {
        worth(of: free) - price(of: milliGPU) - worth(of: free - milliGPU)
    }
}

private func greatestCommonDivisor(_ left: Int, _ right: Int) -> Int {
    var (left, right) = (left, right)
    while right != 0 { (left, right) = (right, left % right) }
    return left
}
