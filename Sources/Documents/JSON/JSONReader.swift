/// Reads a JSON text, or several one after the other, onto a tape.
///
/// Strict as RFC 8259 is, and stricter in three things: nesting is bounded, keys of one mapping differ, and text has
/// no half surrogate pairs. Numbers may have any size; they keep their text.
struct JSONReader {
    /// A container whose end has not come yet.
    struct Open {
        let index: Int
        var count: Int
    }

    let source: [UInt8]
    private let tokens: JSONTokens
    private var nextToken = 0
    var builder: TapeBuilder
    private(set) var open: [Open] = []
    private var documents: [Int] = []
    private var duplicates: [(second: Int, first: Int)] = []
    /// What ended the reading early.
    private(set) var error: JSONError?

    init(_ source: [UInt8]) {
        self.init(source, tokens: JSONTokens.find(in: source))
    }

    /// Reads the text by tokens that were found some other way.
    init(_ source: [UInt8], tokens: JSONTokens) {
        self.source = source
        self.tokens = tokens
        builder = TapeBuilder(source: source)
        // A member takes four tokens and two entries, an element two and one: no regrowth on well-formed text.
        builder.entries.reserveCapacity(tokens.offsets.count / 2 + 1)
    }

    /// Reads all documents up to the first error.
    mutating func read() {
        do throws(JSONError) {
            while nextToken < tokens.offsets.count {
                let root = builder.entries.count
                try readDocument()
                if builder.entries[root].kind != .null { documents.append(root) }
            }
            if let failure = tokens.failure { throw lexicalError(failure) }
        } catch {
            self.error = error
        }
    }

    /// The documents before the error, and the problems.
    consuming func finish(file: String) -> ParsedText {
        let lines = LineTable(source)
        var problems: [Problem] = []
        func report(_ offset: Int, _ message: String) {
            problems.append(
                Problem(
                    file: file, line: lines.line(at: offset), column: lines.column(at: offset, in: source),
                    message: message))
        }
        for (second, first) in duplicates.prefix(DocumentParser.maximumProblems) {
            let firstLine = lines.line(at: Int(builder.entries[first].position))
            let key = CharacterName.visible(builder.text(of: second), limit: 60)
            report(
                Int(builder.entries[second].position),
                "found the key \"\(key)\" a second time (first on line \(firstLine)), expected it once")
        }
        if let error { report(error.offset, error.message) }
        let tape = Tape(file: file, builder: builder, lines: lines)
        return ParsedText(documents: documents.map { Value(tape: tape, index: $0) }, problems: problems)
    }

    // HOT: one round a token; 63 MB of pods (4.3 million values) take 0.75 s, most of it here and in comparing keys.
    private mutating func readDocument() throws(JSONError) {
        var state = State.value
        repeat {
            guard nextToken < tokens.offsets.count else {
                throw tokens.failure.map(lexicalError) ?? endOfText(in: state)
            }
            let offset = Int(tokens.offsets[nextToken])
            nextToken += 1
            let byte = source[offset]
            switch state {
            case .value:
                state = try readValue(byte, at: offset)
            case .elementOrEnd:
                state = byte == UInt8(ascii: "]") ? close() : try readValue(byte, at: offset)
            case .keyOrEnd where byte == UInt8(ascii: "}"):
                state = close()
            case .key, .keyOrEnd:
                guard byte == UInt8(ascii: "\"") else { throw unexpectedToken(at: offset, in: state) }
                try readString(at: offset)
                state = .colon
            case .colon:
                guard byte == UInt8(ascii: ":") else { throw unexpectedToken(at: offset, in: state) }
                state = .value
            case .commaOrEndOfMapping:
                if byte == UInt8(ascii: ",") {
                    try refuseTrailingComma(offset, before: UInt8(ascii: "}"))
                    state = .key
                } else if byte == UInt8(ascii: "}") {
                    state = close()
                } else {
                    throw unexpectedToken(at: offset, in: state)
                }
            case .commaOrEndOfSequence:
                if byte == UInt8(ascii: ",") {
                    try refuseTrailingComma(offset, before: UInt8(ascii: "]"))
                    state = .value
                } else if byte == UInt8(ascii: "]") {
                    state = close()
                } else {
                    throw unexpectedToken(at: offset, in: state)
                }
            }
        } while !open.isEmpty
    }

    private func refuseTrailingComma(_ comma: Int, before close: UInt8) throws(JSONError) {
        guard nextToken < tokens.offsets.count else { return }
        if source[Int(tokens.offsets[nextToken])] == close {
            throw trailingComma(at: comma, before: close)
        }
    }

    private mutating func readValue(_ byte: UInt8, at offset: Int) throws(JSONError) -> State {
        switch byte {
        case UInt8(ascii: "{"):
            try push(.mapping, at: offset)
            return .keyOrEnd
        case UInt8(ascii: "["):
            try push(.sequence, at: offset)
            return .elementOrEnd
        case UInt8(ascii: "\""):
            try readString(at: offset)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            try readNumber(at: offset)
        case UInt8(ascii: "t"):
            try readWord("true", .true, at: offset)
        case UInt8(ascii: "f"):
            try readWord("false", .false, at: offset)
        case UInt8(ascii: "n"):
            try readWord("null", .null, at: offset)
        default:
            throw unexpectedToken(at: offset, in: .value)
        }
        return stateAfterValue()
    }

    private mutating func push(_ kind: TapeEntry.Kind, at offset: Int) throws(JSONError) {
        guard open.count < DocumentParser.maximumDepth else { throw tooDeep(at: offset) }
        open.append(Open(index: builder.open(kind, position: UInt32(offset)), count: 0))
    }

    private mutating func close() -> State {
        let closed = open.removeLast()
        builder.close(closed.index, count: closed.count)
        if builder.entries[closed.index].kind == .mapping, closed.count > 1 { noteDuplicates(closed.index) }
        return stateAfterValue()
    }

    /// Counts the value that has just ended in its container, and says what may follow (unused at the top).
    private mutating func stateAfterValue() -> State {
        guard let container = open.indices.last else { return .value }
        open[container].count += 1
        return builder.entries[open[container].index].kind == .mapping
            ? .commaOrEndOfMapping : .commaOrEndOfSequence
    }

    private mutating func noteDuplicates(_ mapping: Int) {
        builder.forgetKeys()
        let end = mapping + builder.entries[mapping].size
        var key = mapping + 1
        while key < end {
            if let first = builder.noteKey(key) { duplicates.append((second: key, first: first)) }
            key += 1 + builder.entries[key + 1].size
        }
    }
}
