public import Documents

/// Reads a recording from beginning to end, entry by entry.
///
/// ```swift
/// let reader = try RecordingReader("flight.jsonl.gz")
/// while let entry = try reader.next() { … }
/// if let warning = reader.warning { … }  // the last line was not whole
/// ```
public final class RecordingReader {
    /// The first line.
    public let header: RecordingHeader
    /// What is odd about the file, once its end has been reached; nil for nothing.
    public private(set) var warning: Problem?

    private let path: String
    private var lines: LineReader
    /// Entries that have been parsed and not handed out, and the line of the first.
    private var batch: ArraySlice<Value> = []
    private var problem: Problem?
    private var firstLine = 1
    /// The lines of the batch, where it was read one by one.
    private var lineNumbers: ArraySlice<Int> = []

    /// Opens a recording and reads its first line.
    ///
    /// - Throws: what is wrong with the file: it cannot be read, is no recording, or a newer version's.
    public init(_ path: String) throws(Problem) {
        self.path = path
        lines = try LineReader(path)
        guard let text = try lines.next(atMost: 1) else {
            throw lines.isCut
                ? Problem(file: path, line: 1, message: "the file ends in the middle of its first line")
                : RecordingHeader.foreign(path)
        }
        // What is no text at all is as foreign as any other text.
        let parsed = DocumentParser.parseJSON(text.bytes, file: path)
        guard parsed.problems.isEmpty, let first = parsed.documents.first, first.kind == .mapping else {
            throw RecordingHeader.foreign(path)
        }
        header = try RecordingHeader(first)
    }

    /// The next entry; nil at the end of the file, or where what is left is not a whole line.
    public func next() throws(Problem) -> RecordedEntry? {
        while batch.isEmpty {
            if let problem { throw problem }
            guard let text = try lines.next(atMost: .max) else {
                warning = warning ?? lines.warning
                return nil
            }
            firstLine = text.line
            let parsed = DocumentParser.parseJSON(text.bytes, file: path)
            batch = parsed.documents[...]
            if !parsed.problems.isEmpty { batch = goodLines(text.bytes)[...] }
        }
        let value = batch.removeFirst()
        let line = lineNumbers.isEmpty ? firstLine + value.line - 1 : lineNumbers.removeFirst()
        if value[RecordingHeader.mark] != nil {
            throw Problem(
                file: path, line: line,
                message: "found the beginning of another recording, expected one recording a file")
        }
        return try EntryReader.read(value, line: line)
    }

    /// Reads one line after the other up to the first that is broken, of which it is then known which it is.
    private func goodLines(_ bytes: [UInt8]) -> [Value] {
        var values: [Value] = []
        for (offset, line) in bytes.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
            let parsed = DocumentParser.parseJSON(Array(line), file: path)
            if var first = parsed.problems.first {
                first.line = firstLine + offset
                problem = first
                break
            }
            values += parsed.documents
            lineNumbers += Array(repeating: firstLine + offset, count: parsed.documents.count)
        }
        return values
    }
}

/// The whole lines of a file, many at a time.
private struct LineReader: ~Copyable {
    private let path: String
    private let file: GzipReader
    private var rest: [UInt8] = []
    private var line = 1
    private var isAtEnd = false
    private(set) var isCut = false
    private static let chunk = 1 << 20
    /// No object of an API server comes near it; a file without line feeds must not fill the memory.
    private static let longestLine = 1 << 28

    init(_ path: String) throws(Problem) {
        self.path = path
        do { file = try GzipReader(path) } catch {
            throw Problem(file: path, line: 0, message: error.reason)
        }
    }

    var warning: Problem? {
        guard isCut || !rest.isEmpty else { return nil }
        return Problem(
            file: path, line: line,
            message: "the file ends in the middle of this line: it is read up to the line before",
            severity: .warning)
    }

    /// The next lines, and the number of the first of them.
    mutating func next(atMost count: Int) throws(Problem) -> (bytes: [UInt8], line: Int)? {
        while true {
            let isOne = count == 1
            let end = isOne ? rest.firstIndex(of: 0x0A) : rest.lastIndex(of: 0x0A)
            if let end {
                let bytes = Array(rest[...end])
                rest.removeSubrange(...end)
                let first = line
                line += isOne ? 1 : bytes.count { $0 == 0x0A }
                return (bytes, first)
            }
            if isAtEnd { return nil }
            let more: [UInt8]
            do { more = try file.read(atMost: Self.chunk) } catch {
                throw Problem(file: path, line: line, message: "broken from here on: \(error.reason)")
            }
            rest += more
            if more.isEmpty {
                isAtEnd = true
                isCut = file.isCut
            }
            if rest.count > Self.longestLine {
                throw Problem(file: path, line: line, message: "found a line without an end")
            }
        }
    }
}
