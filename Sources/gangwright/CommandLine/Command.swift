/// A command, declared as a value: what it is for, what it takes, which commands lie below it.
///
/// The tree is all that parsing, help and shell completion know; what a command does is decided elsewhere, by the
/// path of the parsed command.
///
/// ```swift
/// let root = Command(
///     "gangwright", abstract: "Schedules gangs",
///     subcommands: [Command("schedule", abstract: "Runs cycles", options: [cluster, output])])
/// let parsed = try root.parse(["schedule", "--cluster", "nodes.yaml", "-ojson"])
/// parsed.path                         // ["gangwright", "schedule"]
/// parsed.arguments.value("output")    // "json"
/// ```
struct Command: Equatable, Sendable {
    /// A command line to copy, and what it shows.
    struct Example: Equatable, Sendable {
        var purpose: String
        var line: String

        init(_ purpose: String, _ line: String) {
            self.purpose = purpose
            self.line = line
        }
    }

    /// The word that selects it.
    var name: String
    /// One sentence, without a full stop.
    var abstract: String
    /// Further paragraphs for its own help, separated by empty lines; may be empty.
    var discussion: String
    var examples: [Example]
    /// Options understood from here on downwards.
    var options: [Option]
    /// Arguments by place; only where there are no subcommands.
    var positionals: [Positional]
    var subcommands: [Command]
    /// The command below that is meant where none is named; nil where one must be.
    var defaultSubcommand: String?

    /// Declares a command.
    init(
        _ name: String, abstract: String, discussion: String = "", examples: [Example] = [],
        options: [Option] = [],
        positionals: [Positional] = [], subcommands: [Command] = [], defaultSubcommand: String? = nil
    ) {
        precondition(
            positionals.isEmpty || subcommands.isEmpty, "a word cannot be both a command and an argument")
        precondition(positionals.dropLast().allSatisfy { !$0.isRepeatable && $0.isRequired })
        self.name = name
        self.abstract = abstract
        self.discussion = discussion
        self.examples = examples
        self.options = options
        self.positionals = positionals
        self.subcommands = subcommands
        self.defaultSubcommand = defaultSubcommand
    }

    /// The command directly below with that name.
    func subcommand(_ name: some StringProtocol) -> Command? {
        subcommands.first { $0.name == name }
    }

    /// This command and the ones below it along a path that starts with its own name; nil if there is no such path.
    func commands(along path: [String]) -> [Command]? {
        guard path.first == name else { return nil }
        var commands = [self]
        for name in path.dropFirst() {
            guard let next = commands[commands.count - 1].subcommand(name) else { return nil }
            commands.append(next)
        }
        return commands
    }

    /// Every command of the tree with the path that leads to it, parents before children, in order of declaration.
    func flattened(below parents: [Command] = []) -> [[Command]] {
        let here = parents + [self]
        return [here] + subcommands.flatMap { $0.flattened(below: here) }
    }
}

extension [Command] {
    /// The options that are understood at the end of a path, nearest first, `--help` last.
    var optionsInScope: [Option] {
        reversed().flatMap(\.options) + [.help]
    }

    /// The words that select the last one.
    var names: [String] { map(\.name) }
}
