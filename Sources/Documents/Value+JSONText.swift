extension Value {
    /// The value as it stands in its JSON text, on one line; nil if the text was YAML.
    ///
    /// What no reader of ours looks at survives, digit for digit, and no tree is built.
    ///
    /// - Parameter path: The keys that lead to a member which is left out; empty for none.
    /// - Complexity: O(*n*) in the length of the value's text.
    public func jsonText(without path: [String] = []) -> [UInt8]? {
        guard tape.lines != nil, !tape.source.isEmpty else { return nil }
        let source = tape.source
        let begin = Int(tape.entries[index].position)
        let end = JSONExtent.end(of: begin, in: source)
        var text: [UInt8]
        if let member = member(at: path[...]) {
            let hole = JSONExtent.member(from: member.key, value: member.value, in: source)
            text = []
            text.reserveCapacity(end - begin)
            text += source[begin..<hole.lowerBound]
            text += source[hole.upperBound..<end]
        } else {
            text = Array(source[begin..<end])
        }
        // Line feeds stand between tokens only: JSON has none inside of strings.
        for position in text.indices where text[position] == 0x0A || text[position] == 0x0D {
            text[position] = 0x20
        }
        return text
    }

    /// Where a member's key and value begin in the source.
    private func member(at path: ArraySlice<String>) -> (key: Int, value: Int)? {
        guard let key = path.first, kind == .mapping,
            let found = tape.value(of: key, inMappingAt: index)
        else { return nil }
        if path.count > 1 { return Value(tape: tape, index: found).member(at: path.dropFirst()) }
        return (Int(tape.entries[found - 1].position), Int(tape.entries[found].position))
    }
}

/// Where things end in a JSON text that has been read without an error.
private enum JSONExtent {
    /// The end of the value that begins at an offset.
    static func end(of begin: Int, in source: [UInt8]) -> Int {
        let source = source.span
        var depth = 0
        var offset = begin
        while offset < source.count {
            switch source[offset] {
            case UInt8(ascii: "\""):
                offset += 1
                while source[offset] != UInt8(ascii: "\"") {
                    offset += source[offset] == UInt8(ascii: "\\") ? 2 : 1
                }
                if depth == 0 { return offset + 1 }
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                // Of a number or a word this is the end of what it stands in.
                if depth == 0 { return offset }
                depth -= 1
                if depth == 0 { return offset + 1 }
            case UInt8(ascii: ","), 0x09, 0x0A, 0x0D, 0x20: if depth == 0 { return offset }
            default: break
            }
            offset += 1
        }
        return source.count
    }

    /// What a member takes, with the comma that it no longer needs.
    static func member(from key: Int, value: Int, in source: [UInt8]) -> Range<Int> {
        var end = end(of: value, in: source)
        while JSONReader.isBlank(source[end]) { end += 1 }
        if source[end] == UInt8(ascii: ",") { return key..<end + 1 }
        var begin = key
        while JSONReader.isBlank(source[begin - 1]) { begin -= 1 }
        if source[begin - 1] == UInt8(ascii: ",") { begin -= 1 }
        return begin..<end
    }
}
