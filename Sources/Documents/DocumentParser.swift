/// What became of a text: its documents, and what was wrong with it.
public struct ParsedText: Sendable {
    /// The documents that could be read, in order; empty ones (nothing, or null alone) are left out.
    public var documents: [Value]
    /// Problems in the order of their places; with an error among them the documents are not to be trusted.
    public var problems: [Problem]
}

/// Reads YAML and JSON of any origin.
///
/// A text that begins with `{` or `[` is JSON, or one JSON document after the other. If it is not, it is tried as
/// YAML's flow style. Everything else is YAML 1.1 with the scalars that Kubernetes reads (see `YAMLScalar`).
public enum DocumentParser {
    /// How deep lists and mappings may nest.
    static let maximumDepth = 512

    /// Offsets and lengths are 32 bits wide, and unescaped text may be longer than its source.
    static let maximumLength = Int(Int32.max)

    /// How many problems of one text are kept: enough for a person, and a bound on memory for hostile input.
    static let maximumProblems = 1000

    /// Parses a text.
    ///
    /// Never traps, whatever the bytes are.
    ///
    /// - Parameters:
    ///   - bytes: UTF-8, with or without a byte order mark; YAML may be UTF-16 with one.
    ///   - file: The name for messages.
    /// - Complexity: O(*n*) in the length of the text and of what its aliases expand to, which is bounded.
    public static func parse(_ bytes: [UInt8], file: String) -> ParsedText {
        guard bytes.count <= maximumLength else { return tooLong(bytes, file: file) }
        var parsed = looksLikeJSON(bytes) ? parseJSONOrFlow(bytes, file: file) : parseYAML(bytes, file: file)
        parsed.problems.sort { ($0.line, $0.column) < ($1.line, $1.column) }
        if parsed.problems.count > maximumProblems {
            parsed.problems.removeSubrange(maximumProblems...)
        }
        return parsed
    }

    /// Parses JSON, or several JSON texts one after the other, and takes nothing for YAML.
    ///
    /// For text that a server sends: what is no JSON there is a mistake. Never traps.
    ///
    /// - Complexity: O(*n*) in the length of the text.
    public static func parseJSON(_ bytes: [UInt8], file: String) -> ParsedText {
        guard bytes.count <= maximumLength else { return tooLong(bytes, file: file) }
        var reader = JSONReader(bytes)
        reader.read()
        return reader.finish(file: file)
    }

    private static func tooLong(_ bytes: [UInt8], file: String) -> ParsedText {
        let message = "found a text of \(bytes.count) bytes, expected at most \(maximumLength)"
        return ParsedText(documents: [], problems: [Problem(file: file, line: 0, message: message)])
    }

    private static func looksLikeJSON(_ bytes: [UInt8]) -> Bool {
        let text = bytes.dropFirst(byteOrderMarkLength(bytes))
        let first = text.first { byte in !JSONReader.isBlank(byte) }
        return first == UInt8(ascii: "{") || first == UInt8(ascii: "[")
    }

    /// The length of a UTF-8 byte order mark at the start of the text, or 0.
    private static func byteOrderMarkLength(_ bytes: [UInt8]) -> Int {
        bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    }

    private static func parseJSONOrFlow(_ bytes: [UInt8], file: String) -> ParsedText {
        let markLength = byteOrderMarkLength(bytes)
        // The mark is no character of the first line, so columns are right without it.
        let text = markLength == 0 ? bytes : Array(bytes.dropFirst(markLength))
        var reader = JSONReader(text)
        reader.read()
        if let error = reader.error, error.mayBeYAML {
            let yaml = parseYAML(bytes, file: file)
            if yaml.problems.isEmpty { return yaml }
        }
        return reader.finish(file: file)
    }

    private static func parseYAML(_ bytes: [UInt8], file: String) -> ParsedText {
        var reader = YAMLReader(file: file)
        reader.read(bytes)
        return reader.finish()
    }
}
