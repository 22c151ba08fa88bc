/// Rows in aligned columns, as kubectl prints them.
///
/// ```swift
/// var table = TextTable([.left("NAME"), .right("GPUS")])
/// table.add(["pool-a", "8"])
/// table.add(["b", .init("12", .good)])
/// print(table.text(style: .plain), terminator: "")
/// // NAME     GPUS
/// // pool-a      8
/// // b          12
/// ```
struct TextTable: Sendable {
    enum Column: Sendable {
        case left(String)
        case right(String)

        var title: String {
            switch self {
            case .left(let title), .right(let title): title
            }
        }
    }

    /// A text with a colour that takes no room.
    struct Cell: ExpressibleByStringLiteral, ExpressibleByStringInterpolation, Sendable {
        var text: String
        var tint: Style.Tint?

        /// Makes a cell; what could move the cursor is spelled out.
        init(_ text: String, _ tint: Style.Tint? = nil) {
            self.text = VisibleText.line(text)
            self.tint = tint
        }

        init(stringLiteral text: String) {
            self.init(text)
        }
    }

    private let columns: [Column]
    private var rows: [[Cell]] = []

    /// A table without rows.
    init(_ columns: [Column]) {
        self.columns = columns
    }

    /// Adds a row.
    ///
    /// - Precondition: One cell a column.
    mutating func add(_ cells: [Cell]) {
        precondition(cells.count == columns.count, "a row has one cell a column")
        rows.append(cells)
    }

    /// Whether there is nothing below the header.
    var isEmpty: Bool { rows.isEmpty }

    /// Header and rows, each ended by a newline; three blanks between columns, none at the end of a line.
    func text(style: Style, header: Bool = true) -> String {
        let titles = columns.map { Cell($0.title, .strong) }
        let lines = header ? [titles] + rows : rows
        let widths = columns.indices.map { column in lines.map { $0[column].text.count }.max() ?? 0 }
        var text = ""
        for line in lines {
            // Blanks wait until a cell follows them, so that none are left at the end.
            var pending = 0
            for (index, cell) in line.enumerated() {
                let padding = widths[index] - cell.text.count
                var after = 0
                switch columns[index] {
                case .left: after = padding
                case .right: pending += padding
                }
                if !cell.text.isEmpty {
                    text += String(repeating: " ", count: pending) + style.paint(cell.text, cell.tint)
                    pending = 0
                }
                pending += after + 3
            }
            text += "\n"
        }
        return text
    }
}
