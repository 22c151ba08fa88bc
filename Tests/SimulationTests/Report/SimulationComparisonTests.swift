import Testing

@testable import Simulation

@Suite("Variants are compared seed by seed") struct SimulationComparisonTests {
    /// A report with the given mean waits: one list a variant, one number a seed.
    private static func report(_ waits: [[Double]], metric: SimulationMetric = .waitMean) -> SimulationReport {
        let seeds = (waits[0].indices).map { UInt64($0) + 1 }
        let variants = waits.indices.map { $0 == 0 ? "" : "v\($0)" }
        var report = SimulationReport(scenario: "s", variants: variants, seeds: seeds)
        for (variant, numbers) in zip(variants, waits) {
            for (seed, wait) in zip(seeds, numbers) {
                let summary = SimulationSummary(
                    duration: 60, nodes: 1, gpus: 8, mostGPUs: 8, metrics: [metric: wait], waitByReason: [],
                    breakdowns: [])
                report.add(SimulationRun(variant: variant, seed: seed, summary: summary, details: nil))
            }
        }
        return report
    }

    private static func difference(
        _ waits: [[Double]], metric: SimulationMetric = .waitMean
    ) -> SimulationComparison.Difference? {
        SimulationComparison(report(waits, metric: metric)).rows.first?.cells[1].difference
    }

    @Test("Student's t has the values of the tables") func student() {
        #expect(StudentT.critical95(degreesOfFreedom: 1) == 12.706_205)
        #expect(StudentT.critical95(degreesOfFreedom: 9) == 2.262_157)
        for (degrees, value) in [(40, 2.021_075), (60, 2.000_298), (120, 1.979_930), (1_000_000, 1.959_966)] {
            #expect(abs(StudentT.critical95(degreesOfFreedom: degrees) - value) < 2e-6, "\(degrees)")
        }
        for degrees in 2...200 {
            #expect(
                StudentT.critical95(degreesOfFreedom: degrees) < StudentT.critical95(degreesOfFreedom: degrees - 1),
                "\(degrees)")
        }
    }

    @Test("a mean has an interval of 95 %") func interval() throws {
        let cell = try #require(SimulationComparison(Self.report([[2, 4, 6]])).rows.first?.cells.first)
        let statistics = try #require(cell.statistics)
        #expect(statistics.mean == 4)
        #expect(statistics.deviation == 2)
        // 4.302653 · 2 / √3
        #expect(abs((statistics.margin ?? 0) - 4.968_275) < 1e-6)
        #expect(cell.difference == nil)
    }

    @Test("what the seeds do to both alike cancels out") func paired() throws {
        // Each wait is shorter by 1 or 2, whatever the seed does to both.
        let difference = try #require(Self.difference([[100, 500, 900, 50], [99, 498, 899, 48]]))
        #expect(difference.statistics.mean == -1.5)
        #expect(difference.verdict == .better)
        #expect(difference.text(.waitMean) == "▲ −0.4 %")
        #expect(Self.difference([[100, 500], [99, 498]], metric: .jobsDone)?.verdict == .unclear)
        #expect(
            Self.difference([[100, 500, 900, 50], [99, 498, 899, 48]], metric: .jobsDone)?.verdict == .worse)
        #expect(
            Self.difference([[100, 500, 900, 50], [99, 498, 899, 48]], metric: .events)?.verdict == .different)
    }

    @Test("one seed says nothing of chance, and equal figures are the same") func oneSeed() {
        let one = Self.difference([[100], [150]])
        #expect(one?.verdict == .unknown)
        #expect(one?.statistics.margin == nil)
        #expect(one?.text(.waitMean) == "+50 %")
        #expect(Self.difference([[100], [100]])?.verdict == .same)
        #expect(Self.difference([[1, 2], [1, 2]])?.verdict == .same)
        #expect(Self.difference([[1, 2], [3, 4]])?.verdict == .worse)
    }

    @Test("shares are told apart in points, and from nothing in amounts") func texts() {
        #expect(Self.difference([[80], [81.25]], metric: .goodput)?.text(.goodput) == "+1.3 points")
        #expect(Self.difference([[0], [30]])?.text(.waitMean) == "+30s")
    }

    @Test("findings name what is better and what is worse") func findings() {
        let findings = SimulationComparison(Self.report([[100, 200, 300], [50, 148, 252]])).findings
        #expect(findings == [.init(variant: "v1", text: " beside baseline: better in wait, mean −25 %.")])
        let none = SimulationComparison(Self.report([[1, 2], [2, 1]])).findings
        #expect(none.first?.text == " beside baseline: no difference that is clear of chance.")
    }

    @Test("a variant that lacks a seed is compared over those that both have") func missing() throws {
        var report = SimulationReport(scenario: "s", variants: ["", "v1"], seeds: [1, 2, 3])
        for run in Self.report([[10, 20, 30], [11, 21, 99]]).runs where run.variant == "" || run.seed != 3 {
            report.add(run)
        }
        let cell = try #require(SimulationComparison(report).rows.first?.cells[1])
        #expect(cell.difference?.statistics.mean == 1)
        #expect(cell.difference?.statistics.count == 2)
        #expect(report.missing.map(\.seed) == [3])
    }
}
