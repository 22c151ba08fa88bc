extension OutputValue {
    /// The tree as JSON (RFC 8259), without a line feed at the end.
    ///
    /// - Parameter pretty: Whether members and elements stand on lines of their own, indented by two spaces.
    /// - Complexity: O(*n*) in the size of the tree.
    public func json(pretty: Bool = true) -> String {
        var writer = JSONWriter(pretty: pretty)
        writer.write(self, depth: 0)
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}

private struct JSONWriter {
    let pretty: Bool
    var bytes: [UInt8] = []

    mutating func write(_ value: OutputValue, depth: Int) {
        switch value {
        case .null: append("null")
        case .bool(let value): append(value ? "true" : "false")
        case .integer(let value): append(String(value))
        // Swift's shortest form that reads back the same is valid JSON for every finite number.
        case .number(let value): append(value.isFinite ? value.description : "null")
        case .string(let text): writeString(text)
        case .list(let elements):
            writeContainer("[", "]", elements, depth: depth) { writer, element in
                writer.write(element, depth: depth + 1)
            }
        case .object(let members):
            writeContainer("{", "}", members, depth: depth) { writer, member in
                writer.writeString(member.0)
                writer.append(writer.pretty ? ": " : ":")
                writer.write(member.1, depth: depth + 1)
            }
        }
    }

    private mutating func append(_ text: String) {
        bytes.append(contentsOf: text.utf8)
    }

    private mutating func writeContainer<Item>(
        _ open: String, _ close: String, _ items: [Item], depth: Int,
        _ write: (inout JSONWriter, Item) -> Void
    ) {
        append(open)
        for (ordinal, item) in items.enumerated() {
            if ordinal > 0 { append(",") }
            breakLine(depth: depth + 1)
            write(&self, item)
        }
        if !items.isEmpty { breakLine(depth: depth) }
        append(close)
    }

    private mutating func breakLine(depth: Int) {
        guard pretty else { return }
        bytes.append(0x0A)
        bytes.append(contentsOf: repeatElement(0x20, count: 2 * depth))
    }

    private mutating func writeString(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""): append("\\\"")
            case UInt8(ascii: "\\"): append("\\\\")
            case 0x08: append("\\b")
            case 0x09: append("\\t")
            case 0x0A: append("\\n")
            case 0x0C: append("\\f")
            case 0x0D: append("\\r")
            case 0x00..<0x20: append("\\u" + CharacterName.hex(UInt32(byte), digits: 4))
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
