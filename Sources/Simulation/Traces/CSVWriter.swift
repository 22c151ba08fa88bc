/// Writes comma-separated values as RFC 4180 has them, row by row; lines end in a line feed alone.
struct CSVWriter {
    /// The rows so far.
    private(set) var text = ""

    /// Adds a row.
    mutating func add(_ fields: [String]) {
        for (index, field) in fields.enumerated() {
            if index > 0 { text += "," }
            text += Self.quoted(field)
        }
        text += "\n"
    }

    /// A number without needless decimals; empty for one that is not known.
    static func field(_ number: Double?) -> String {
        guard let number else { return "" }
        return number == number.rounded() && number.magnitude < 9e15 ? "\(Int64(number))" : number.description
    }

    /// Milliseconds as seconds.
    static func field(milliseconds: Int64?) -> String { field(milliseconds.map { Double($0) / 1_000 }) }

    private static func quoted(_ field: String) -> String {
        let needsQuotes = field.utf8.contains { [0x22, 0x2C, 0x0A, 0x0D].contains($0) }
        return needsQuotes ? "\"" + field.replacing("\"", with: "\"\"") + "\"" : field
    }
}
