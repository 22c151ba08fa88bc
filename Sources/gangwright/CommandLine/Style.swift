/// Colours a text, or leaves it plain where colours are not wanted.
struct Style: Equatable, Sendable {
    /// What a colour says; the number is its code among ANSI's display attributes.
    enum Tint: Int, Sendable {
        case strong = 1
        case faint = 2
        case bad = 31
        case good = 32
        case doubtful = 33
    }

    /// Whether escape codes are written.
    var usesColor: Bool

    /// No colours.
    static let plain = Style(usesColor: false)

    init(usesColor: Bool) {
        self.usesColor = usesColor
    }

    /// Colours for a terminal only, and not where `NO_COLOR` is set to anything or the terminal is a dumb one.
    init(isTerminal: Bool, environment: [String: String]) {
        let isForbidden = environment["NO_COLOR"].map { !$0.isEmpty } ?? false
        usesColor = isTerminal && !isForbidden && environment["TERM"] != "dumb"
    }

    /// The text between escape codes; an empty text stays empty.
    func paint(_ text: String, _ tint: Tint?) -> String {
        guard usesColor, let tint, !text.isEmpty else { return text }
        return "\u{1B}[\(tint.rawValue)m\(text)\u{1B}[0m"
    }
}
