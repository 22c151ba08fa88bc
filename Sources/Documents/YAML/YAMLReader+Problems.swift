import CLibYAML

/// libyaml's errors in our words: what was found, what was expected, and where a person has to look.
extension YAMLReader {
    func problem(for failure: YAMLFailure, in segment: YAMLLines.Text, lineBase: Int) -> Problem {
        let rest = YAMLLines.rest(line: failure.mark.line, column: failure.mark.column, in: segment)
        let atEnd = YAMLLines.start(ofLine: failure.mark.line, in: segment) >= segment.count
        let found = atEnd ? "the end of the text" : Self.describe(rest)
        let (message, isAtContext) = Self.message(
            failure, found: found, first: rest.unicodeScalars.first,
            contextLine: lineBase + failure.contextMark.line + 1)
        // libyaml begins a new line at the end of the text; a person looks behind the last character.
        let mark =
            isAtContext ? failure.contextMark : atEnd ? YAMLLines.endOfContent(segment) : failure.mark
        return Problem(file: file, line: lineBase + mark.line + 1, column: mark.column + 1, message: message)
    }

    /// A byte or character that YAML does not admit.
    func unreadableProblem(_ failure: YAMLFailure, _ text: YAMLLines.Text, at offset: Int) -> Problem {
        let line = YAMLLines.count(text, before: offset)
        let start = YAMLLines.start(ofLine: line, in: text)
        let column = start < offset ? text[start..<offset].count { $0 & 0xC0 != 0x80 } : 0
        let message: String
        if failure.problem == "control characters are not allowed", offset < text.count {
            let rest = String(decoding: text[offset..<min(offset + 4, text.count)], as: UTF8.self)
            let code = CharacterName.hex(rest.unicodeScalars.first?.value ?? 0, digits: 4)
            message = "found the control character U+\(code), expected text without it"
        } else if offset < text.count {
            message =
                "found the byte 0x\(CharacterName.hex(UInt32(text[offset]), digits: 2)), expected UTF-8 text"
        } else {
            message = "found the end of the text inside a character, expected UTF-8 text"
        }
        return Problem(file: file, line: line + 1, column: column + 1, message: message)
    }

    /// The word at the start of `rest`, in quotes and not too long.
    private static func describe(_ rest: Substring) -> String {
        guard let first = rest.unicodeScalars.first else { return "the end of the line" }
        if first == "\t" { return "a tab" }
        if ",[]{}:".unicodeScalars.contains(first) { return "'\(first)'" }
        let word = rest.unicodeScalars.prefix { !" \t,[]{}".unicodeScalars.contains($0) }
        return word.isEmpty ? "a space" : "'\(CharacterName.visible(Substring(word), limit: 24))'"
    }

    /// The message, and whether it is about the place where the construct began.
    private static func message(
        _ failure: YAMLFailure, found: String, first: UnicodeScalar?, contextLine: Int
    ) -> (String, isAtContext: Bool) {
        switch failure.problem {
        case "found character that cannot start any token":
            if first == "\t" { return ("found a tab, expected spaces for indentation", false) }
            return ("found \(found), expected a value (text that begins so needs quotes)", false)
        case "found a tab character where an indentation space is expected",
            "found a tab character that violates indentation":
            return ("found a tab, expected spaces for indentation", false)
        case "could not find expected ':'":
            return ("found text without ':' behind it, expected 'key: value'", true)
        case "mapping values are not allowed in this context":
            return (
                "found a second ':', expected 'key: value' on a line of its own (text with ': ' needs quotes)",
                false
            )
        case "block sequence entries are not allowed in this context":
            return ("found '-', expected the list to begin on a line of its own", false)
        case "mapping keys are not allowed in this context":
            return ("found '?', expected the mapping to begin on a line of its own", false)
        case "found unexpected document indicator", "found unexpected end of stream":
            return ("found quoted text without closing quote, expected one before the document ends", true)
        case "did not find expected ',' or ']'":
            return ("found \(found), expected ',' or ']' (the list begins on line \(contextLine))", false)
        case "did not find expected ',' or '}'":
            return ("found \(found), expected ',' or '}' (the mapping begins on line \(contextLine))", false)
        case "did not find expected key":
            return (
                "found \(found), expected a key in line with the mapping that begins on line \(contextLine)",
                false
            )
        case "did not find expected '-' indicator":
            return (
                "found \(found), expected '- ' in line with the list that begins on line \(contextLine)",
                false
            )
        case "did not find expected node content":
            return ("found \(found), expected a value", false)
        case "did not find expected <document start>":
            return ("found \(found), expected '---' or the end of the text", false)
        default:
            return (rareMessage(failure, found: found), false)
        }
    }

    /// Escapes, tags, anchors, directives.
    private static func rareMessage(_ failure: YAMLFailure, found: String) -> String {
        switch failure.problem {
        case "found unknown escape character", "did not find expected hexdecimal number",
            "found invalid Unicode character escape code":
            return "found an escape that YAML does not know, expected one such as \\n, \\\", \\\\ or \\u00E9"
        case "did not find expected alphabetic or numeric character":
            let what = failure.context == "while scanning an alias" ? "alias" : "anchor"
            return "found \(found) in the name of an \(what), expected letters, digits, '-' and '_'"
        case "found undefined tag handle":
            return "found a tag with an undeclared prefix, expected one such as !!str"
        case "found an indentation indicator equal to 0":
            return "found the indentation 0 behind '|' or '>', expected 1 to 9"
        case "did not find expected comment or line break":
            return "found \(found), expected the end of the line"
        case "found incompatible YAML document":
            return "found another version of YAML, expected %YAML 1.1 or 1.2"
        case "found duplicate %YAML directive", "found duplicate %TAG directive":
            return "found a directive a second time, expected it once"
        default:
            break
        }
        switch failure.type {
        case YAML_MEMORY_ERROR:
            return "found a text that memory does not hold, expected a smaller one"
        case YAML_READER_ERROR:
            return "found bytes that are no text, expected UTF-8 or UTF-16 with a byte order mark"
        default:
            let what =
                if failure.context.contains("tag") {
                    "a tag"
                } else if failure.context.contains("directive") {
                    "a directive"
                } else {
                    "YAML"
                }
            return "found \(found), expected \(what) in its right form"
        }
    }
}
