/// What a command line selected and gave.
struct ParsedCommand: Equatable, Sendable {
    /// Names of the commands from the root on, such as `["gangwright", "config", "check"]`.
    var path: [String]
    /// Options and arguments; empty if help was asked for.
    var arguments: Arguments
    /// Whether help was asked for; nothing was checked then.
    var wantsHelp = false
}

/// The options and arguments of a command line, asked for by the names that they were declared with.
///
/// Values have been checked against choices and ranges. Asking for a name that was never declared is a mistake in
/// the program and traps.
struct Arguments: Equatable, Sendable {
    private let options: [Option]
    private let positionals: [Positional]
    private var given: [String: [String]] = [:]
    private var words: [String: [String]] = [:]

    init(options: [Option] = [], positionals: [Positional] = []) {
        self.options = options
        self.positionals = positionals
    }

    /// Every value of an option, in the order of the command line; its default if it was left out.
    func values(_ name: String) -> [String] {
        let option = declared(name)
        return given[name] ?? option.defaultValue.map { [$0] } ?? []
    }

    /// The value of an option, the last if there are more; its default if it was left out, nil if it has none.
    func value(_ name: String) -> String? { values(name).last }

    /// The value of an option that was declared with a range of integers.
    func integer(_ name: String) -> Int? {
        precondition(declared(name).integers != nil, "--\(name) is not declared as an integer")
        return value(name).flatMap { Int($0) }
    }

    /// Whether a flag was set.
    func flag(_ name: String) -> Bool {
        precondition(declared(name).metavar == nil, "--\(name) is not declared as a flag")
        return given[name]?.last == "true"
    }

    /// Whether an option stands on the command line.
    func isGiven(_ name: String) -> Bool {
        _ = declared(name)
        return given[name] != nil
    }

    /// The words of an argument that is known by its place.
    func positionals(_ name: String) -> [String] {
        precondition(positionals.contains { $0.name == name }, "\(name) is not declared")
        return words[name] ?? []
    }

    /// The word of an argument that is known by its place; nil if it was left out.
    func positional(_ name: String) -> String? { positionals(name).first }

    mutating func record(_ value: String, for option: Option) {
        if option.isRepeatable {
            given[option.name, default: []].append(value)
        } else {
            given[option.name] = [value]
        }
    }

    mutating func record(_ word: String, for positional: Positional) {
        words[positional.name, default: []].append(word)
    }

    private func declared(_ name: String) -> Option {
        guard let option = options.first(where: { $0.name == name }) else {
            preconditionFailure("--\(name) is not declared")
        }
        return option
    }
}
