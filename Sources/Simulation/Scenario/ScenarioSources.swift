import Documents
import Synchronization

/// The files of a scenario, each read once however many plans are made.
final class ScenarioSources: Sendable {
    let files: any ScenarioFiles
    /// The scenario's own file, besides which others lie.
    let scenario: String
    /// Traces that have been read; the lock is held to look one up and to put one in.
    private let traces = Mutex<[String: JobTrace]>([:])

    init(_ files: any ScenarioFiles, scenario: String) {
        self.files = files
        self.scenario = scenario
    }

    /// The path of a file that the scenario names.
    func path(_ file: Located<String>) throws(ScenarioProblem) -> String {
        do {
            return try ScenarioPath.resolve(file.value, besides: scenario, files)
        } catch {
            throw ScenarioProblem(file.place.problem(error.message))
        }
    }

    /// The bytes of a file that the scenario names, and its path.
    func read(_ file: Located<String>) throws(ScenarioProblem) -> (path: String, bytes: [UInt8]) {
        let path = try path(file)
        do {
            return (path, try files.read(path))
        } catch {
            throw ScenarioProblem(file.place.problem("found \(path), which cannot be read (\(error.reason))"))
        }
    }

    /// The files that a path means: itself, or those of the folder that it names.
    func documents(_ file: Located<String>) throws(ScenarioProblem) -> [String] {
        let path = try path(file)
        do {
            guard let documents = try files.documents(in: path) else { return [path] }
            if !documents.isEmpty { return documents }
        } catch {
            throw ScenarioProblem(file.place.problem("found \(path), which cannot be read (\(error.reason))"))
        }
        throw ScenarioProblem(
            file.place.problem("found the folder \(path) without .yaml, .yml or .json, expected one such file"))
    }

    /// A trace that has been read before.
    func known(_ key: String) -> JobTrace? { traces.withLock { $0[key] } }

    /// Keeps a trace for other plans.
    func keep(_ trace: JobTrace, _ key: String) {
        traces.withLock { $0[key] = trace }
    }
}

/// A problem that ends the reading of one file.
struct ScenarioProblem: Error {
    let problem: Problem

    init(_ problem: Problem) { self.problem = problem }
}
