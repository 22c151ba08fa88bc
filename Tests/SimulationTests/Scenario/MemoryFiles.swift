import ClusterModel
import Documents
import Simulation
import Testing

/// Files in memory, and variables.
struct MemoryFiles: ScenarioFiles {
    var files: [String: String] = [:]
    var variables: [String: String] = [:]

    func read(_ path: String) throws(ScenarioFileError) -> [UInt8] {
        guard let text = files[path] else {
            throw ScenarioFileError(path: path, reason: "No such file or directory")
        }
        return Array(text.utf8)
    }

    func documents(in path: String) throws(ScenarioFileError) -> [String]? {
        let inside = files.keys.filter { $0.hasPrefix(path + "/") }.sorted()
        return inside.isEmpty ? nil : inside
    }

    func environment(_ name: String) -> String? { variables[name] }
}

/// Reads a scenario and makes its plan; what is wrong with either is a failure of the test.
func makePlan(
    _ text: String, variant: String? = nil, seed: UInt64? = nil, settings: [(path: String, value: String)] = [],
    files: MemoryFiles = MemoryFiles(), location: SourceLocation = #_sourceLocation
) throws -> SimulationPlan {
    let (scenario, problems) = Scenario.read(Array(text.utf8), file: "dir/scenario.yaml", files: files)
    #expect(problems.map(\.description) == [], sourceLocation: location)
    let read = try #require(scenario, sourceLocation: location)
    let (plan, more) = read.plan(variant: variant, seed: seed, settings: settings)
    #expect(more.map(\.description) == [], sourceLocation: location)
    return try #require(plan, sourceLocation: location)
}

/// What is said of a scenario that is wrong: by the reader, or by the maker of plans.
func complaints(
    _ text: String, variant: String? = nil, settings: [(path: String, value: String)] = [],
    files: MemoryFiles = MemoryFiles()
) -> [String] {
    let (scenario, problems) = Scenario.read(Array(text.utf8), file: "s.yaml", files: files)
    guard let scenario else { return problems.map(\.description) }
    return (problems + scenario.plan(variant: variant, settings: settings).problems).map(\.description)
}

/// The lines that every scenario has.
let heading = """
    apiVersion: gangwright.io/v1alpha1
    kind: Scenario
    name: test

    """
