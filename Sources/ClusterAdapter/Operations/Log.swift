import ClusterModel
import Documents
import Glibc

/// The process's log: a line for each thing that happened, with what it is about as fields.
///
/// Lines of `text` are for people, those of `json` for machines; the fields are the same. Both go to standard error.
public struct Log: Sendable {
    /// How much a line matters.
    public enum Level: String, Sendable, CaseIterable, Comparable {
        /// A line for each decision.
        case debug
        /// What an admin wants to know of a quiet night.
        case info
        /// What should not be, and goes on without help.
        case warning
        /// What needs help.
        case error

        /// By weight.
        public static func < (left: Level, right: Level) -> Bool { left.weight < right.weight }

        private var weight: Int { Self.allCases.firstIndex(of: self) ?? 0 }
    }

    /// How lines look.
    public enum Format: String, Sendable, CaseIterable {
        /// `2026-01-31T12:00:00.123Z info a sentence key=value`.
        case text
        /// One JSON object.
        case json
    }

    /// Lines below it are not written.
    public let level: Level
    private let format: Format
    private let write: @Sendable (String) -> Void

    /// A log.
    ///
    /// - Parameter write: Takes whole lines without their end; to standard error unless given.
    public init(
        level: Level = .info, format: Format = .text,
        write: @escaping @Sendable (String) -> Void = Log.toStandardError
    ) {
        self.level = level
        self.format = format
        self.write = write
    }

    /// Writes a line of a level.
    public func debug(
        _ message: @autoclosure () -> String, _ fields: @autoclosure () -> KeyValuePairs<String, String> = [:]
    ) {
        if level <= .debug { line(.debug, message(), fields()) }
    }

    /// Writes a line of a level.
    public func info(_ message: String, _ fields: KeyValuePairs<String, String> = [:]) {
        line(.info, message, fields)
    }

    /// Writes a line of a level.
    public func warning(_ message: String, _ fields: KeyValuePairs<String, String> = [:]) {
        line(.warning, message, fields)
    }

    /// Writes a line of a level.
    public func error(_ message: String, _ fields: KeyValuePairs<String, String> = [:]) {
        line(.error, message, fields)
    }

    private func line(_ level: Level, _ message: String, _ fields: KeyValuePairs<String, String>) {
        if level < self.level { return }
        let time = WallClock.now.text
        switch format {
        case .text:
            let tail = fields.map { " \($0.key)=\(Self.quoted($0.value))" }.joined()
            write("\(time) \(level.rawValue) \(message)\(tail)")
        case .json:
            var text =
                "{\"time\":\"\(time)\",\"level\":\"\(level.rawValue)\",\"message\":\(Self.json(message))"
            for (key, value) in fields { text += ",\(Self.json(key)):\(Self.json(value))" }
            write(text + "}")
        }
    }

    /// A value that could be taken for several is put into quotes.
    private static func quoted(_ value: String) -> String {
        let isPlain = !value.isEmpty && value.utf8.allSatisfy { $0 > 0x20 && $0 != 0x22 && $0 != 0x3D }
        return isPlain ? value : json(value)
    }

    private static func json(_ text: String) -> String { OutputValue.string(text).json(pretty: false) }

    /// Writes a line to standard error in one piece, so that lines of several threads do not mix.
    public static func toStandardError(_ line: String) {
        var bytes = Array(line.utf8)
        bytes.append(0x0A)
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = unsafe rest.withUnsafeBytes { unsafe Glibc.write(2, $0.baseAddress, $0.count) }
            if written < 0, errno != EINTR { return }
            rest = rest.dropFirst(max(0, written))
        }
    }
}
