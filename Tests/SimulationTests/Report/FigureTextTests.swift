import SyntheticClusters
import Testing

@testable import Simulation

@Suite("Figures are written as people read them") struct FigureTextTests {
    @Test(
        "times are told in the two largest units that they reach",
        arguments: [
            (0, "0s"), (0.004, "0.004s"), (0.25, "0.25s"), (0.9999, "1s"), (3.24, "3.2s"), (9.96, "10s"), (42.4, "42s"),
            (59.6, "1m"), (60, "1m"), (200, "3m 20s"), (3_599.7, "1h"), (3_600, "1h"), (14_520, "4h 2m"),
            (86_385, "1d"), (183_600, "2d 3h"), (1e8, "1,157d 10h"), (-90, "-1m 30s"),
        ] as [(Double, String)])
    func durations(seconds: Double, text: String) {
        #expect(FigureText.duration(seconds: seconds) == text)
    }

    @Test("numbers have so many decimals, and thousands apart")
    func decimals() {
        #expect(FigureText.decimal(14_185, places: 0) == "14,185")
        #expect(FigureText.decimal(96.25) == "96.3")
        #expect(FigureText.decimal(-0.25, places: 2) == "-0.25")
        #expect(FigureText.decimal(1e300) == "1e+300")
        #expect(FigureText.short(0) == "0")
        #expect(FigureText.short(0.0421) == "0.042")
        #expect(FigureText.short(3.5) == "3.5")
        #expect(FigureText.short(1_234.5) == "1,235")
        #expect(FigureText.coordinate(-3.25) == "-3.3")
        #expect(FigureText.coordinate(.nan) == "0")
    }

    @Test("a place on a logarithmic axis is as far along as its logarithm, and never off it") func logarithmicAxis() {
        let scale = ChartFrame.Scale.logarithmic(least: 1, most: 10_000)
        #expect(scale.fraction(0) == 0)
        #expect(scale.fraction(1) == 0)
        #expect(abs(scale.fraction(100) - 0.5) < 1e-12)
        #expect(abs(scale.fraction(1_000) - 0.75) < 1e-12)
        #expect(scale.fraction(1e9) == 1)
        #expect(ChartFrame.Scale.linear(most: 0).fraction(5) == 0)
    }

    @Test("axes have round numbers that reach beyond what is drawn") func ticks() {
        for most in [0.3, 1, 7, 96, 432, 552, 6_212, 1e6] {
            let ceiling = ChartTicks.ceiling(most)
            let ticks = ChartTicks.numbers(to: ceiling)
            #expect(ceiling >= most, "of \(most)")
            #expect(ceiling <= most * 2.5, "of \(most)")
            #expect((3...11).contains(ticks.count), "of \(most): \(ticks.map(\.label))")
            #expect(Set(ticks.map(\.label)).count == ticks.count, "of \(most): \(ticks.map(\.label))")
        }
        #expect(ChartTicks.times(to: 28_800).map(\.label) == ["0", "1h", "2h", "3h", "4h", "5h", "6h", "7h", "8h"])
        #expect(ChartTicks.times(to: 604_800).count == 8)
        #expect(ChartTicks.times(to: 1e12).count <= 10)
    }
}

@Suite("Percentiles are numbers that occurred, by nearest rank") struct OrderStatisticsTests {
    @Test("of ten numbers the ninth is the 90th percentile") func nearestRank() {
        let numbers = OrderStatistics([10, 3, 9, 1, 8, 2, 7, 5, 6, 4])
        #expect(numbers.percentile(50) == 5)
        #expect(numbers.percentile(90) == 9)
        #expect(numbers.percentile(91) == 10)
        #expect(numbers.percentile(0) == 1)
        #expect(numbers.percentile(100) == 10)
        #expect(numbers.mean == 5.5)
        #expect(OrderStatistics([]).percentile(50) == nil)
    }

    @Test("at least so many in a hundred are no larger, and fewer are with the number before") func definition() {
        for seed in 1...50 as ClosedRange<UInt64> {
            var random = SeededGenerator(seed: seed)
            let numbers = (0..<random.integer(in: 1...40)).map { _ in Int64(random.integer(in: 0...30)) }
            let percent = random.integer(in: 1...100)
            let found = OrderStatistics(numbers).percentile(percent) ?? -1
            let atMost = numbers.count { $0 <= found }
            let below = numbers.count { $0 < found }
            #expect(numbers.contains(found), "seed \(seed)")
            #expect(atMost * 100 >= percent * numbers.count, "seed \(seed)")
            #expect(below * 100 < percent * numbers.count, "seed \(seed)")
        }
    }

    @Test("a sum beyond 63 bits does not trap") func large() throws {
        let mean = try #require(OrderStatistics([.max, .max, .max]).mean)
        #expect(abs(mean / Double(Int64.max) - 1) < 1e-12)
    }
}
