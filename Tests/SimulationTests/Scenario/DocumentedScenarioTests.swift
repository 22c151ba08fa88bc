import ClusterModel
import Foundation
import Simulation
import Testing

@Suite("What the manual shows works") struct DocumentedScenarioTests {
    private static let manual = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../../docs/scenarios.md").standardized

    /// The text between fences, in the order of the manual.
    private func blocks(_ language: String) throws -> [String] {
        let text = try String(contentsOf: Self.manual, encoding: .utf8)
        return text.components(separatedBy: "```\(language)\n").dropFirst().map {
            $0.components(separatedBy: "```")[0]
        }
    }

    @Test("the first example, with the events and variants that are shown") func example() throws {
        let blocks = try blocks("yaml")
        try #require(blocks.count == 3)
        #expect(try makePlan(blocks[0], variant: "more-nodes").cluster.nodes.count == 20)
        let events = blocks[1].replacing("rack: a100-rack-3", with: "nvidia.com/gpu.product: x")
            .replacing("queue: {name: research", with: "queue: {name: default")
        let pool = blocks[0].replacing("count: 16", with: "count: 16, gpuModel: x")
        #expect(try makePlan(pool + events).events.count == 6)
        let base = blocks[0].components(separatedBy: "variants:")[0]
        let larger = try makePlan(base + blocks[2], variant: "larger-nodes")
        #expect(larger.cluster.nodes[0].allocatable[.nvidiaGPU] == 16)
    }

    @Test("the table of jobs") func table() throws {
        let csv = try #require(try blocks("csv").first)
        let plan = try makePlan(
            heading + """
                cluster: {queues: [{name: research}]}
                workload: {traces: [{format: csv, file: t.csv}]}
                """,
            files: MemoryFiles(files: ["dir/t.csv": csv]))
        #expect(plan.jobs.map(\.runTime) == [3_600_000, 7_200_000])
    }
}
