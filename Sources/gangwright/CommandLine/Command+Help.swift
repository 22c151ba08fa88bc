extension Command {
    /// The help of the command at the end of a path that starts with this command's name.
    ///
    /// - Parameter width: Columns to wrap sentences at; usage lines and examples are never wrapped.
    /// - Precondition: The path exists, as every path of a parsed command does.
    func help(path: [String], width: Int = 100) -> String {
        guard let commands = commands(along: path), let command = commands.last else {
            preconditionFailure("no command \(path.joined(separator: " "))")
        }
        let scope = commands.optionsInScope
        var sections = ["Usage: \(Self.usage(commands, scope))", "\(command.abstract)."]
        sections += command.discussion.split(separator: "\n\n").map { wrap(String($0), width: width) }
        sections.append(
            Self.section("Commands", command.subcommands.map { ("  \($0.name)", $0.abstract) }, width: width))
        sections.append(
            Self.section(
                "Arguments", command.positionals.map { ("  \($0.name)", Self.text($0)) }, width: width))
        sections.append(
            Self.section("Options", scope.map { (Self.spelling($0), Self.text($0)) }, width: width))
        if !command.examples.isEmpty {
            let lines = command.examples.map { "  # \($0.purpose)\n  \($0.line)" }
            sections.append("Examples:\n" + lines.joined(separator: "\n\n"))
        }
        if !command.subcommands.isEmpty {
            sections.append(
                "See '\(path.joined(separator: " ")) COMMAND --help' for a command's own options.")
        }
        return sections.filter { !$0.isEmpty }.joined(separator: "\n\n") + "\n"
    }

    private static func usage(_ commands: [Command], _ scope: [Option]) -> String {
        guard let command = commands.last else { return "" }
        var parts = commands.names
        if !command.subcommands.isEmpty {
            parts.append(command.defaultSubcommand == nil ? "COMMAND" : "[COMMAND]")
        }
        parts += scope.filter(\.isRequired).map { $0.isRepeatable ? "\($0.usage)..." : $0.usage }
        parts.append("[options]")
        parts += command.positionals.map(\.usage)
        return parts.joined(separator: " ")
    }

    private static func spelling(_ option: Option) -> String {
        (option.short.map { "  -\($0), " } ?? "      ") + option.usage
    }

    private static func text(_ option: Option) -> String {
        var notes: [String] = []
        if !option.choices.isEmpty { notes.append("one of \(option.choices.joined(separator: ", "))") }
        if let value = option.defaultValue { notes.append("default \(value)") }
        if option.isRepeatable { notes.append("may be repeated") }
        return option.help + (notes.isEmpty ? "" : " (\(notes.joined(separator: "; ")))")
    }

    private static func text(_ positional: Positional) -> String {
        positional.choices.isEmpty
            ? positional.help : "\(positional.help) (one of \(positional.choices.joined(separator: ", ")))"
    }

    /// Two columns; a name that is too wide for the first has a line of its own.
    private static func section(_ title: String, _ rows: [(name: String, text: String)], width: Int) -> String
    {
        guard !rows.isEmpty else { return "" }
        let limit = 34
        let column = rows.map(\.name.count).filter { $0 <= limit }.max() ?? limit
        let indent = String(repeating: " ", count: column + 2)
        var lines = ["\(title):"]
        for row in rows {
            let text = wrap(row.text, width: width, indent: indent)
            if row.name.count > column {
                lines += [row.name, text]
            } else {
                lines.append(row.name + text.dropFirst(row.name.count))
            }
        }
        return lines.joined(separator: "\n")
    }
}

/// Breaks a text between words, so that lines with their indentation fit; a longer word has a line of its own.
private func wrap(_ text: String, width: Int, indent: String = "") -> String {
    var lines: [String] = []
    var line = ""
    for word in text.split(whereSeparator: \.isWhitespace) {
        if !line.isEmpty, indent.count + line.count + 1 + word.count > width {
            lines.append(indent + line)
            line = ""
        }
        line += line.isEmpty ? String(word) : " \(word)"
    }
    return (lines + [indent + line]).joined(separator: "\n")
}
