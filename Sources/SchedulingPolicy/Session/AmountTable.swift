/// Amounts by row and column, row after row in one array.
struct AmountTable: Sendable {
    /// The number of columns.
    private(set) var columns: Int
    private var amounts: [Int64] = []

    init(columns: Int) { self.columns = columns }

    /// The number of rows.
    var rows: Int { columns == 0 ? 0 : amounts.count / columns }

    /// One amount.
    subscript(row: Int, column: Int) -> Int64 {
        get { amounts[row * columns + column] }
        set { amounts[row * columns + column] = newValue }
    }

    /// A row on its own.
    subscript(row: Int) -> ArraySlice<Int64> { amounts[row * columns..<(row + 1) * columns] }

    /// Appends a row of zeros.
    mutating func addRow() { amounts.append(contentsOf: repeatElement(0, count: columns)) }

    /// Sets a row to zero.
    mutating func clear(_ row: Int) {
        for column in 0..<columns { self[row, column] = 0 }
    }

    /// Gives every row more columns, with zeros. - Complexity: O(rows × columns).
    mutating func widen(to count: Int) {
        if count <= columns { return }
        var wider: [Int64] = []
        wider.reserveCapacity(rows * count)
        for row in 0..<rows {
            wider.append(contentsOf: self[row])
            wider.append(contentsOf: repeatElement(0, count: count - columns))
        }
        (amounts, columns) = (wider, count)
    }
}
