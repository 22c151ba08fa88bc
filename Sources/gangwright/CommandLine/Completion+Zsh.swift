extension Completion {
    /// One function a command, each a call of zsh's own `_arguments`.
    static func zsh(_ root: Command) -> String {
        let main = "_\(root.name)"
        return """
            #compdef \(root.name)
            # Completion of \(root.name) for zsh. Load it with: source <(\(root.name) completion zsh)
            \(root.flattened().map(function).joined(separator: "\n"))
            if [[ $funcstack[1] == \(main) ]]; then
                \(main) "$@"
            else
                compdef \(main) \(root.name)
            fi

            """
    }

    private static func name(_ path: [Command]) -> String {
        "_" + path.names.joined(separator: "_")
    }

    private static func function(_ path: [Command]) -> String {
        guard let command = path.last else { return "" }
        var specifications = path.optionsInScope.map(specification)
        if command.subcommands.isEmpty {
            specifications += command.positionals.map(specification)
            return """
                \(name(path))() {
                    _arguments -s -S \\
                        \(specifications.joined(separator: " \\\n        "))
                }
                """
        }
        specifications += ["'1: :->command'", "'*:: :->rest'"]
        let described = command.subcommands.map { quoted("\($0.name):\($0.abstract)") }
        let branches = command.subcommands.map { "                \($0.name)) \(name(path + [$0])) ;;" }
        return """
            \(name(path))() {
                local curcontext="$curcontext" state line
                typeset -A opt_args
                _arguments -C -s \\
                    \(specifications.joined(separator: " \\\n        "))
                case $state in
                    command)
                        local -a commands
                        commands=(\(described.joined(separator: " ")))
                        _describe -t commands command commands
                        ;;
                    rest)
                        case $words[1] in
            \(branches.joined(separator: "\n"))
                        esac
                        ;;
                esac
            }
            """
    }

    /// An option as `_arguments` wants it.
    ///
    /// For example `'(-o --output)'{-o+,--output=}'[help]:FORMAT:(table json)'`.
    private static func specification(_ option: Option) -> String {
        let takesValue = option.metavar != nil
        let long = option.spelling + (takesValue ? "=" : "")
        let exclusive = option.isRepeatable ? "*" : "(\(spellings(option).joined(separator: " ")))"
        let value =
            option.metavar.map { ":\(escaped($0)):\(action(option.choices, takesFile: option.takesFile))" }
            ?? ""
        let rest = quoted("[\(escaped(option.help))]\(value)")
        guard let short = option.short else { return quoted(exclusive) + long + rest }
        return quoted(exclusive) + "{-\(short)\(takesValue ? "+" : ""),\(long)}" + rest
    }

    private static func specification(_ positional: Positional) -> String {
        let place = positional.isRepeatable ? "*:" : positional.isRequired ? ":" : "::"
        let action = action(positional.choices, takesFile: positional.takesFile)
        return quoted("\(place)\(escaped(positional.name)):\(action)")
    }

    private static func action(_ choices: [String], takesFile: Bool) -> String {
        if !choices.isEmpty { return "(\(choices.joined(separator: " ")))" }
        return takesFile ? "_files" : " "
    }

    /// Characters that `_arguments` reads as its own.
    private static func escaped(_ text: String) -> String {
        String(text.flatMap { "[]:\\".contains($0) ? ["\\", $0] : [$0] })
    }
}
