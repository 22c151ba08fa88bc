/// Writes the script that makes a shell complete commands, options, choices and file names.
///
/// The scripts are generated from the command tree alone and hold everything: completing never starts the program.
enum Completion {
    enum Shell: String, CaseIterable, Sendable {
        case bash, zsh, fish
    }

    /// The script for a shell, to be sourced or stored where the shell looks for completions.
    static func script(for root: Command, shell: Shell) -> String {
        switch shell {
        case .bash: bash(root)
        case .zsh: zsh(root)
        case .fish: fish(root)
        }
    }

    /// A word for a shell in single quotes.
    static func quoted(_ text: String) -> String {
        var quoted = "'"
        for character in text {
            quoted += character == "'" ? "'\\''" : String(character)
        }
        return quoted + "'"
    }

    /// Every way to write the options that take a value, at every command, each behind its command's path.
    static func valueOptions(_ commands: [[Command]]) -> [String] {
        commands.flatMap { path in
            path.optionsInScope.filter { $0.metavar != nil }.flatMap { option in
                spellings(option).map { "\(path.names.joined(separator: " ")) \($0)" }
            }
        }
    }

    /// The long form, then the short one.
    static func spellings(_ option: Option) -> [String] {
        [option.spelling] + (option.short.map { ["-\($0)"] } ?? [])
    }
}
