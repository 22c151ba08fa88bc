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

    /// How messages call a file.
    static func name(_ path: String) -> String { path == "-" ? "<stdin>" : path }

    /// Reads a file; all its mistakes come out together.
    static func read(_ path: String) throws(CommandFailure) -> (SchedulerConfiguration, [Problem]) {
        let bytes: [UInt8]
        do { bytes = try FileAccess.read(path) } catch { throw CommandFailure(.badInput, error.description) }
        let (configuration, problems) = SchedulerConfiguration.read(
            bytes, file: name(path))
        guard let configuration else {
            throw CommandFailure(problems)
        }
        return (configuration, problems)
    }
}
