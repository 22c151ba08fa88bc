import Documents

/// An argument that a plugin or action takes.
///
///     ArgumentSchema(name: "binpack.weight", kind: .integer(default: 1))
///     ArgumentSchema(name: "sla-waiting-time", kind: .duration(default: nil))
///     ArgumentSchema(name: "tdm.revocable-zone.*", kind: .string(default: nil)) { value in
///         Window(value.scalarText ?? "") == nil ? "expected HH:MM-HH:MM" : nil
///     }
struct ArgumentSchema: Sendable {
    enum Kind: Sendable {
        case integer(default: Int64)
        case float(default: Double)
        case bool(default: Bool)
        /// A list of names, separated by commas.
        case names
        /// Text as it is, nil where the file gives none.
        case string(default: String?)
        /// A Go duration such as `1h30m`, nil where the file gives none.
        case duration(default: Duration?)
        /// A list or mapping, for the plugin to read; `expected` says what it should be.
        case structure(expected: String)
    }

    /// The argument's name; a trailing `*` stands for any rest.
    let name: String
    let kind: Kind
    /// The values that make sense. Beyond them, scores could not be told apart from nonsense.
    var range: ClosedRange<Int64> = -1_000_000...1_000_000
    /// Says what is wrong with a value of the right type, nil if nothing is; the default then stays in force.
    var check: (@Sendable (Value) -> String?)?

    func matches(_ key: String) -> Bool {
        name.hasSuffix("*") ? key.hasPrefix(name.dropLast()) && key.count >= name.count : key == name
    }

    /// Whether any rest of the name may follow.
    var isFamily: Bool { name.hasSuffix("*") }
}
