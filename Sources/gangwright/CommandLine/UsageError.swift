/// Why a command line was not understood, in words that help to correct it.
struct UsageError: Error, Equatable, Sendable {
    enum Reason: Equatable, Sendable {
        /// As typed; the nearest option, if one is near.
        case unknownOption(String, nearest: String?)
        /// As typed; the nearest command, if one is near, and all of them.
        case unknownCommand(String, nearest: String?, known: [String])
        /// A command that only groups others, and those others.
        case missingCommand(known: [String])
        /// An option that takes a value, at the end of the line or before another option.
        case missingValue(Option)
        /// A flag with a value other than true or false.
        case unexpectedValue(String, for: String)
        /// `what` is the option or argument as it is written.
        case badChoice(String, for: String, choices: [String], nearest: String?)
        case badInteger(String, for: String, allowed: ClosedRange<Int>)
        case missingOption(Option)
        case missingArgument(String)
        case unexpectedArgument(String)
    }

    var reason: Reason
    /// Names of the commands that were selected before the error, from the root on.
    var path: [String]
}

extension UsageError: CustomStringConvertible {
    /// What is wrong and what was expected; one line, without the name of the program.
    var description: String {
        switch reason {
        case .unknownOption(let option, let nearest):
            "unknown option \(option)" + Self.suggestion(nearest)
        case .unknownCommand(let word, let nearest, let known):
            "unknown command \(word)"
                + (nearest == nil ? "; expected \(Self.list(known))" : Self.suggestion(nearest))
        case .missingCommand(let known):
            "\(command) needs a command: \(Self.list(known))"
        case .missingValue(let option):
            "\(option.spelling) needs a value: \(option.usage)"
        case .unexpectedValue(let value, let flag):
            "\(flag)=\(value): expected true or false, or no value"
        case .badChoice(let value, let name, let choices, let nearest):
            "\(name) \(value): expected \(Self.list(choices))" + Self.suggestion(nearest)
        case .badInteger(let value, let name, let allowed):
            "\(name) \(value): expected a whole number \(Self.range(allowed))"
        case .missingOption(let option):
            "\(command) needs \(option.usage)"
        case .missingArgument(let name):
            "\(command) needs \(name)"
        case .unexpectedArgument(let word):
            "unexpected argument \(word)"
        }
    }

    /// Where to read on.
    var hint: String { "see '\(path.joined(separator: " ")) --help'" }

    /// The selected command without the program's name, unless that is all there is.
    private var command: String {
        (path.count > 1 ? path.dropFirst() : path[...]).joined(separator: " ")
    }

    private static func suggestion(_ nearest: String?) -> String {
        nearest.map { "; did you mean \($0)?" } ?? ""
    }

    private static func list(_ words: [String]) -> String {
        guard words.count > 1, let last = words.last else { return words.first ?? "" }
        return words.dropLast().joined(separator: ", ") + " or " + last
    }

    private static func range(_ range: ClosedRange<Int>) -> String {
        range.upperBound == .max
            ? "of at least \(range.lowerBound)" : "from \(range.lowerBound) to \(range.upperBound)"
    }
}
