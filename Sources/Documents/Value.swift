/// One value of a parsed YAML or JSON text, and where it stands.
///
/// Cheap to copy: a reference to what all values of the text share, and an index. A value keeps its whole text in
/// memory.
public struct Value: Sendable {
    /// What a value is.
    public enum Kind: Sendable {
        /// Nothing: JSON `null`, YAML `~` or an empty place.
        case null
        /// True or false.
        case bool
        /// A whole number that fits 64 bits with a sign.
        case integer
        /// Any other number.
        case float
        /// Text.
        case string
        /// A list.
        case sequence
        /// Members with a name each.
        case mapping
    }

    let tape: Tape
    let index: Int

    private var entry: TapeEntry { tape.entries[index] }

    /// What the value is; the other properties answer nil where they ask for something else.
    public var kind: Kind {
        switch entry.kind {
        case .null: .null
        case .false, .true: .bool
        case .integer: .integer
        case .float: .float
        case .string: .string
        case .sequence: .sequence
        case .mapping: .mapping
        }
    }

    /// The file that the text came from, as the parser was told.
    public var file: String { tape.file(at: index) }

    /// The line where the value begins, counted from 1.
    ///
    /// - Complexity: O(log *lines*) in JSON, O(1) in YAML.
    public var line: Int { tape.line(of: entry) }

    /// The column where the value begins, in characters counted from 1; YAML stops counting at 65,536.
    ///
    /// - Complexity: O(log *lines*) and a short scan in JSON, O(1) in YAML.
    public var column: Int { tape.column(of: entry) }

    /// Whether the value is null.
    public var isNull: Bool { entry.kind == .null }

    /// The value as a Bool.
    public var bool: Bool? {
        switch entry.kind {
        case .true: true
        case .false: false
        default: nil
        }
    }

    /// The value as a whole number; floats are nil even where they are whole.
    public var integer: Int64? {
        entry.kind == .integer ? Int64(tape.text(of: entry)) : nil
    }

    /// The value, integer or float, as the nearest Double; infinite where it is beyond a Double's range.
    public var double: Double? {
        switch entry.kind {
        case .integer: return integer.map(Double.init)
        case .float: return NumberText.double(tape.text(of: entry))
        default: return nil
        }
    }

    /// The value as text.
    public var string: String? {
        entry.kind == .string ? tape.text(of: entry) : nil
    }

    /// The text of any scalar but null.
    ///
    /// An integer's is canonical decimal (`0x1F` reads `31`), a float's is as written, so that no digit is lost.
    public var scalarText: String? {
        switch entry.kind {
        case .null, .sequence, .mapping: nil
        case .false: "false"
        case .true: "true"
        case .integer, .float, .string: tape.text(of: entry)
        }
    }

    /// The number of members or elements; 0 for a scalar.
    public var count: Int {
        entry.kind == .sequence || entry.kind == .mapping ? Int(entry.first) : 0
    }

    /// The member of a mapping that is called `key`; nil if there is none, while one that is null is present.
    ///
    /// - Complexity: O(*members*); no allocation.
    public subscript(_ key: String) -> Value? {
        guard entry.kind == .mapping else { return nil }
        return tape.value(of: key, inMappingAt: index).map { Value(tape: tape, index: $0) }
    }

    /// What to call a value of this kind in a message, such as `a string`.
    public var kindName: String {
        switch kind {
        case .null: "null"
        case .bool: "a boolean"
        case .integer: "an integer"
        case .float: "a number"
        case .string: "a string"
        case .sequence: "a list"
        case .mapping: "a mapping"
        }
    }
}
