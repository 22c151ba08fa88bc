/// Words, numbers and strings.
extension JSONReader {
    /// Whether a byte is JSON's white space.
    static func isBlank(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
    }

    /// Whether a byte is a token by itself.
    static func isStructural(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: ":"),
            UInt8(ascii: ","):
            true
        default: false
        }
    }

    /// Whether a number or word may not go on with this byte.
    static func endsScalar(_ byte: UInt8) -> Bool {
        isBlank(byte) || isStructural(byte)
    }

    mutating func readWord(
        _ word: StaticString, _ kind: TapeEntry.Kind, at offset: Int
    ) throws(JSONError) {
        let end = offset + word.utf8CodeUnitCount
        guard end <= source.count, end == source.count || Self.endsScalar(source[end]),
            word.withUTF8Buffer({ source[offset..<end].elementsEqual($0) })
        else { throw unexpectedToken(at: offset, in: .value) }
        builder.append(kind, position: UInt32(offset), text: offset..<end)
    }

    /// Reads the number at `offset`: an integer if it is whole in form and fits 64 bits, a float otherwise.
    mutating func readNumber(at offset: Int) throws(JSONError) {
        let isNegative = source[offset] == UInt8(ascii: "-")
        let firstDigit = isNegative ? offset + 1 : offset
        var end = endOfDigits(from: firstDigit)
        guard end > firstDigit, end == firstDigit + 1 || source[firstDigit] != UInt8(ascii: "0") else {
            throw malformedNumber(at: offset)
        }
        var isWhole = true
        if end < source.count, source[end] == UInt8(ascii: ".") {
            isWhole = false
            let fraction = end + 1
            end = endOfDigits(from: fraction)
            guard end > fraction else { throw malformedNumber(at: offset) }
        }
        if end < source.count, source[end] | 0x20 == UInt8(ascii: "e") {
            isWhole = false
            var exponent = end + 1
            if exponent < source.count,
                source[exponent] == UInt8(ascii: "+") || source[exponent] == UInt8(ascii: "-")
            {
                exponent += 1
            }
            end = endOfDigits(from: exponent)
            guard end > exponent else { throw malformedNumber(at: offset) }
        }
        guard end == source.count || Self.endsScalar(source[end]) else { throw malformedNumber(at: offset) }
        if isWhole, isNegative, source[firstDigit] == UInt8(ascii: "0") {
            // Minus zero is zero among integers.
            builder.append(.integer, position: UInt32(offset), text: firstDigit..<end)
        } else {
            let kind: TapeEntry.Kind =
                isWhole && fits(offset..<end, digits: end - firstDigit) ? .integer : .float
            builder.append(kind, position: UInt32(offset), text: offset..<end)
        }
    }

    private func endOfDigits(from start: Int) -> Int {
        var end = start
        while end < source.count, source[end] &- UInt8(ascii: "0") <= 9 { end += 1 }
        return end
    }

    private func fits(_ text: Range<Int>, digits: Int) -> Bool {
        digits <= 18 || (digits == 19 && Int64(String(decoding: source[text], as: UTF8.self)) != nil)
    }

    /// Reads the string whose opening quote is at `offset`; the search for tokens has made sure that it is closed.
    mutating func readString(at offset: Int) throws(JSONError) {
        let start = offset + 1
        var end = start
        while end < source.count {
            let byte = source[end]
            if byte == UInt8(ascii: "\"") {
                builder.append(.string, position: UInt32(offset), text: start..<end)
                return
            }
            if byte == UInt8(ascii: "\\") {
                try readEscapedString(at: offset, firstEscape: end)
                return
            }
            end += 1
        }
        throw lexicalError(JSONTokens.Failure(offset: offset, reason: .unclosedString))
    }

    private mutating func readEscapedString(at offset: Int, firstEscape: Int) throws(JSONError) {
        let arenaStart = builder.arena.count
        builder.arena.append(contentsOf: source[offset + 1..<firstEscape])
        var index = firstEscape
        while index < source.count {
            let byte = source[index]
            if byte == UInt8(ascii: "\"") {
                builder.append(.string, position: UInt32(offset), arenaFrom: arenaStart)
                return
            }
            if byte == UInt8(ascii: "\\") {
                index = try readEscape(at: index)
            } else {
                builder.arena.append(byte)
                index += 1
            }
        }
        throw lexicalError(JSONTokens.Failure(offset: offset, reason: .unclosedString))
    }

    /// Writes what the escape at `offset` means into the arena; returns where the text goes on.
    private mutating func readEscape(at offset: Int) throws(JSONError) -> Int {
        switch offset + 1 < source.count ? source[offset + 1] : 0 {
        case UInt8(ascii: "\""): builder.arena.append(UInt8(ascii: "\""))
        case UInt8(ascii: "\\"): builder.arena.append(UInt8(ascii: "\\"))
        case UInt8(ascii: "/"): builder.arena.append(UInt8(ascii: "/"))
        case UInt8(ascii: "b"): builder.arena.append(0x08)
        case UInt8(ascii: "f"): builder.arena.append(0x0C)
        case UInt8(ascii: "n"): builder.arena.append(0x0A)
        case UInt8(ascii: "r"): builder.arena.append(0x0D)
        case UInt8(ascii: "t"): builder.arena.append(0x09)
        case UInt8(ascii: "u"): return try readUnicodeEscape(at: offset)
        default:
            let end = min(offset + 2, source.count)
            let found = CharacterName.visible(String(decoding: source[offset..<end], as: UTF8.self), limit: 2)
            throw JSONError(
                offset: offset,
                message:
                    "found the escape \(found), expected \\\", \\\\, \\/, \\b, \\f, \\n, \\r, \\t or \\uXXXX")
        }
        return offset + 2
    }

    private mutating func readUnicodeEscape(at offset: Int) throws(JSONError) -> Int {
        guard let unit = codeUnit(at: offset) else {
            throw JSONError(offset: offset, message: "found \\u, expected four hexadecimal digits after it")
        }
        var end = offset + 6
        var code = UInt32(unit)
        if UTF16.isLeadSurrogate(unit), let trail = codeUnit(at: end), UTF16.isTrailSurrogate(trail) {
            code = 0x10000 + (UInt32(unit) - 0xD800) << 10 + (UInt32(trail) - 0xDC00)
            end += 6
        }
        guard let scalar = UnicodeScalar(code) else {
            let hex = CharacterName.hex(UInt32(unit), digits: 4)
            throw JSONError(
                offset: offset, message: "found \\u\(hex), half of a surrogate pair, expected both halves")
        }
        builder.arena.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
        return end
    }

    /// The code unit that a `\uXXXX` at `offset` stands for; nil if none is there.
    private func codeUnit(at offset: Int) -> UInt16? {
        guard offset + 6 <= source.count, source[offset] == UInt8(ascii: "\\"),
            source[offset + 1] == UInt8(ascii: "u")
        else { return nil }
        var unit: UInt16 = 0
        for byte in source[offset + 2..<offset + 6] {
            guard let digit = Character(UnicodeScalar(byte)).hexDigitValue, byte < 0x80 else { return nil }
            unit = unit << 4 | UInt16(digit)
        }
        return unit
    }
}
