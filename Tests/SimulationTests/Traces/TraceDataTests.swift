import ClusterModel
import Foundation
import Simulation
import Testing

private let dataFolder = ProcessInfo.processInfo.environment["GANGWRIGHT_DATA"]

private let needsData: Comment = "set GANGWRIGHT_DATA to the folder that holds philly_adaptdl/ and openb/"

@Suite("The published traces become plans", .enabled(if: dataFolder != nil, needsData))
struct TraceDataTests {
    private struct Files: ScenarioFiles {
        func read(_ path: String) throws(ScenarioFileError) -> [UInt8] {
            do { return Array(try Data(contentsOf: URL(filePath: path))) } catch {
                throw ScenarioFileError(path: path, reason: "\(error)")
            }
        }
        func documents(in path: String) throws(ScenarioFileError) -> [String]? { nil }
        func environment(_ name: String) -> String? { ProcessInfo.processInfo.environment[name] }
    }

    private func plan(_ trace: String) throws -> SimulationPlan {
        let text = heading + "duration: 7d\nworkload: {traces: [\(trace)]}\n"
        let (scenario, problems) = Scenario.read(Array(text.utf8), file: "s.yaml", files: Files())
        #expect(problems.isEmpty, "\(problems)")
        let (plan, more) = try #require(scenario).plan()
        #expect(more.isEmpty, "\(more)")
        return try #require(plan)
    }

    @Test("Philly has 82,247 jobs, of which 14,185 came in its busiest week") func philly() throws {
        let file = "format: philly, file: '${GANGWRIGHT_DATA}/philly_adaptdl/philly.csv'"
        let whole = try plan("{\(file)}")
        #expect(whole.jobs.count == 82_247)
        let gpus = whole.jobs.map { whole.shapes[$0.shape].total(.nvidiaGPU) }
        #expect(gpus.count { $0 == 1 } == 76_627 && gpus.count { $0 == 128 } == 3)
        #expect(gpus.count { $0 == 12 } == 7)
        let week = try plan("{\(file), week: 2017-W42}")
        #expect(week.jobs.count == 14_185)
        #expect((week.jobs.first?.submitted ?? -1) >= 0)
        #expect((week.jobs.last?.submitted ?? .max) < 604_800_000)
        #expect(week.shapes.count <= 10)
    }

    @Test("openb's tasks come with their times") func openb() throws {
        let file = "format: openb, file: '${GANGWRIGHT_DATA}/openb/openb_pod_list_default.csv'"
        #expect(try plan("{\(file)}").jobs.count == 8_152)
        #expect(try plan("{\(file), shares: skip}").jobs.count == 5_074)
        #expect(try plan("{\(file), limit: 10}").jobs.count == 10)
    }
}
