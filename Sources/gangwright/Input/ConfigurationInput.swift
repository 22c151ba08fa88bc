import Documents
import SchedulingPolicy

/// The configuration that a command works with.
struct ConfigurationInput {
    let configuration: SchedulerConfiguration
    let warnings: [Problem]

    static let option = Option(
        name: "config", metavar: "FILE",
        help: "a volcano-scheduler.conf; without it Gangwright's own default holds (config show prints it)")

    init(_ arguments: Arguments) throws(CommandFailure) {
        guard let path = arguments.value("config") else {
            configuration = .default
            warnings = []
            return
        }
        (configuration, warnings) = try Self.read(path)
    }

    /// Reads a file; all its mistakes come out together.
    static func read(_ path: String) throws(CommandFailure) -> (SchedulerConfiguration, [Problem]) {
        let bytes: [UInt8]
        do { bytes = try FileAccess.read(path) } catch { throw CommandFailure(.badInput, error.description) }
        let (configuration, problems) = SchedulerConfiguration.read(
            bytes, file: path == "-" ? "<stdin>" : path)
        guard let configuration else {
            throw CommandFailure(.badInput, problems.map(\.description).joined(separator: "\n"))
        }
        return (configuration, problems)
    }
}
