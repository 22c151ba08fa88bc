import Testing

@testable import BenchmarkCases

@Suite("Growth is what a cost is as a multiple of that at the smallest size") struct GrowthTableTests {
    private func cost(_ value: Double, _ nodes: Int, _ quantity: String = "cost") -> Measurement {
        Measurement(quantity, "\(nodes) nodes", unit: .nanoseconds, better: .lower, values: [value])
            .growing(.nodes, nodes)
    }

    private func factors(_ measurements: [Measurement]) -> [[Double]] {
        GrowthTable(measurements).rows.map { $0.multiples.map(\.factor) }
    }

    @Test("figures of one series are put in order of size") func order() {
        let table = GrowthTable([cost(30, 1_000), cost(10, 10), cost(20, 100)])
        #expect(table.rows.map(\.smallest) == [10])
        #expect(table.rows.first?.multiples.map(\.size) == [100, 1_000])
        #expect(factors([cost(30, 1_000), cost(10, 10), cost(20, 100)]) == [[2, 3]])
    }

    @Test("half the rate is twice the cost") func rates() {
        let rates = [(10, 2e6), (100, 1e6)].map { nodes, rate in
            Measurement("rate", "\(nodes) nodes", unit: .perSecond, better: .higher, values: [rate])
                .growing(.nodes, nodes)
        }
        #expect(factors(rates) == [[2]])
        #expect(GrowthTable(rates).rows.first?.cost == 500)
    }

    @Test("other quantities and other axes are series of their own") func series() {
        let twice = cost(20, 100).growing(.pods, 7)
        let measurements = [cost(10, 10), twice, cost(1, 10, "other"), cost(3, 100, "other")]
        #expect(factors(measurements) == [[2], [3]])
        let pods = cost(80, 200).growing(.pods, 14)
        #expect(factors(measurements + [pods]) == [[2, 8], [4], [3]])
    }

    @Test("a figure alone, or of no series, is no row") func alone() {
        var plain = cost(10, 10)
        plain.growth = []
        #expect(factors([plain, cost(20, 100)]).isEmpty)
        #expect(GrowthTable([plain]).text.isEmpty)
    }

    @Test("processor time decides where it was taken") func processorTime() {
        var busy = cost(90, 100)
        busy.cpuValues = [15]
        #expect(factors([cost(10, 10), busy]) == [[1.5]])
    }

    @Test("the text has a row for a series, and the cost at the smallest size") func text() {
        let lines = GrowthTable([cost(10, 10), cost(25, 100)]).text.split(separator: "\n")
        #expect(lines.count == 2)
        #expect(lines.last?.contains("10:   10.0 ns   ") ?? false)
        #expect(lines.last?.hasSuffix("100: 2.50x") ?? false)
    }
}
