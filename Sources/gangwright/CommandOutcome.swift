import Documents

/// The exit codes of every command.
enum ExitCode: Int32 {
    /// Done.
    case done = 0
    /// The answer is no.
    case no = 1
    /// Bad usage or bad input.
    case badInput = 2
    /// The outside world failed.
    case outsideWorld = 3
}

/// What a command leaves behind: text for both streams, and a code.
struct CommandOutcome {
    var standardOutput = ""
    var standardError = ""
    var exitCode = ExitCode.done

    /// Adds a line, or several, to standard error.
    mutating func note(_ text: String) { standardError += VisibleText.lines(text) + "\n" }

    /// Adds what is odd about the input and did not stop the command; what has been said is not said again.
    mutating func warn(_ problems: [Problem]) {
        for problem in problems where !standardError.contains(problem.line + "\n") { note(problem.line) }
    }
}

/// A command that ended early.
struct CommandFailure: Error {
    let exitCode: ExitCode
    let message: String

    init(_ exitCode: ExitCode, _ message: String) {
        self.exitCode = exitCode
        self.message = message
    }

    /// The end of a command whose input has mistakes: each on a line of its own, warnings among them.
    init(_ problems: [Problem]) {
        self.init(.badInput, problems.map(\.line).joined(separator: "\n"))
    }
}

extension Problem {
    /// One line for standard error.
    fileprivate var line: String {
        VisibleText.line((severity == .warning ? "warning: " : "") + description)
    }
}
