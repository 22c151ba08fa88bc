import CSimdJSON

/// Where the tokens of a JSON text begin, up to the first byte that cannot stand in any JSON text.
struct JSONTokens {
    /// What stops the search for tokens.
    struct Failure: Error, Equatable {
        enum Reason: Equatable {
            case notUTF8
            case controlCharacterInString
            case unclosedString
        }

        let offset: Int
        let reason: Reason
    }

    /// Byte offsets, ascending: brackets, colons, commas, opening quotes, first bytes of other scalars.
    let offsets: [UInt32]
    /// What stands after the last token, if the search did not reach the end.
    let failure: Failure?

    /// Finds the tokens of `text`: by simdjson, or by our own scan where that refuses, which knows the place.
    static func find(in text: [UInt8]) -> JSONTokens {
        vectorised(text).map { JSONTokens(offsets: $0, failure: nil) } ?? scan(text)
    }

    private static func vectorised(_ text: [UInt8]) -> [UInt32]? {
        var tokens = csimdjson_tokens()
        let found = text.withUnsafeBufferPointer { csimdjson_find_tokens($0.baseAddress, $0.count, &tokens) }
        guard found else { return nil }
        defer { csimdjson_release(&tokens) }
        return Array(UnsafeBufferPointer(start: tokens.offsets, count: tokens.count))
    }

    /// Finds the tokens one byte after the other.
    ///
    /// It is also the oracle of the vectorised search in tests.
    static func scan(_ text: [UInt8]) -> JSONTokens {
        var offsets: [UInt32] = []
        var index = 0
        do throws(Failure) {
            while index < text.count {
                let start = index
                let byte = text[start]
                if JSONReader.isBlank(byte) {
                    index += 1
                    continue
                }
                if JSONReader.isStructural(byte) {
                    index += 1
                } else if byte == UInt8(ascii: "\"") {
                    index = try endOfString(text, openingQuote: start)
                } else {
                    index = try endOfWord(text, from: start)
                }
                offsets.append(UInt32(start))
            }
            return JSONTokens(offsets: offsets, failure: nil)
        } catch {
            return JSONTokens(offsets: offsets, failure: error)
        }
    }

    private static func endOfString(_ text: [UInt8], openingQuote: Int) throws(Failure) -> Int {
        var index = openingQuote + 1
        while index < text.count {
            let byte = text[index]
            if byte < 0x20 { throw Failure(offset: index, reason: .controlCharacterInString) }
            if byte == UInt8(ascii: "\"") { return index + 1 }
            guard let length = UTF8Text.length(text, at: index) else {
                throw Failure(offset: index, reason: .notUTF8)
            }
            index += length
            // What is escaped cannot close the string. Control characters and broken UTF-8 are for the next round.
            if byte == UInt8(ascii: "\\"), index < text.count, (0x20..<0x80).contains(text[index]) {
                index += 1
            }
        }
        throw Failure(offset: openingQuote, reason: .unclosedString)
    }

    private static func endOfWord(_ text: [UInt8], from start: Int) throws(Failure) -> Int {
        var index = start
        while index < text.count, !JSONReader.endsScalar(text[index]), text[index] != UInt8(ascii: "\"") {
            guard let length = UTF8Text.length(text, at: index) else {
                throw Failure(offset: index, reason: .notUTF8)
            }
            index += length
        }
        return index
    }
}
