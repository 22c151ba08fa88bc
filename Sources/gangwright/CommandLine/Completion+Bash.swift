extension Completion {
    /// Runs in bash 3.2 and later, without the bash-completion package.
    static func bash(_ root: Command) -> String {
        let commands = root.flattened()
        let function = "_\(root.name)"
        return """
            # Completion of \(root.name) for bash. Load it with: source <(\(root.name) completion bash)
            \(function)() {
                local current="${COMP_WORDS[COMP_CWORD]}" before="${COMP_WORDS[COMP_CWORD - 1]}"
                local path=\(quoted(root.name)) index ended='' words='' files=''
                COMPREPLY=()
                # Bash takes the sign in --option=value as a word of its own.
                if [[ $current == '=' ]]; then
                    current=''
                elif [[ $before == '=' ]]; then
                    before="${COMP_WORDS[COMP_CWORD - 2]}"
                fi
                for ((index = 1; index < COMP_CWORD; index++)); do
                    case "$path ${COMP_WORDS[index]}" in
            \(alternatives(commands.dropFirst().map { $0.names.joined(separator: " ") }, "path=\"$path ${COMP_WORDS[index]}\""))
            \(alternatives(valueOptions(commands), """
                if [[ ${COMP_WORDS[index + 1]} == '=' ]]; then index=$((index + 1)); fi
                                index=$((index + 1))
                """))
                        *' --')
                            ended=1
                            break
                            ;;
                    esac
                done
                if [[ -z $ended ]]; then
                    case "$path $before" in
            \(commands.flatMap(values).joined(separator: "\n"))
                    esac
                fi
                if [[ -z $words && -z $files && -z $ended && $current == -* ]]; then
                    case "$path" in
            \(commands.map(options).joined(separator: "\n"))
                    esac
                fi
                if [[ -z $words && -z $files ]]; then
                    case "$path" in
            \(commands.map(arguments).joined(separator: "\n"))
                    esac
                fi
                if [[ -n $files ]]; then
                    local IFS=$'\\n'
                    compopt -o filenames 2>/dev/null
                    COMPREPLY=($(compgen -f -- "$current"))
                else
                    COMPREPLY=($(compgen -W "$words" -- "$current"))
                fi
            }
            complete -F \(function) \(root.name)

            """
    }

    /// One branch of a case statement.
    private static func alternatives(_ patterns: [String], _ action: String) -> String {
        guard !patterns.isEmpty else { return "            # none" }
        let joined = patterns.map(quoted).joined(separator: " | ")
        return """
                        \(joined))
                            \(action)
                            ;;
            """
    }

    /// What an option's value may be; an option that takes any text ends the completion.
    private static func values(_ path: [Command]) -> [String] {
        path.optionsInScope.filter { $0.metavar != nil }.map { option in
            let patterns = spellings(option).map { "\(path.names.joined(separator: " ")) \($0)" }
            let action =
                option.takesFile
                ? "files=1"
                : option.choices.isEmpty ? "return" : "words=\(quoted(option.choices.joined(separator: " ")))"
            return alternatives(patterns, action)
        }
    }

    private static func options(_ path: [Command]) -> String {
        alternatives([path.names.joined(separator: " ")], "words=\(quoted(optionWords(path)))")
    }

    /// Words that are no options; where none are wanted, the options after all.
    private static func arguments(_ path: [Command]) -> String {
        guard let command = path.last else { return "" }
        let words = command.subcommands.names + command.positionals.flatMap(\.choices)
        let files = command.positionals.contains(where: \.takesFile) ? "1" : ""
        let takesNone = command.subcommands.isEmpty && command.positionals.isEmpty
        let action =
            takesNone
            ? "if [[ -z $ended ]]; then words=\(quoted(optionWords(path))); fi"
            : "words=\(quoted(words.joined(separator: " "))) files=\(quoted(files))"
        return alternatives([path.names.joined(separator: " ")], action)
    }

    private static func optionWords(_ path: [Command]) -> String {
        path.optionsInScope.flatMap { spellings($0) }.joined(separator: " ")
    }
}
