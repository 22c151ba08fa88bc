import Glibc
import SyntheticClusters
import Testing

@testable import Simulation

@Suite("Draws depend on the seed alone") struct DistributionTests {
    @Test("the logarithm is the C library's to fourteen digits") func logarithm() {
        var random = SeededGenerator(seed: 1)
        for x in [1, 2, 0.5, 2.718281828459045, 1e-300, 1e300, 0x1p-1022, 0x1p-1074, 0.9999999999999999] {
            #expect(isNear(DeterministicMath.log(x), Glibc.log(x)), "x \(x)")
        }
        for _ in 0..<100_000 {
            let x = Double(bitPattern: random.next() >> 2)
            guard x > 0, x.isFinite else { continue }
            #expect(isNear(DeterministicMath.log(x), Glibc.log(x)), "x \(x)")
            let near = 0.5 + random.fraction()
            #expect(isNear(DeterministicMath.log(near), Glibc.log(near)), "x \(near)")
        }
    }

    @Test("the exponential is the C library's to fourteen digits") func exponential() {
        var random = SeededGenerator(seed: 2)
        #expect(DeterministicMath.exp(0) == 1)
        #expect(DeterministicMath.exp(-800) == 0)
        #expect(DeterministicMath.exp(710) == .infinity)
        for _ in 0..<100_000 {
            let x = (random.fraction() - 0.5) * 1_400
            let (ours, theirs) = (DeterministicMath.exp(x), Glibc.exp(x))
            #expect(abs(ours - theirs) <= 1e-14 * theirs, "x \(x)")
        }
    }

    private func isNear(_ ours: Double, _ theirs: Double) -> Bool {
        abs(ours - theirs) <= 1e-14 * max(1, abs(theirs))
    }

    private func draws(_ distribution: Distribution, seed: UInt64) -> [Double] {
        var random = SeededGenerator(seed: seed)
        return (0..<50_000).map { _ in distribution.draw(using: &random) }.sorted()
    }

    @Test("means and medians are those that were asked for", arguments: [1, 2, 3] as [UInt64])
    func moments(seed: UInt64) {
        let exponential = draws(Distribution(.exponential(mean: 100)), seed: seed)
        #expect(abs(exponential.reduce(0, +) / 50_000 - 100) < 2, "seed \(seed)")
        #expect(abs(exponential[25_000] - 69.3) < 2, "seed \(seed)")
        let lognormal = draws(Distribution(.lognormal(median: 60, sigma: 1)), seed: seed)
        #expect(abs(lognormal[25_000] - 60) < 2, "seed \(seed)")
        // A standard deviation above the median is e times it.
        #expect(abs(lognormal[42_067] - 60 * 2.718) < 6, "seed \(seed)")
        let uniform = draws(Distribution(.uniform(10...20)), seed: seed)
        #expect(uniform[0] >= 10 && uniform[49_999] < 20 && abs(uniform[25_000] - 15) < 0.2, "seed \(seed)")
        let quantiles = Distribution(
            .quantiles([.init(part: 0, value: 1), .init(part: 0.5, value: 2), .init(part: 1, value: 100)]))
        let drawn = draws(quantiles, seed: seed)
        #expect(abs(drawn[25_000] - 2) < 1.5 && abs(drawn[37_500] - 51) < 2, "seed \(seed)")
    }

    @Test("bounds hold") func bounds() {
        var distribution = Distribution(.exponential(mean: 10))
        distribution.atLeast = 5
        distribution.atMost = 12
        let drawn = draws(distribution, seed: 4)
        #expect(drawn.first == 5 && drawn.last == 12)
    }

    @Test("the same seed gives the same bits") func golden() {
        var random = SeededGenerator(seed: 42)
        let drawn = (0..<3).map { _ in random.normal().bitPattern } + [random.exponential(mean: 1).bitPattern]
        #expect(drawn == Self.golden, "found \(drawn)")
    }

    private static let golden: [UInt64] = [
        4_602_551_829_477_310_604, 13_831_820_315_493_957_524, 13_826_968_491_302_822_724,
        4_601_154_998_549_346_046,
    ]
}

@Suite("Jobs come as their generator says") struct ArrivalTests {
    private func times(
        _ arrivals: Arrivals, from: Int64 = 0, until: Int64? = nil, count: Int? = nil, seed: UInt64 = 1
    ) -> [Int64] {
        var random = SeededGenerator(seed: seed)
        return arrivals.times(from: from, until: until, count: count, most: 1_000_000, using: &random) ?? []
    }

    @Test("at equal distances, the first at the beginning") func regular() {
        #expect(times(.regular(every: 10), from: 5, until: 36) == [5, 15, 25, 35])
        #expect(times(.regular(every: 10), count: 2) == [0, 10])
    }

    @Test("at times that are listed, in order") func listed() {
        #expect(times(.times([30, 10, 20]), until: 30) == [10, 20])
    }

    @Test("at random with the distance asked for", arguments: [1, 2, 3] as [UInt64]) func poisson(seed: UInt64) {
        let count = times(.poisson(every: 100), until: 1_000_000, seed: seed).count
        #expect(abs(count - 10_000) < 400, "seed \(seed)")
    }

    @Test("more densely where the pattern says so", arguments: [1, 2, 3] as [UInt64]) func pattern(seed: UInt64) {
        let pattern = ArrivalPattern(every: 100, step: 10_000, weights: [3, 0, 1])
        #expect(pattern.expected == [225, 0, 75])
        let all = times(.pattern(pattern), until: 3_000_000, seed: seed)
        #expect(abs(all.count - 30_000) < 700, "seed \(seed)")
        let steps = Dictionary(grouping: all) { $0 / 10_000 % 3 }
        #expect(steps[1] == nil)
        #expect(abs(Double(steps[0]?.count ?? 0) / Double(all.count) - 0.75) < 0.02, "seed \(seed)")
    }

    @Test("not without end") func bounded() {
        var random = SeededGenerator(seed: 1)
        #expect(Arrivals.regular(every: 1).times(from: 0, until: nil, count: nil, most: 5, using: &random) == nil)
    }
}
