import Documents

extension Command {
    /// Reads the words of a command line that follow the program's name.
    ///
    /// Understood are `--name value`, `--name=value`, `-o value`, `-ovalue`, `-o=value`, joined flags such as `-ab`,
    /// `--flag=false`, and `--`, after which no word is an option. Options may stand before and after arguments. A
    /// lone `-` is a value. `--help` or `-h` anywhere, the word `help` in front, and no word at all ask for help.
    ///
    /// - Throws: `UsageError` for the first word that does not fit.
    func parse(_ words: [String]) throws(UsageError) -> ParsedCommand {
        if words.isEmpty, !subcommands.isEmpty {
            return ParsedCommand(path: [name], arguments: Arguments(), wantsHelp: true)
        }
        var parser = CommandLineParser(root: self, words: words)
        return try parser.run()
    }
}

/// The state of reading one command line.
private struct CommandLineParser {
    private var path: [Command]
    private var words: ArraySlice<String>
    /// Options with their values, in the order of the line.
    private var options: [(option: Option, value: String)] = []
    private var arguments: [String] = []

    init(root: Command, words: [String]) {
        path = [root]
        self.words = words[...]
    }

    private var command: Command { path[path.count - 1] }

    mutating func run() throws(UsageError) -> ParsedCommand {
        if words.first == "help", command.subcommand("help") == nil, !command.subcommands.isEmpty {
            words.removeFirst()
            while let word = words.popFirst() { try select(word) }
            return ParsedCommand(path: path.names, arguments: Arguments(), wantsHelp: true)
        }
        var optionsEnded = false
        while let word = words.popFirst() {
            if optionsEnded || word == "-" || !word.hasPrefix("-") {
                try take(word)
            } else if word == "--" {
                optionsEnded = true
            } else if word.hasPrefix("--") {
                try takeLong(word)
            } else {
                try takeShort(word)
            }
            if options.last?.option == .help {
                return ParsedCommand(path: path.names, arguments: Arguments(), wantsHelp: true)
            }
        }
        if let name = command.defaultSubcommand { try select(name) }
        return ParsedCommand(path: path.names, arguments: try checked())
    }

    private mutating func take(_ word: String) throws(UsageError) {
        guard command.subcommands.isEmpty else { return try select(word) }
        guard arguments.count < command.positionals.count || command.positionals.last?.isRepeatable == true
        else {
            throw error(.unexpectedArgument(word))
        }
        arguments.append(word)
    }

    private mutating func select(_ word: String) throws(UsageError) {
        guard let next = command.subcommand(word) else {
            if command.subcommands.isEmpty { throw error(.unexpectedArgument(word)) }
            let known = command.subcommands.names
            throw error(
                .unknownCommand(word, nearest: Spelling.nearest(to: word, among: known), known: known))
        }
        path.append(next)
    }

    private mutating func takeLong(_ word: String) throws(UsageError) {
        let name = word.dropFirst(2).prefix { $0 != "=" }
        let value = name.endIndex == word.endIndex ? nil : String(word[name.endIndex...].dropFirst())
        guard let option = path.optionsInScope.first(where: { $0.name == name }) else {
            throw error(unknown("--\(name)"))
        }
        try take(option, value)
    }

    private mutating func takeShort(_ word: String) throws(UsageError) {
        var letters = word.dropFirst()
        while let letter = letters.popFirst() {
            guard let option = path.optionsInScope.first(where: { $0.short == letter }) else {
                // Most likely a long option with one dash, or else one letter among several.
                let whole = unknown(word)
                if case .unknownOption(_, .some) = whole { throw error(whole) }
                throw error(.unknownOption("-\(letter)", nearest: nil))
            }
            if option.metavar == nil, letters.first != "=" {
                try take(option, nil)
                continue
            }
            try take(
                option, letters.isEmpty ? nil : String(letters.first == "=" ? letters.dropFirst() : letters))
            return
        }
    }

    private mutating func take(_ option: Option, _ attached: String?) throws(UsageError) {
        if option.metavar == nil {
            let value = attached ?? "true"
            guard value == "true" || value == "false" else {
                throw error(.unexpectedValue(value, for: option.spelling))
            }
            options.append((option, value))
            return
        }
        guard let value = attached ?? popValue(), !value.isEmpty else { throw error(.missingValue(option)) }
        try check(value, of: option)
        options.append((option, value))
    }

    /// The next word, unless it looks like an option; a negative number does not.
    private mutating func popValue() -> String? {
        guard let next = words.first else { return nil }
        guard next == "-" || !next.hasPrefix("-") || Int(next) != nil else { return nil }
        return words.removeFirst()
    }

    private func check(_ value: String, of option: Option) throws(UsageError) {
        try check(value, of: option.spelling, choices: option.choices)
        if let allowed = option.integers {
            guard let number = Int(value), allowed.contains(number) else {
                throw error(.badInteger(value, for: option.spelling, allowed: allowed))
            }
        }
    }

    private func check(_ value: String, of name: String, choices: [String]) throws(UsageError) {
        guard choices.isEmpty || choices.contains(value) else {
            let nearest = Spelling.nearest(to: value, among: choices)
            throw error(.badChoice(value, for: name, choices: choices, nearest: nearest))
        }
    }

    private func checked() throws(UsageError) -> Arguments {
        guard command.subcommands.isEmpty else {
            throw error(.missingCommand(known: command.subcommands.names))
        }
        let scope = path.optionsInScope
        var result = Arguments(options: scope, positionals: command.positionals)
        for (index, word) in arguments.enumerated() {
            let positional = command.positionals[min(index, command.positionals.count - 1)]
            if word.isEmpty { throw error(.missingArgument(positional.name)) }
            try check(word, of: positional.name, choices: positional.choices)
            result.record(word, for: positional)
        }
        if arguments.count < command.positionals.count {
            let missing = command.positionals[arguments.count]
            if missing.isRequired { throw error(.missingArgument(missing.name)) }
        }
        for (option, value) in options { result.record(value, for: option) }
        for option in scope where option.isRequired && !result.isGiven(option.name) {
            throw error(.missingOption(option))
        }
        return result
    }

    private func unknown(_ word: String) -> UsageError.Reason {
        .unknownOption(word, nearest: Spelling.nearest(to: word, among: path.optionsInScope.map(\.spelling)))
    }

    private func error(_ reason: UsageError.Reason) -> UsageError {
        UsageError(reason: reason, path: path.names)
    }
}
