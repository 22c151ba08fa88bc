import Testing

@testable import Documents

@Suite("YAML is read with its anchors, merges and several documents")
struct YAMLReaderTests {
    @Test("block and flow styles nest")
    func styles() {
        let text = """
            apiVersion: v1
            items:
            - name: a
              args: [x, "y", {z: 1}]
            -
              - 1
              - 2
            text: |
              one
              two
            """
        #expect(
            outline(text)
                == "{apiVersion: 'v1', items: [{name: 'a', args: ['x', 'y', {z: int 1}]}, [int 1, int 2]], text: 'one\ntwo'}"
        )
    }

    @Test("every value knows its line and column")
    func places() throws {
        let root = try #require(document("# note\na:\n  é: x\n  list:\n  - 1\n  -   two\n"))
        let a = try #require(root["a"])
        #expect((root.line, root.column) == (2, 1))
        #expect((a.line, a.column) == (3, 3))
        #expect((a["é"]?.line, a["é"]?.column) == (3, 6))
        #expect(a["list"]?.elements.map(\.line) == [5, 6])
        #expect(a["list"]?.elements.map(\.column) == [5, 7])
    }

    @Test("documents are separated by ---; empty and null ones are left out")
    func documents() throws {
        let parsed = parse("---\n# nothing\n---\na: 1\n---\n---\nnull\n...\n---\nb: 2\n---\n")
        #expect(parsed.problems.isEmpty)
        #expect(parsed.documents.map(outline) == ["{a: int 1}", "{b: int 2}"])
        #expect(parsed.documents.map(\.line) == [4, 10])
    }

    @Test("a text of nothing has no documents", arguments: ["", "\n", "# note\n", "---\n", "\u{FEFF}", "  "])
    func nothing(_ text: String) {
        let parsed = parse(text)
        #expect(parsed.documents.isEmpty)
        #expect(parsed.problems.isEmpty)
    }

    @Test("a byte order mark is skipped, UTF-16 is decoded")
    func encodings() {
        #expect(outline("\u{FEFF}a: é") == "{a: 'é'}")
        let utf16: [UInt8] =
            [0xFF, 0xFE] + Array("a: é\n".utf16).flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        #expect(DocumentParser.parse(utf16, file: "f").documents.map(outline) == ["{a: 'é'}"])
    }

    @Test("an alias repeats its anchor's value, the latest of that name before it")
    func aliases() {
        #expect(
            outline("a: &x {k: 1}\nb: *x\nc: &x 2\nd: *x\n*x : e")
                == "{a: {k: int 1}, b: {k: int 1}, c: int 2, d: int 2, 2: 'e'}")
    }

    @Test("anchors end with their document; one is unknown inside its own value")
    func unknownAliases() {
        #expect(
            problems("a: &x 1\n---\nb: *x\nc: &y [*y]\n") == [
                "3:4 found the alias *x, expected an anchor &x before it in its document",
                "4:8 found the alias *y, expected an anchor &y before it in its document",
            ])
    }

    @Test("a mapping's own members win over merged ones, earlier merges over later ones")
    func merge() {
        let text = """
            base: &base {a: 1, b: 2}
            more: &more {b: 3, c: 4}
            one:
              <<: *base
              a: 10
            two:
              c: 5
              <<: [*base, *more]
            inline:
              <<: {x: &deep {v: 1}}
              z: *deep
            again:
              "<<": quoted
            """
        #expect(
            outline(text)
                == "{base: {a: int 1, b: int 2}, more: {b: int 3, c: int 4}, one: {a: int 10, b: int 2}, "
                + "two: {c: int 5, a: int 1, b: int 2}, inline: {z: {v: int 1}, x: {v: int 1}}, again: {<<: 'quoted'}}"
        )
    }

    @Test("merged members are found by name and counted; the merge key is not")
    func mergedMembers() throws {
        let one = try #require(document("b: &b {x: 1}\none:\n  <<: *b\n  v: 2")?["one"])
        #expect(one.count == 2)
        #expect(one["x"]?.integer == 1)
        #expect(one["<<"] == nil)
        #expect(one["x"]?.line == 1)
    }

    @Test("a merged mapping can be repeated by an alias itself")
    func mergeOfMerge() {
        #expect(
            outline("a: &a {x: 1}\nb: &b\n  <<: *a\n  v: 2\nc:\n  <<: *b\n  z: 3\nd: *b")
                == "{a: {x: int 1}, b: {v: int 2, x: int 1}, c: {z: int 3, v: int 2, x: int 1}, d: {v: int 2, x: int 1}}"
        )
    }

    @Test("what a few lines expand to is bounded")
    func billionLaughs() {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...9 {
            let alias = "*a\(level - 1)"
            text +=
                "a\(level): &a\(level) [" + Array(repeating: alias, count: 10).joined(separator: ", ") + "]\n"
        }
        #expect(
            problems(text).map { $0.drop { $0 != " " } } == [
                " found aliases that expand to more than 1000000 values, expected fewer"
            ])
        #expect(parse(text).documents.isEmpty)
    }

    @Test("aliases cannot nest deeper than the text itself may")
    func deepAliases() {
        var text = "a0: &a0 [x]\n"
        for level in 1...600 { text += "a\(level): &a\(level) [*a\(level - 1)]\n" }
        #expect(
            problems(text) == [
                "512:14 found an alias that nests deeper than 512 levels, expected at most 512"
            ])
    }

    @Test("nesting of 512 levels is read, of 513 refused, and the next document read")
    func depth() {
        let deep = { (depth: Int) in
            "- " + String(repeating: "[", count: depth - 1) + String(repeating: "]", count: depth - 1) + "\n"
        }
        #expect(parse(deep(512)).problems.isEmpty)
        let parsed = parse(deep(513) + "---\na: 1")
        #expect(
            parsed.problems.map(\.description) == [
                "input:1: found lists and mappings nested deeper than 512 levels, expected at most 512"
            ])
        #expect(parsed.documents.map(outline) == ["{a: int 1}"])
    }
}

@Suite("YAML that is wrong is told with its place, what was found and what was expected")
struct YAMLProblemTests {
    @Test(
        "each error has its message",
        arguments: [
            ("a:\n\tb: 1", "2:1 found a tab, expected spaces for indentation"),
            ("a: @x", "1:4 found '@x', expected a value (text that begins so needs quotes)"),
            ("a: `x`", "1:4 found '`x`', expected a value (text that begins so needs quotes)"),
            ("a: 1\nb\nc: 2", "2:1 found text without ':' behind it, expected 'key: value'"),
            (
                "a: b: c",
                "1:5 found a second ':', expected 'key: value' on a line of its own (text with ': ' needs quotes)"
            ),
            ("a: - b", "1:4 found '-', expected the list to begin on a line of its own"),
            (
                "a: \"x\nb: 1\n",
                "1:4 found quoted text without closing quote, expected one before the document ends"
            ),
            ("a: [1, 2\nb: 3", "2:2 found ':', expected ',' or ']' (the list begins on line 1)"),
            ("a: {b: 1\nc: 2]", "2:2 found ':', expected ',' or '}' (the mapping begins on line 1)"),
            ("a: [1, 2", "1:9 found the end of the text, expected ',' or ']' (the list begins on line 1)"),
            (
                "a:\n  b: 1\n c: 2",
                "3:2 found 'c:', expected a key in line with the mapping that begins on line 1"
            ),
            ("- a\nb: 1", "2:1 found 'b:', expected '- ' in line with the list that begins on line 1"),
            ("a: ]", "1:4 found ']', expected a value"),
            (
                "a: \"\\q\"",
                "1:5 found an escape that YAML does not know, expected one such as \\n, \\\", \\\\ or \\u00E9"
            ),
            (
                "a: &\n",
                "1:5 found the end of the line in the name of an anchor, expected letters, digits, '-' and '_'"
            ),
            (
                "a: *\n",
                "1:5 found the end of the line in the name of an alias, expected letters, digits, '-' and '_'"
            ),
            ("a: !x!y 1", "1:4 found a tag with an undeclared prefix, expected one such as !!str"),
            ("a: |0\n  x", "1:5 found the indentation 0 behind '|' or '>', expected 1 to 9"),
            ("%YAML 3.0\n---\na", "1:1 found another version of YAML, expected %YAML 1.1 or 1.2"),
            ("a: \u{1}", "1:4 found the control character U+0001, expected text without it"),
            ("? [a]\n: b", "1:3 found a list as a key, expected text"),
            ("? {a: b}\n: c", "1:3 found a mapping as a key, expected text"),
            ("~: c", "1:1 found null as a key, expected text"),
            ("a: &x [1]\n*x : c", "2:1 found a list as a key, expected text"),
            ("<<: 5", "1:5 found '5' to merge with '<<', expected a mapping or a list of mappings"),
            (
                "<<: [{a: 1}, [2]]",
                "1:14 found a list to merge with '<<', expected a mapping or a list of mappings"
            ),
            ("a: 1\nb: 2\na: 3", "3:1 found the key \"a\" a second time (first on line 1), expected it once"),
            ("1: x\n\"1\": y", "2:1 found the key \"1\" a second time (first on line 1), expected it once"),
        ])
    func messages(_ text: String, _ expected: String) {
        #expect(problems(text) == [expected])
    }

    @Test("documents around a broken one are read, and every error is told")
    func recovery() {
        let parsed = parse("a: 1\n---\nb: [\n---\nc: 3\n---\nd: @\n---\ne: 5\n")
        #expect(parsed.documents.map(outline) == ["{a: int 1}", "{c: int 3}", "{e: int 5}"])
        #expect(parsed.documents.map(\.line) == [1, 5, 9])
        #expect(parsed.problems.map(\.line) == [4, 7])
    }

    @Test("a broken separator line is told once")
    func brokenSeparator() {
        let parsed = parse("a: 1\n--- @\n--- @\n---\nb: 2\n")
        #expect(parsed.documents.map(outline) == ["{a: int 1}", "{b: int 2}"])
        #expect(parsed.problems.map(\.line) == [2, 3])
    }

    @Test("bytes that are no UTF-8 spoil their document only")
    func utf8() {
        let text = Array("a: 1\n---\nb: é".utf8) + [0xFF] + Array("\n---\nc: 3\n---\nd: ".utf8) + [0xC3]
        let parsed = DocumentParser.parse(text, file: "f")
        #expect(parsed.documents.map(outline) == ["{a: int 1}", "{c: int 3}"])
        #expect(
            parsed.problems.map { "\($0.line):\($0.column) \($0.message)" } == [
                "3:5 found the byte 0xFF, expected UTF-8 text",
                "7:4 found the byte 0xC3, expected UTF-8 text",
            ])
    }

    @Test("a refused member is dropped, the others stay")
    func refusedMembers() {
        #expect(outline("a: 1\n? [x]\n: {y: &y 2}\nb: *y") == "{a: int 1, b: int 2}")
        #expect(outline("a: 1\n~: 2\nb: 3") == "{a: int 1, b: int 3}")
    }

    @Test("a key that occurs twice is found among thousands")
    func manyKeys() {
        let members = (0..<5000).map { "key-\($0): \($0)\n" }.joined()
        #expect(problems(members).isEmpty)
        #expect(
            problems(members + "key-7: 0\n") == [
                "5001:1 found the key \"key-7\" a second time (first on line 8), expected it once"
            ])
    }

    @Test("the number of problems is bounded")
    func manyProblems() {
        let text = String(repeating: "---\n@\n", count: 5000)
        #expect(parse(text).problems.count == 1000)
    }
}
