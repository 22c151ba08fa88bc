internal import Documents
public import SchedulingPolicy

/// A configuration with the text that it was read from: the text is what a recording keeps.
public struct WrittenConfiguration: Sendable {
    /// What is in force.
    public let value: SchedulerConfiguration
    /// The file, byte for byte.
    public let text: String

    /// What holds where no file is given.
    public static let `default` = WrittenConfiguration(.default, text: SchedulerConfiguration.defaultText)

    /// A configuration that was read from a text.
    public init(_ value: SchedulerConfiguration, text: String) {
        self.value = value
        self.text = text
    }

    /// Reads a text that is known to be good: a recording has no other.
    ///
    /// - Throws: the first problem, where this version no longer takes what another one took.
    init(recorded text: String, file: String, line: Int) throws(Problem) {
        let (value, problems) = SchedulerConfiguration.read(Array(text.utf8), file: file)
        guard let value else {
            let error = problems.first { $0.severity == .error }
            throw Problem(
                file: file, line: line,
                message: "the recorded configuration is refused now, in its line \(error?.line ?? 0): "
                    + (error?.message ?? ""))
        }
        self.init(value, text: text)
    }
}
