import Testing

@testable import BenchmarkCases

@Suite("A figure is worse only when noise does not explain it") struct ComparisonTests {
    private static let machine = Machine(
        processor: "Abacus", cores: 1, megahertz: nil, memoryBytes: 1 << 30, kernel: "Linux", swift: "6.3",
        isOptimised: true, commit: "", load: 0)

    private func report(_ measurements: [Measurement]) -> BenchmarkReport {
        BenchmarkReport(machine: Self.machine, seed: 42, isQuick: false, measurements: measurements)
    }

    private func cost(_ values: [Double]) -> Measurement {
        Measurement("cost", "", unit: .nanoseconds, better: .lower, values: values)
    }

    private func isWorse(_ now: Measurement, than before: Measurement) -> Bool {
        Comparison(now: report([now]), before: report([before])).isWorse
    }

    @Test("a time may differ by 5 % without noise, not by 6 %") func betweenProcesses() {
        #expect(!isWorse(cost([104]), than: cost([100])))
        #expect(isWorse(cost([106]), than: cost([100])))
    }

    @Test("a time that scatters may differ by three standard deviations") func scatter() {
        // A median distance of 2 from a median of 100 is a standard deviation of 2.97, in both runs: √2 × 8.9 %.
        #expect(!isWorse(cost([108, 110, 112]), than: cost([98, 100, 102])))
        #expect(isWorse(cost([114, 116, 118]), than: cost([98, 100, 102])))
    }

    @Test("of a rate, less is worse") func rate() {
        let rate = { (value: Double) in
            Measurement("rate", "", unit: .perSecond, better: .higher, values: [value])
        }
        #expect(isWorse(rate(90), than: rate(100)))
        #expect(!isWorse(rate(110), than: rate(100)))
    }

    @Test("any more allocations are worse") func counts() {
        let count = { (value: Double) in
            Measurement("allocations", "", unit: .count, better: .lower, values: [value])
        }
        #expect(isWorse(count(0.001), than: count(0)))
        #expect(!isWorse(count(0), than: count(0)))
    }

    @Test("processor time decides where it was taken") func processorTime() {
        let busy = Measurement(
            "cost", "", unit: .nanoseconds, better: .lower, values: [200], cpuValues: [100])
        let quiet = Measurement(
            "cost", "", unit: .nanoseconds, better: .lower, values: [100], cpuValues: [100])
        #expect(!isWorse(busy, than: quiet))
    }

    @Test("figures that only one run has are not compared") func missing() {
        var other = cost([100])
        other.conditions = "else"
        let comparison = Comparison(now: report([cost([500])]), before: report([other]))
        #expect(comparison.rows.isEmpty)
        #expect(comparison.warnings == ["the runs have no figure in common"])
    }
}
