/// Rows in aligned columns.
struct FigureTable {
    enum Column {
        case left(String)
        case right(String)
    }

    private let isRight: [Bool]
    private var rows: [[String]]

    init(_ columns: [Column]) {
        isRight = columns.map { if case .right = $0 { true } else { false } }
        rows = [
            columns.map {
                switch $0 {
                case .left(let title), .right(let title): title
                }
            }
        ]
    }

    mutating func add(_ row: [String]) { rows.append(row) }

    /// Header and rows, each ended by a newline.
    var text: String {
        let widths = isRight.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            var line = ""
            for (column, cell) in row.enumerated() {
                let padding = String(repeating: " ", count: widths[column] - cell.count)
                line += (isRight[column] ? padding + cell : cell + padding) + "   "
            }
            while line.last == " " { line.removeLast() }
            return line + "\n"
        }.joined()
    }
}
