/// Finds lines in a YAML text as libyaml counts them.
///
/// Used after errors only: values carry the lines that libyaml says.
enum YAMLLines {
    typealias Text = UnsafeBufferPointer<UInt8>

    /// Whether the text begins with a UTF-16 byte order mark, so that its lines cannot be found by bytes.
    static func isUTF16(_ text: Text) -> Bool {
        text.starts(with: [0xFF, 0xFE]) || text.starts(with: [0xFE, 0xFF])
    }

    /// How many lines end before `offset`.
    static func count(_ text: Text, before offset: Int) -> Int {
        var lines = 0
        var index = 0
        while index < offset {
            let length = breakLength(text, at: index)
            if length > 0 { lines += 1 }
            index += max(length, 1)
        }
        return lines
    }

    /// Where the line begins that has this number, counted from 0; the end of the text if there is none.
    static func start(ofLine line: Int, in text: Text) -> Int {
        var remaining = line
        var index = 0
        while remaining > 0, index < text.count {
            let length = breakLength(text, at: index)
            if length > 0 { remaining -= 1 }
            index += max(length, 1)
        }
        return index
    }

    /// The character at a line and a column, both counted from 0, and what follows it; empty at the end of the line.
    static func rest(line: Int, column: Int, in text: Text) -> Substring {
        let start = start(ofLine: line, in: text)
        var end = start
        while end < text.count, breakLength(text, at: end) == 0 { end += 1 }
        let content = String(decoding: text[start..<end], as: UTF8.self)
        return Substring(content.unicodeScalars.dropFirst(column))
    }

    /// The line and the column, both counted from 0, behind the last character of the text that is not blank.
    static func endOfContent(_ text: Text) -> (line: Int, column: Int) {
        var end = text.count
        while end > 0, JSONReader.isBlank(text[end - 1]) { end -= 1 }
        let line = count(text, before: end)
        let column = text[min(start(ofLine: line, in: text), end)..<end].count { $0 & 0xC0 != 0x80 }
        return (line, column)
    }

    /// The first line that begins a document with `---`, from the line of `offset` on, but behind `start`.
    static func documentMarker(_ text: Text, from offset: Int, after start: Int) -> Int? {
        var index = max(offset, start + 1)
        while index < text.count {
            if isDocumentMarker(text, at: index) { return index }
            index += 1
        }
        return nil
    }

    /// The last line that begins a document with `---` at or before `offset`, but behind `start`.
    static func lastDocumentMarker(_ text: Text, before offset: Int, after start: Int) -> Int? {
        var index = min(offset, text.count - 1)
        while index > start {
            if isDocumentMarker(text, at: index) { return index }
            index -= 1
        }
        return nil
    }

    private static func isDocumentMarker(_ text: Text, at index: Int) -> Bool {
        guard text[index] == UInt8(ascii: "-"), index > 0, index + 3 <= text.count,
            text[index - 1] == 0x0A || text[index - 1] == 0x0D,
            text[index + 1] == UInt8(ascii: "-"), text[index + 2] == UInt8(ascii: "-")
        else { return false }
        return index + 3 == text.count || JSONReader.isBlank(text[index + 3])
    }

    /// The length of the line break at `index`, or 0: CR LF, CR, LF, and U+0085, U+2028, U+2029 of YAML 1.1.
    private static func breakLength(_ text: Text, at index: Int) -> Int {
        switch text[index] {
        case 0x0A: 1
        case 0x0D: index + 1 < text.count && text[index + 1] == 0x0A ? 2 : 1
        case 0xC2: index + 1 < text.count && text[index + 1] == 0x85 ? 2 : 0
        case 0xE2:
            index + 2 < text.count && text[index + 1] == 0x80 && text[index + 2] & 0xFE == 0xA8 ? 3 : 0
        default: 0
        }
    }
}
