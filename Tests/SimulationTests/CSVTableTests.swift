import Documents
import Testing

@testable import Simulation

@Suite("A CSV text is read row by row, and each mistake is named with its line") struct CSVTableTests {
    private func table(_ text: String) -> CSVTable { CSVTable(Array(text.utf8), file: "t.csv") }

    private func problems(_ text: String) -> [String] { table(text).problems.map(\.description) }

    @Test("fields are cut at commas, rows know their line") func rows() {
        let table = table("a,b\n1,2\n\n,\n")
        #expect(table.columns == ["a", "b"])
        #expect(table.rows == [.init(line: 2, fields: ["1", "2"]), .init(line: 4, fields: ["", ""])])
        #expect(table.problems.isEmpty)
    }

    @Test("quotes protect commas, line ends and quotes") func quotes() {
        let table = table("a,b\n\"x,\"\"y\"\"\",\"p\nq\"\n3,\"\"\n")
        #expect(
            table.rows == [.init(line: 2, fields: ["x,\"y\"", "p\nq"]), .init(line: 4, fields: ["3", ""])])
        #expect(table.problems.isEmpty)
    }

    @Test("a byte order mark, CRLF and a missing last line end change nothing") func lineEnds() {
        let marked = CSVTable([0xEF, 0xBB, 0xBF] + Array("a,b\r\n1,2\r\n3,4\r".utf8), file: "t.csv")
        #expect(marked.columns == ["a", "b"])
        #expect(marked.rows.map(\.fields) == [["1", "2"], ["3", "4"]])
        #expect(marked.problems.isEmpty)
        #expect(table("a\n1").rows.map(\.fields) == [["1"]])
    }

    @Test("a text without a header is refused", arguments: ["", "\n\n", "\u{FEFF}"]) func empty(text: String)
    {
        #expect(
            problems(text) == ["t.csv: found no header line, expected one with the names of the columns"])
    }

    @Test("a row of another length is left out, the others stay") func lengths() {
        let table = table("a,b\n1\n1,2\n1,2,3\n")
        #expect(table.rows.map(\.fields) == [["1", "2"]])
        #expect(
            table.problems.map(\.description) == [
                "t.csv:2: found 1 fields, expected 2 as in the header",
                "t.csv:4: found 3 fields, expected 2 as in the header",
            ])
    }

    @Test("a quote that does not close, text after one and bytes that are no text are named") func broken() {
        #expect(
            problems("a,b\n1,\"2\n3,4\n") == [
                "t.csv:2: found a quoted field that does not end, expected a closing quote"
            ])
        #expect(
            problems("a,b\n\"1\"x,2\n3,4\n") == [
                "t.csv:2: found text after the closing quote of a field, expected a comma or the line's end"
            ])
        let bytes = CSVTable(Array("a\n".utf8) + [0xFF, 0x0A] + Array("1\n".utf8), file: "t.csv")
        #expect(
            bytes.problems.map(\.description) == ["t.csv:2: found bytes that are no text, expected UTF-8"])
        #expect(bytes.rows == [.init(line: 3, fields: ["1"])])
    }

    @Test("a column that is twice in the header is named") func twice() {
        #expect(
            problems("a,b,a\n") == ["t.csv:1: a: the column occurs twice in the header, expected it once"])
    }

    @Test("any bytes are read to the end") func anyBytes() {
        var state: UInt32 = 1
        for length in 0..<400 {
            let bytes = (0..<length).map { _ -> UInt8 in
                state = state &* 1_664_525 &+ 1_013_904_223
                return [0x22, 0x2C, 0x0A, 0x0D, 0x61, 0xFF][Int(state >> 16) % 6]
            }
            let table = CSVTable(bytes, file: "t.csv")
            #expect(table.rows.allSatisfy { $0.fields.count == table.columns.count })
        }
    }
}
