/// Where the lines of a text begin, to turn byte offsets into lines and columns.
///
/// A cluster dump may be one line of 50 MB with thousands of problems in it. So characters are counted block by block
/// beforehand, and a column costs no more at the end of such a line than at its start.
struct LineTable: Sendable {
    private static let blockSize = 4096

    /// The byte offset of each line but the first, ascending.
    private let laterStarts: [UInt32]
    /// How many characters begin before each block of the text.
    private let charactersBeforeBlock: [UInt32]

    /// Finds the lines of `text`, which end at line feeds.
    ///
    /// - Complexity: O(*n*) in the length of the text; the memory grows with the number of lines.
    init(_ text: [UInt8]) {
        var starts: [UInt32] = []
        for index in text.indices where text[index] == UInt8(ascii: "\n") {
            starts.append(UInt32(index + 1))
        }
        laterStarts = starts
        var counts: [UInt32] = []
        counts.reserveCapacity(text.count / Self.blockSize + 1)
        var total = 0
        for block in stride(from: 0, through: text.count, by: Self.blockSize) {
            counts.append(UInt32(total))
            total += Self.characters(in: block..<min(block + Self.blockSize, text.count), of: text)
        }
        charactersBeforeBlock = counts
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
    /// - Complexity: O(log *lines*), plus a scan of 8 KiB at most.
    func column(at offset: Int, in text: [UInt8]) -> Int {
        let line = line(at: offset)
        let start = line == 1 ? 0 : Int(laterStarts[line - 2])
        return 1 + characters(before: offset, in: text) - characters(before: start, in: text)
    }

    private func characters(before offset: Int, in text: [UInt8]) -> Int {
        let block = offset / Self.blockSize
        return Int(charactersBeforeBlock[block])
            + Self.characters(in: block * Self.blockSize..<offset, of: text)
    }

    /// How many characters begin in a range: all bytes but those that continue one (10xxxxxx).
    private static func characters(in range: Range<Int>, of text: [UInt8]) -> Int {
        var count = 0
        for index in range where text[index] & 0xC0 != 0x80 { count += 1 }
        return count
    }
}
