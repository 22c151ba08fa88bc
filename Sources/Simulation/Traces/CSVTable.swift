import Documents

/// A text of comma-separated values under a header line: rows of fields that know their line.
///
/// Reads RFC 4180, and a little more as files are found: a byte order mark, lines that end in LF alone, empty lines
/// (skipped), a last line without an end. A row that cannot be read, or has more or fewer fields than the header, is left
/// out and reported.
struct CSVTable {
    /// One row under the header.
    struct Row: Equatable {
        /// The line on which the row begins, counted from 1.
        var line: Int
        /// The fields in the order of the header.
        var fields: [String]
    }

    /// The file's name, for messages.
    let file: String
    /// The header's names in their order; empty if the text has no header.
    private(set) var columns: [String] = []
    /// The rows under the header.
    private(set) var rows: [Row] = []
    /// Everything that is wrong with the text.
    private(set) var problems: [Problem] = []

    /// Reads a whole text.
    ///
    /// - Complexity: O(*n*) in the length of the text.
    init(_ bytes: [UInt8], file: String) {
        self.file = file
        var scanner = CSVScanner(bytes: bytes)
        var hasHeader = false
        while !scanner.isAtEnd {
            let line = scanner.line
            switch scanner.nextRecord() {
            case .failure(let error):
                problems.append(Problem(file: file, line: error.line, message: error.message))
                if !hasHeader { return }
            case .success(let fields):
                if fields == [""] { continue }
                if !hasHeader {
                    hasHeader = true
                    addHeader(fields, line: line)
                } else if fields.count == columns.count {
                    rows.append(Row(line: line, fields: fields))
                } else {
                    report(
                        line, "", "found \(fields.count) fields, expected \(columns.count) as in the header")
                }
            }
        }
        if !hasHeader { report(0, "", "found no header line, expected one with the names of the columns") }
    }

    /// The place of a column; a missing one is reported.
    mutating func requiredColumn(_ name: String) -> Int? {
        let index = columns.firstIndex(of: name)
        if index == nil, !columns.isEmpty {
            report(1, name, "the column is missing; found the columns \(columns.joined(separator: ", "))")
        }
        return index
    }

    /// The place of a column that may be missing.
    func optionalColumn(_ name: String) -> Int? { columns.firstIndex(of: name) }

    /// Reports a problem with a row, or with one of its fields.
    mutating func report(_ line: Int, _ column: String, _ message: String) {
        problems.append(Problem(file: file, line: line, field: column, message: message))
    }

    /// A field that must be a whole number of a range; what is not is reported.
    mutating func integer(_ row: Row, _ column: Int, in range: ClosedRange<Int64>) -> Int64? {
        let text = row.fields[column]
        if let number = Int64(text), range.contains(number) { return number }
        let expected =
            range.count == 1
            ? "expected \(range.lowerBound)"
            : "expected a whole number from \(range.lowerBound) to \(range.upperBound)"
        report(row.line, columns[column], "found \(text.isEmpty ? "nothing" : "'\(text)'"), \(expected)")
        return nil
    }

    private mutating func addHeader(_ names: [String], line: Int) {
        columns = names
        var seen: Set<String> = []
        for name in names where !seen.insert(name).inserted {
            report(line, name, "the column occurs twice in the header, expected it once")
        }
    }
}

/// Why a record could not be read.
struct CSVError: Error, Equatable {
    /// The line of the mistake, counted from 1.
    var line: Int
    /// What was found and what was expected.
    var message: String
}

/// Cuts a CSV text into records.
struct CSVScanner {
    private let bytes: [UInt8]
    private var position: Int
    /// The line at which the scanner stands, counted from 1.
    private(set) var line = 1

    init(bytes: [UInt8]) {
        self.bytes = bytes
        position = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    }

    var isAtEnd: Bool { position >= bytes.count }

    /// The fields up to the end of the line; after a mistake the scanner stands at the next line.
    mutating func nextRecord() -> Result<[String], CSVError> {
        var fields: [String] = []
        while true {
            let start = line
            let isQuoted = current == Self.quote
            guard let raw = isQuoted ? quotedField() : plainField() else {
                skipLine()
                return .failure(
                    CSVError(
                        line: start,
                        message: "found a quoted field that does not end, expected a closing quote"))
            }
            guard let field = String(validating: raw, as: UTF8.self) else {
                skipLine()
                return .failure(
                    CSVError(line: start, message: "found bytes that are no text, expected UTF-8"))
            }
            fields.append(field)
            if takeLineEnd() { return .success(fields) }
            guard current == Self.comma else {
                let found = "found text after the closing quote of a field"
                skipLine()
                return .failure(
                    CSVError(line: start, message: "\(found), expected a comma or the line's end"))
            }
            position += 1
        }
    }

    private static let quote = UInt8(ascii: "\"")
    private static let comma = UInt8(ascii: ",")
    private static let lineFeed = UInt8(ascii: "\n")
    private static let carriageReturn = UInt8(ascii: "\r")

    private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

    /// Everything up to a comma or the line's end.
    private mutating func plainField() -> ArraySlice<UInt8>? {
        let start = position
        while position < bytes.count {
            let byte = bytes[position]
            if byte == Self.comma || byte == Self.lineFeed || byte == Self.carriageReturn && isAtLineEnd {
                break
            }
            position += 1
        }
        return bytes[start..<position]
    }

    /// What stands between quotes, where two quotes mean one; nil if the closing quote is missing.
    private mutating func quotedField() -> ArraySlice<UInt8>? {
        var field: [UInt8] = []
        position += 1
        while let byte = current {
            position += 1
            if byte == Self.lineFeed { line += 1 }
            if byte == Self.quote {
                if current != Self.quote { return field[...] }
                position += 1
            }
            field.append(byte)
        }
        return nil
    }

    private var isAtLineEnd: Bool {
        guard let byte = current else { return true }
        return byte == Self.lineFeed
            || byte == Self.carriageReturn
                && (position + 1 == bytes.count || bytes[position + 1] == Self.lineFeed)
    }

    private mutating func takeLineEnd() -> Bool {
        guard isAtLineEnd else { return false }
        if current == Self.carriageReturn { position += 1 }
        if current == Self.lineFeed { position += 1 }
        line += 1
        return true
    }

    private mutating func skipLine() {
        while !isAtLineEnd { position += 1 }
        _ = takeLineEnd()
    }
}
