/// Where the lines of a text begin, to turn byte offsets into lines and columns.
struct LineTable: Sendable {
    /// The byte offset of each line but the first, ascending.
    private let laterStarts: [UInt32]

    /// Finds the lines of `text`, which end at line feeds.
    ///
    /// - Complexity: O(*n*) in the length of the text; one allocation that grows with the number of lines.
    init(_ text: [UInt8]) {
        var starts: [UInt32] = []
        for index in text.indices where text[index] == UInt8(ascii: "\n") {
            starts.append(UInt32(index + 1))
        }
        laterStarts = starts
    }

    /// The line that holds the byte at `offset`, counted from 1.
    ///
    /// - Complexity: O(log *lines*).
    func line(at offset: Int) -> Int {
        var low = 0
        var high = laterStarts.count
        while low < high {
            let middle = (low + high) / 2
            if Int(laterStarts[middle]) <= offset { low = middle + 1 } else { high = middle }
        }
        return low + 1
    }

    /// The column of the byte at `offset` in its line, counted from 1, in Unicode scalars of `text`.
    ///
    /// - Complexity: O(*n*) in the length of the line, so it is for messages only.
    func column(at offset: Int, in text: [UInt8]) -> Int {
        let line = line(at: offset)
        let start = line == 1 ? 0 : Int(laterStarts[line - 2])
        // A scalar has one byte that is no continuation (10xxxxxx).
        return 1 + text[start..<min(offset, text.count)].count { $0 & 0xC0 != 0x80 }
    }
}
