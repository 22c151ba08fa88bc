import Documents
import Recording
import SchedulingPolicy

/// The configuration that a command works with.
struct ConfigurationInput {
    let configuration: SchedulerConfiguration
    /// The file's text; the default's where there is none.
    let text: String
    let warnings: [Problem]

    static let option = Option(
        name: "config", metavar: "FILE",
        help: "a volcano-scheduler.conf; without it Gangwright's own default holds (config show prints it)")

    init(_ arguments: Arguments) throws(CommandFailure) {
        guard let path = arguments.value("config") else {
            configuration = .default
            text = SchedulerConfiguration.defaultText
            warnings = []
            return
        }
        let (written, warnings) = try Self.readWritten(path)
        (configuration, text, self.warnings) = (written.value, written.text, warnings)
    }

    /// The configuration with its text.
    var written: WrittenConfiguration { WrittenConfiguration(configuration, text: text) }

    /// How messages call a file.
    static func name(_ path: String) -> String { path == "-" ? "<stdin>" : path }

    /// Reads a file; all its mistakes come out together.
    static func read(_ path: String) throws(CommandFailure) -> (SchedulerConfiguration, [Problem]) {
        let (written, problems) = try readWritten(path)
        return (written.value, problems)
    }

    /// The same, with the text.
    private static func readWritten(
        _ path: String
    ) throws(CommandFailure) -> (WrittenConfiguration, [Problem]) {
        let bytes: [UInt8]
        do { bytes = try FileAccess.read(path) } catch { throw CommandFailure(.badInput, error.description) }
        let (configuration, problems) = SchedulerConfiguration.read(
            bytes, file: name(path))
        guard let configuration else {
            throw CommandFailure(problems)
        }
        return (WrittenConfiguration(configuration, text: String(decoding: bytes, as: UTF8.self)), problems)
    }
}
