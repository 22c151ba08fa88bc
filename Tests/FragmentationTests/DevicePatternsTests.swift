import SyntheticClusters
import TestSupport
import Testing

@testable import Fragmentation

@Suite("Sizes of parts of a GPU are priced by the patterns that pack them best") struct DevicePatternsTests {
    @Test("two halves make a GPU, so that a half is worth half of one") func halves() {
        let patterns = DevicePatterns([.init(milliGPU: 500, weight: 3)])
        #expect(patterns.price(of: 500) == 0.5)
        #expect(patterns.regret(placing: 500, in: 1000) == 0)
        #expect(patterns.regret(placing: 500, in: 900) == 0)
        #expect(patterns.worth(of: 499) == 0)
    }

    @Test("what has no partner costs a whole GPU, and small ones that are rare go into its rest for nothing")
    func partners() {
        let patterns = DevicePatterns([
            .init(milliGPU: 810, weight: 10), .init(milliGPU: 190, weight: 1), .init(milliGPU: 600, weight: 5),
            .init(milliGPU: 400, weight: 5),
        ])
        #expect(patterns.price(of: 810) == 1)
        #expect(patterns.price(of: 190) == 0)
        #expect(abs(patterns.price(of: 600) + patterns.price(of: 400) - 1) < 1e-9)
        // A size that is not in the mix costs what a GPU loses by it.
        #expect(patterns.price(of: 700) == 1)
    }

    @Test("without sizes a GPU is worth nothing in parts") func none() {
        let patterns = DevicePatterns([])
        #expect(patterns.worth(of: 1000) == 0)
        #expect(patterns.price(of: 300) == 0)
    }

    @Test("prices prove that no packing needs fewer GPUs, and no placement is better than the best packing")
    func optimal() {
        for seed in Seeds.first(60) {
            var random = SeededGenerator(seed: seed)
            var sizes: [Int] = []
            for _ in 0..<random.integer(in: 1...14) {
                let size = random.integer(in: 1...99) * 10
                if !sizes.contains(size) { sizes.append(size) }
            }
            let demands = sizes.map {
                DevicePatterns.Demand(milliGPU: $0, weight: Double(random.integer(in: 1...1_000)))
            }
            let sorted = demands.sorted { $0.milliGPU < $1.milliGPU }
            let cut = CuttingStock(
                sizes: sorted.map { $0.milliGPU / 10 }, weights: sorted.map(\.weight), length: 100)
            // Duality: prices under which no pattern is worth more than a GPU bound every packing from below.
            #expect(cut.worth[100] <= 1 + 1e-6, "seed \(seed)")
            let bound = zip(cut.prices, sorted).reduce(0) { $0 + $1.0 * $1.1.weight }
            let used = cut.bars.reduce(0, +)
            #expect(abs(bound - used) < 1e-6 * used, "seed \(seed): \(bound) \(used)")
            #expect(cut.bars.allSatisfy { $0 > -1e-6 }, "seed \(seed)")
            let patterns = DevicePatterns(demands)
            for size in sizes {
                for free in stride(from: size, through: 1000, by: 10) {
                    #expect(patterns.regret(placing: size, in: free) > -1e-6, "seed \(seed)")
                }
            }
        }
    }
}
