/// An option of a command, declared as a value: how it is spelled, what it takes, what it is for.
struct Option: Equatable, Sendable {
    /// Name without dashes, such as `output`.
    var name: String
    /// Letter of the short form; nil for none.
    var short: Character?
    /// What stands for the value in help, such as `FILE`; nil for a flag, which takes no value.
    var metavar: String?
    /// One sentence for the help, without a full stop.
    var help: String
    /// Whether every occurrence counts; otherwise the last one wins.
    var isRepeatable: Bool
    /// Whether leaving it out is an error.
    var isRequired: Bool
    /// The value when it is left out.
    var defaultValue: String?
    /// The only values allowed; empty for any.
    var choices: [String]
    /// The range of a whole number; nil for any text.
    var integers: ClosedRange<Int>?

    /// Declares an option that takes a value.
    init(
        name: String, short: Character? = nil, metavar: String, help: String, repeatable: Bool = false,
        required: Bool = false, default defaultValue: String? = nil, choices: [String] = [],
        integers: ClosedRange<Int>? = nil
    ) {
        self.name = name
        self.short = short
        self.metavar = metavar
        self.help = help
        isRepeatable = repeatable
        isRequired = required
        self.defaultValue = defaultValue
        self.choices = choices
        self.integers = integers
    }

    /// Declares a flag: present or not.
    static func flag(_ name: String, short: Character? = nil, help: String) -> Option {
        var option = Option(name: name, short: short, metavar: "", help: help)
        option.metavar = nil
        return option
    }

    /// Every command has it.
    static let help = Option.flag("help", short: "h", help: "Show this help")

    /// Whether a shell should offer file names for the value.
    var takesFile: Bool { Self.isFile(metavar ?? "") }

    /// The long form as it is typed.
    var spelling: String { "--\(name)" }

    /// The long form with what stands for its value.
    var usage: String { metavar.map { "\(spelling) \($0)" } ?? spelling }

    static func isFile(_ metavar: String) -> Bool {
        metavar.split(separator: "|").contains { $0.hasSuffix("FILE") || $0.hasSuffix("DIR") }
    }
}

/// An argument that is known by its place.
struct Positional: Equatable, Sendable {
    /// What stands for it in help, in capitals; also the name to ask for it.
    var name: String
    /// One sentence for the help, without a full stop.
    var help: String
    /// Whether leaving it out is an error.
    var isRequired: Bool
    /// Whether it takes all words that are left; only for the last one.
    var isRepeatable: Bool
    /// The only values allowed; empty for any.
    var choices: [String]

    /// Declares an argument.
    init(
        _ name: String, help: String, required: Bool = true, repeatable: Bool = false, choices: [String] = []
    ) {
        self.name = name
        self.help = help
        isRequired = required
        isRepeatable = repeatable
        self.choices = choices
    }

    /// Whether a shell should offer file names for it.
    var takesFile: Bool { Option.isFile(name) }

    /// `NAME`, `[NAME]`, `NAME...` or `[NAME...]`.
    var usage: String {
        let text = isRepeatable ? "\(name)..." : name
        return isRequired ? text : "[\(text)]"
    }
}
