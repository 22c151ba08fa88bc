import ClusterModel
import Documents
import Foundation
import Simulation
import Testing

@Suite("The scenarios of this repository become plans") struct ShippedScenarioTests {
    private struct Files: ScenarioFiles {
        func read(_ path: String) throws(ScenarioFileError) -> [UInt8] {
            do { return Array(try Data(contentsOf: URL(filePath: path))) } catch {
                throw ScenarioFileError(path: path, reason: "\(error)")
            }
        }

        func documents(in path: String) throws(ScenarioFileError) -> [String]? {
            guard let names = try? FileManager.default.contentsOfDirectory(atPath: path) else { return nil }
            return names.filter { $0.hasSuffix(".yaml") || $0.hasSuffix(".yml") }.sorted().map {
                path + "/" + $0
            }
        }

        func environment(_ name: String) -> String? { ProcessInfo.processInfo.environment[name] }
    }

    private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../../simulations").standardized.path()

    @Test(
        "with each of their variants, and without a mistake",
        arguments: [
            "capacity-planning", "fairness", "node-failure", "nvlink", "philly-week", "quickstart", "racks",
            "starvation",
        ])
    func read(name: String) throws {
        let path = Self.folder + "/\(name)/scenario.yaml"
        if name.hasPrefix("philly"), Files().environment("GANGWRIGHT_DATA") == nil { return }
        let (scenario, problems) = Scenario.read(try Files().read(path), file: path, files: Files())
        #expect(problems.isEmpty, "\(problems)")
        let read = try #require(scenario)
        #expect(read.name == name && !read.description.isEmpty && !read.variantNames.isEmpty)
        for variant in [nil] + read.variantNames.map(Optional.some) {
            let (plan, more) = read.plan(variant: variant)
            #expect(!more.contains { $0.severity == .error }, "\(variant ?? "") \(more)")
            let made = try #require(plan)
            #expect(!made.cluster.nodes.isEmpty && !made.jobs.isEmpty, "\(variant ?? "")")
        }
    }
}
