/// What is wrong with an input, and where.
///
/// Prints `file:line: field: message`; the field is left out when it is empty, the line when it is 0.
public struct Problem: Error, Equatable, Sendable, CustomStringConvertible {
    /// How much a problem matters.
    public enum Severity: Sendable {
        /// The input cannot be used as it is.
        case error
        /// The input can be used, though perhaps not as its author meant.
        case warning
    }

    /// The file's name as its reader gave it.
    public var file: String
    /// The line, counted from 1; 0 where there is none.
    public var line: Int
    /// The column in characters, counted from 1; 0 where there is none.
    public var column: Int
    /// The path of the field at fault, such as `spec.containers[0].name`; empty for the text as a whole.
    public var field: String
    /// What was found and what was expected.
    public var message: String
    /// Whether the input can still be used.
    public var severity: Severity

    /// States a problem at a place in a file.
    public init(
        file: String, line: Int, column: Int = 0, field: String = "", message: String,
        severity: Severity = .error
    ) {
        self.file = file
        self.line = line
        self.column = column
        self.field = field
        self.message = message
        self.severity = severity
    }

    /// States a problem at the place of a value.
    public init(at value: Value, field: String = "", message: String, severity: Severity = .error) {
        self.init(
            file: value.file, line: value.line, column: value.column, field: field, message: message,
            severity: severity)
    }

    /// `file:line: field: message`.
    public var description: String {
        var text = file
        if line > 0 { text += ":\(line)" }
        if !field.isEmpty { text += ": \(field)" }
        return text + ": " + message
    }
}
