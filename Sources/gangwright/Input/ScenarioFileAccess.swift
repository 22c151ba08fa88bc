import Glibc
import Simulation

/// The file system as scenarios see it.
struct ScenarioFileAccess: ScenarioFiles {
    func read(_ path: String) throws(ScenarioFileError) -> [UInt8] {
        do { return try FileAccess.read(path) } catch {
            throw ScenarioFileError(path: error.path, reason: error.reason)
        }
    }

    func documents(in path: String) throws(ScenarioFileError) -> [String]? {
        guard FileAccess.isFolder(path) else { return nil }
        do { return try FileAccess.documents(in: path) } catch {
            throw ScenarioFileError(path: error.path, reason: error.reason)
        }
    }

    func environment(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }
    }
}
