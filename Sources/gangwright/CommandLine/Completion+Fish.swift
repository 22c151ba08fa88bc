extension Completion {
    /// One `complete` line a word, under the condition that its command has been typed.
    static func fish(_ root: Command) -> String {
        let commands = root.flattened()
        let condition = "__\(root.name)_at"
        let selecting = commands.dropFirst().map { quoted($0.names.joined(separator: " ")) }
        let skipping = valueOptions(commands).map(quoted)
        return """
            # Completion of \(root.name) for fish. Load it with: \(root.name) completion fish | source
            function \(condition)
                set -l path \(quoted(root.name))
                set -l skip 0
                set -l words (commandline -opc)
                for word in $words[2..-1]
                    if test $skip = 1
                        set skip 0
                        continue
                    end
                    switch "$path $word"
            \(branch(selecting, "set path \"$path $word\""))
            \(branch(skipping, "set skip 1"))
                    end
                end
                test "$path" = "$argv"
            end
            complete -c \(root.name) -f
            \(commands.flatMap { lines($0, condition: condition) }.joined(separator: "\n"))

            """
    }

    private static func branch(_ patterns: [String], _ action: String) -> String {
        patterns.isEmpty
            ? "" : "            case \(patterns.joined(separator: " "))\n                \(action)"
    }

    private static func lines(_ path: [Command], condition: String) -> [String] {
        guard let command = path.last else { return [] }
        let names = path.names
        let start = "complete -c \(names[0]) -n \(quoted("\(condition) \(names.joined(separator: " "))"))"
        var lines = command.subcommands.map { "\(start) -a \(quoted($0.name)) -d \(quoted($0.abstract))" }
        for positional in command.positionals {
            if positional.takesFile { lines.append("\(start) -F") }
            if !positional.choices.isEmpty {
                let choices = quoted(positional.choices.joined(separator: " "))
                lines.append("\(start) -a \(choices) -d \(quoted(positional.help))")
            }
        }
        for option in path.optionsInScope {
            let short = option.short.map { " -s \($0)" } ?? ""
            var value = ""
            if option.metavar != nil {
                value = option.takesFile ? " -r -F" : " -x"
                if !option.choices.isEmpty { value += " -a \(quoted(option.choices.joined(separator: " ")))" }
            }
            lines.append("\(start) -l \(option.name)\(short)\(value) -d \(quoted(option.help))")
        }
        return lines
    }
}
