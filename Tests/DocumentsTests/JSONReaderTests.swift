import Testing

@testable import Documents

@Suite("JSON is read as RFC 8259 says")
struct JSONReaderTests {
    @Test("every kind of value is recognised")
    func kinds() {
        #expect(
            outline(#"{"a": null, "b": [true, false], "c": -12, "d": 1.50, "e": "x", "f": {}, "g": []}"#)
                == "{a: null, b: [bool true, bool false], c: int -12, d: float 1.50, e: 'x', f: {}, g: []}")
    }

    @Test(
        "whole numbers are integers as far as 64 bits go",
        arguments: [
            ("0", "int 0"), ("-0", "int 0"), ("9223372036854775807", "int 9223372036854775807"),
            ("-9223372036854775808", "int -9223372036854775808"),
            ("9223372036854775808", "float 9223372036854775808"),
            ("18446744073709551615", "float 18446744073709551615"), ("1e3", "float 1e3"),
            ("1.0", "float 1.0"),
            ("1e400", "float 1e400"), ("-0.0", "float -0.0"), ("2E+05", "float 2E+05"),
        ])
    func numbers(_ text: String, _ expected: String) {
        #expect(outline("[\(text)]") == "[\(expected)]")
    }

    @Test("a number beyond a Double's range is infinite, its text kept")
    func hugeNumber() throws {
        let value = try #require(document("[1e400]")?.elements.first { _ in true })
        #expect(value.double == .infinity)
        #expect(value.integer == nil)
        #expect(value.scalarText == "1e400")
    }

    @Test("escapes are undone, surrogate pairs joined")
    func escapes() {
        #expect(
            outline(#"["\"\\\/\b\f\n\r\t\u0041\u00e9\u20AC\uD83D\uDE00"]"#) == "['\"\\/\u{8}\u{c}\n\r\tAé€😀']"
        )
        #expect(outline(#"{"a\tb": "x\u0000y"}"#) == "{a\tb: 'x\0y'}")
    }

    @Test("text is kept as it is outside escapes")
    func unicode() {
        #expect(outline("[\"naïve 😀 \u{7f}\u{2028}\"]") == "['naïve 😀 \u{7f}\u{2028}']")
    }

    @Test("a byte order mark and blanks may come first")
    func byteOrderMark() throws {
        let parsed = parse("\u{FEFF} \r\n\t {\"a\": 1}")
        #expect(parsed.problems.isEmpty)
        let member = try #require(parsed.documents.first?["a"])
        #expect(member.line == 2)
        #expect(member.column == 9)
    }

    @Test("documents may follow one another with or without blanks; null ones are left out")
    func concatenated() {
        #expect(
            outline("{\"a\":1}{\"a\":2}\n[3] null \"x\" 4")
                == "{a: int 1} / {a: int 2} / [int 3] / 'x' / int 4")
    }

    @Test("every value knows its line and its column in characters")
    func places() throws {
        let root = try #require(document("{\n  \"ä\": [1,\n    \"é\", {\"k\": true}]\n}"))
        #expect((root.line, root.column) == (1, 1))
        let list = try #require(root["ä"])
        #expect((list.line, list.column) == (2, 8))
        let elements = Array(list.elements)
        #expect(elements.map(\.line) == [2, 3, 3])
        #expect(elements.map(\.column) == [9, 5, 10])
        #expect(elements[2]["k"]?.column == 16)
    }

    @Test("columns are right in a line of many blocks")
    func longLine() throws {
        let root = try #require(document("[\n\"" + String(repeating: "é", count: 10_000) + "\", 1,\n 2]"))
        #expect(root.elements.map(\.line) == [2, 2, 3])
        #expect(root.elements.map(\.column) == [1, 10_005, 2])
    }

    @Test("a member is found by its exact name; absent is not null")
    func lookUp() throws {
        let root = try #require(document(#"{"name": 1, "names": 2, "nom\u0065": 3, "x": null}"#))
        #expect(root["name"]?.integer == 1)
        #expect(root["names"]?.integer == 2)
        #expect(root["nome"]?.integer == 3)
        #expect(root["x"]?.isNull == true)
        #expect(root["y"] == nil)
        #expect(root["name"]?["z"] == nil)
        #expect(root.count == 4)
    }

    @Test("the search for tokens by vectors and the one byte by byte agree")
    func tokens() throws {
        for length in [0, 1, 30, 60, 62, 63, 64, 65, 126, 127, 128, 129, 200] {
            let padding =
                String(repeating: "é\\\" ", count: length / 4) + String(repeating: "x", count: length % 4)
            let text = Array(#"{"k":["\#(padding)",1,-2.5e3,true,{"":null}]}"#.utf8)
            let found = JSONTokens.find(in: text)
            #expect(found.offsets == JSONTokens.scan(text).offsets)
            #expect(found.failure == nil)
        }
    }

    @Test("nesting of 512 levels is read, of 513 refused")
    func depth() {
        let deep = { (depth: Int) in
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        #expect(parse(deep(512)).problems.isEmpty)
        #expect(
            problems(deep(513)) == [
                "1:513 found lists and mappings nested deeper than 512 levels, expected at most 512"
            ])
        #expect(parse(deep(100_000)).documents.isEmpty)
    }
}

@Suite("JSON that is wrong is told with its place, what was found and what was expected")
struct JSONProblemTests {
    @Test(
        "each error has its message",
        arguments: [
            (#"{"a": 1,}"#, "1:8 found a comma before '}', expected another member or no comma"),
            ("[1,\n2,\n]", "2:2 found a comma before ']', expected another element or no comma"),
            ("[1 2]", "1:4 found '2', expected ',' or ']'"),
            (#"{"a" 1}"#, "1:6 found '1', expected ':' after the key"),
            (#"{"a": 1 "b": 2}"#, "1:9 found the string \"b\", expected ',' or '}'"),
            (#"{"a": }"#, "1:7 found '}', expected a value"),
            ("{1: 2, 3}}", "1:2 found '1', expected a key in double quotes or '}'"),
            ("{,}", "1:2 found ',', expected a key in double quotes or '}'"),
            ("[,]", "1:2 found ',', expected a value"),
            ("[tru, x}", "1:2 found 'tru', expected a value"),
            ("[trueish}", "1:2 found 'trueish', expected a value"),
            ("[01}", "1:2 found '01', expected a number as JSON writes it, such as 10, -0.5 or 1e3"),
            ("[1.}", "1:2 found '1.', expected a number as JSON writes it, such as 10, -0.5 or 1e3"),
            ("[-}", "1:2 found '-', expected a number as JSON writes it, such as 10, -0.5 or 1e3"),
            ("[1e+}", "1:2 found '1e+', expected a number as JSON writes it, such as 10, -0.5 or 1e3"),
            ("[1\"a\"}", "1:2 found '1\"a\"', expected a number as JSON writes it, such as 10, -0.5 or 1e3"),
            ("{\"a\": 1}\n}", "2:1 found '}', expected a value"),
            (
                "{\"a\": [1,\n",
                "1:10 found the end of the text, expected a value (the list begins on line 1)"
            ),
            (
                "{\n\"a\": 1\n\n",
                "2:7 found the end of the text, expected ',' or '}' (the mapping begins on line 1)"
            ),
            (
                "{",
                "1:2 found the end of the text, expected a key in double quotes or '}' (the mapping begins on line 1)"
            ),
            ("[\"a\nb\"]", "1:4 found a line break inside a string, expected a closing quote or \\n"),
            ("[\"a\tb\"]", "1:4 found a tab inside a string, expected \\t"),
            ("[\"\u{1}\"]", "1:3 found the control character U+0001 inside a string, expected \\u0001"),
            (
                "[1,\n \"abc",
                "2:2 found a string without closing quote, expected one before the end of the text"
            ),
            (
                #"["a\x"]"#,
                #"1:4 found the escape \x, expected \", \\, \/, \b, \f, \n, \r, \t or \uXXXX"#
            ),
            (#"["\u12"]"#, "1:3 found \\u, expected four hexadecimal digits after it"),
            (#"["\ud800x"]"#, "1:3 found \\uD800, half of a surrogate pair, expected both halves"),
            (#"["\udc00"]"#, "1:3 found \\uDC00, half of a surrogate pair, expected both halves"),
        ])
    func messages(_ text: String, _ expected: String) {
        #expect(problems(text) == [expected])
    }

    @Test("bytes that are no UTF-8 are told with their place")
    func utf8() {
        for (bytes, name) in [
            ([0xFF], "FF"), ([0xC0, 0xAF], "C0"), ([0xED, 0xA0, 0x80], "ED"), ([0xF5], "F5"),
        ] as [([UInt8], String)] {
            let text = Array("{\"a\": 1,\n \"é".utf8) + bytes + Array("\": 2}".utf8)
            let parsed = DocumentParser.parse(text, file: "f")
            #expect(
                parsed.problems == [
                    Problem(
                        file: "f", line: 2, column: 4,
                        message: "found the byte 0x\(name), expected UTF-8 text")
                ])
        }
    }

    @Test("a key that occurs twice is an error at the second, and the rest is read")
    func duplicates() {
        #expect(
            problems("{\"a\": 1,\n \"b\": {\"c\": 1, \"\\u0063\": 2},\n \"a\": 3}") == [
                "2:16 found the key \"c\" a second time (first on line 2), expected it once",
                "3:2 found the key \"a\" a second time (first on line 1), expected it once",
            ])
    }

    @Test("a key that occurs twice is found among thousands")
    func manyKeys() {
        let members = (0..<5000).map { "\"key-\($0)\": \($0)" }.joined(separator: ",\n")
        #expect(problems("{\(members)}").isEmpty)
        #expect(
            problems("{\(members),\n\"key-7\": 0}") == [
                "5001:1 found the key \"key-7\" a second time (first on line 8), expected it once"
            ])
    }

    @Test("documents before an error are returned")
    func documentsBefore() {
        let parsed = parse("{\"a\": 1}\n{\"a\": 2}\n{\"a\": \n")
        #expect(parsed.documents.map(outline) == ["{a: int 1}", "{a: int 2}"])
        #expect(parsed.problems.map(\.line) == [3])
    }

    @Test("the first error in the text is the one that is told")
    func firstError() {
        #expect(problems("[1 2, \"\u{1}\"]") == ["1:4 found '2', expected ',' or ']'"])
    }

    @Test("what only YAML's flow style admits is read as YAML")
    func flowStyle() {
        #expect(outline("{a: b, c: [1, 0644, yes]}") == "{a: 'b', c: [int 1, int 420, bool true]}")
        #expect(outline("{'a': 1}") == "{a: int 1}")
        #expect(outline("{\"a\": 1, # note\n\"b\": 0644 # note\n}") == "{a: int 1, b: int 420}")
        #expect(outline("{\"a\": 1}\n---\nb: 2") == "{a: int 1} / {b: int 2}")
    }

    @Test("if YAML fails as well, JSON's error is told")
    func neither() {
        #expect(problems("{a: b") == ["1:2 found 'a', expected a key in double quotes or '}'"])
        #expect(problems("{{ .Values.x }}") == ["1:2 found '{', expected a key in double quotes or '}'"])
    }
}
