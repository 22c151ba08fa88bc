import ClusterModel
import Documents
import Foundation
import FoundationXML
import TestSupport
import Testing

@testable import Simulation

@Suite("What the engine makes can be told") struct EngineReportTests {
    /// A run of the engine on a made-up plan.
    static func run(_ made: MadeUpRuns) throws -> (plan: SimulationPlan, outcome: SimulationOutcome) {
        var plan = made.plan
        for index in plan.cluster.nodes.indices {
            plan.cluster.nodes[index].allocatable[.memory] = 512 * gibibyte
            plan.cluster.nodes[index].allocatable[.pods] = 110
        }
        return (plan, try SimulationEngine.run(plan))
    }

    @Test("a page, tables and a document that reads back", arguments: 1...3 as ClosedRange<UInt64>)
    func tell(seed: UInt64) throws {
        let (plan, outcome) = try Self.run(MadeUpRuns(jobs: 60, seed: seed))
        var report = SimulationReport(scenario: "made-up", variants: [""], seeds: [seed])
        report.add(SimulationRun(plan, outcome, keeping: .charts))
        let page = report.html()
        _ = try XMLDocument(xmlString: page)
        if let folder = ProcessInfo.processInfo.environment["GANGWRIGHT_PAGES"] {
            try page.write(toFile: "\(folder)/engine-\(seed).html", atomically: true, encoding: .utf8)
        }
        let sink = ProblemSink()
        let text = Array(report.document().json().utf8)
        let again = SimulationReport.read(DocumentParser.parseJSON(text, file: "r").documents, sink: sink)
        #expect(sink.problems.isEmpty, "seed \(seed)")
        #expect(again == report, "seed \(seed)")
        let summary = report.runs[0].summary
        #expect((summary[.jobsStarted] ?? 0) > 0, "seed \(seed)")
        for (metric, value) in summary.metrics {
            #expect(value.isFinite && value >= 0, "\(metric) of seed \(seed): \(value)")
            if metric.unit == .percent { #expect(value <= 100.000_1, "\(metric) of seed \(seed): \(value)") }
        }
    }
}
