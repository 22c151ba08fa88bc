import Documents

func parse(_ text: String, file: String = "input") -> ParsedText {
    DocumentParser.parse(Array(text.utf8), file: file)
}

/// The problems of a text as a person reads them, with the column: `line:column message`.
func problems(_ text: String) -> [String] {
    parse(text).problems.map { "\($0.line):\($0.column) \($0.message)" }
}

/// The only document of a text; nil if it has problems.
func document(_ text: String) -> Value? {
    let parsed = parse(text)
    return parsed.problems.isEmpty && parsed.documents.count == 1 ? parsed.documents.first : nil
}

/// A tree as nested text: kinds and values without places, to compare with a literal.
func outline(_ value: Value) -> String {
    switch value.kind {
    case .null: "null"
    case .bool: "bool \(value.bool.map(String.init) ?? "?")"
    case .integer: "int \(value.integer.map { String($0) } ?? "?")"
    case .float: "float \(value.scalarText ?? "?")"
    case .string: "'\(value.string ?? "?")'"
    case .sequence: "[" + value.elements.map(outline).joined(separator: ", ") + "]"
    case .mapping:
        "{" + value.members.map { "\($0.key): \(outline($0.value))" }.joined(separator: ", ") + "}"
    }
}

func outline(_ text: String) -> String {
    parse(text).documents.map(outline).joined(separator: " / ")
}
