/// What stops the reading of a JSON text.
struct JSONError: Error, Equatable {
    let offset: Int
    let message: String
    /// Whether the text may be meant as YAML's flow style: what was found is a word that only YAML knows.
    var mayBeYAML = false
}

extension JSONReader {
    /// The grammar's states: what may stand next.
    enum State {
        case value
        case elementOrEnd
        case keyOrEnd
        case key
        case colon
        case commaOrEndOfMapping
        case commaOrEndOfSequence

        var expected: String {
            switch self {
            case .value: "a value"
            case .elementOrEnd: "a value or ']'"
            case .keyOrEnd: "a key in double quotes or '}'"
            case .key: "a key in double quotes"
            case .colon: "':' after the key"
            case .commaOrEndOfMapping: "',' or '}'"
            case .commaOrEndOfSequence: "',' or ']'"
            }
        }
    }

    func unexpectedToken(at offset: Int, in state: State) -> JSONError {
        let word = word(at: offset)
        let mayBeYAML =
            switch state {
            case .value, .elementOrEnd, .key, .keyOrEnd:
                !Self.isStructural(source[offset]) && source[offset] != UInt8(ascii: "\"")
            case .colon, .commaOrEndOfMapping, .commaOrEndOfSequence:
                // YAML reads `1 2` as one text where JSON misses a comma. Of words, only a comment may stand here.
                source[offset] == UInt8(ascii: "#")
            }
        return JSONError(
            offset: offset, message: "found \(word), expected \(state.expected)", mayBeYAML: mayBeYAML)
    }

    func trailingComma(at comma: Int, before close: UInt8) -> JSONError {
        let what = close == UInt8(ascii: "}") ? "another member" : "another element"
        let bracket = Character(UnicodeScalar(close))
        return JSONError(
            offset: comma, message: "found a comma before '\(bracket)', expected \(what) or no comma")
    }

    func malformedNumber(at offset: Int) -> JSONError {
        let message =
            "found \(word(at: offset)), expected a number as JSON writes it, such as 10, -0.5 or 1e3"
        return JSONError(offset: offset, message: message, mayBeYAML: true)
    }

    func tooDeep(at offset: Int) -> JSONError {
        let limit = DocumentParser.maximumDepth
        let message = "found lists and mappings nested deeper than \(limit) levels, expected at most \(limit)"
        return JSONError(offset: offset, message: message)
    }

    func endOfText(in state: State) -> JSONError {
        var end = source.count
        while end > 0, Self.isBlank(source[end - 1]) { end -= 1 }
        var message = "found the end of the text, expected \(state.expected)"
        if let open = open.last {
            let entry = builder.entries[open.index]
            let what = entry.kind == .mapping ? "mapping" : "list"
            message +=
                " (the \(what) begins on line \(1 + source[..<Int(entry.position)].count { $0 == 0x0A }))"
        }
        return JSONError(offset: end, message: message)
    }

    func lexicalError(_ failure: JSONTokens.Failure) -> JSONError {
        JSONError(offset: failure.offset, message: message(for: failure))
    }

    private func message(for failure: JSONTokens.Failure) -> String {
        let byte = source[failure.offset]
        switch failure.reason {
        case .notUTF8:
            return "found the byte 0x\(CharacterName.hex(UInt32(byte), digits: 2)), expected UTF-8 text"
        case .unclosedString:
            return "found a string without closing quote, expected one before the end of the text"
        case .controlCharacterInString:
            switch byte {
            case UInt8(ascii: "\n"), UInt8(ascii: "\r"):
                return "found a line break inside a string, expected a closing quote or \\n"
            case UInt8(ascii: "\t"):
                return "found a tab inside a string, expected \\t"
            default:
                let code = CharacterName.hex(UInt32(byte), digits: 4)
                return "found the control character U+\(code) inside a string, expected \\u\(code)"
            }
        }
    }

    /// The token at `offset` as a message shows it, in quotes and not too long.
    private func word(at offset: Int) -> String {
        if Self.isStructural(source[offset]) { return "'\(Character(UnicodeScalar(source[offset])))'" }
        let isString = source[offset] == UInt8(ascii: "\"")
        var end = offset + 1
        while end < source.count {
            if isString ? source[end] == UInt8(ascii: "\"") : Self.endsScalar(source[end]) { break }
            end += 1
        }
        let limit = 24
        let text = String(decoding: source[offset..<min(end, offset + 4 * limit)], as: UTF8.self)
        let shown = CharacterName.visible(text.dropFirst(isString ? 1 : 0), limit: limit)
        return isString ? "the string \"\(shown)\"" : "'\(shown)'"
    }
}
