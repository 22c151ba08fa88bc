import Testing

@testable import Documents

@Suite("Output reads in the order in which it was built")
struct OutputTests {
    static let tree: OutputValue = [
        "name": "a", "count": 3, "share": 0.5, "ok": true, "none": nil, "empty": [:],
        "list": [1, [], ["x": "z"]],
    ]

    @Test("compact JSON has no blanks")
    func compact() {
        #expect(
            Self.tree.json(pretty: false)
                == #"{"name":"a","count":3,"share":0.5,"ok":true,"none":null,"empty":{},"list":[1,[],{"x":"z"}]}"#
        )
    }

    @Test("pretty JSON is indented by two spaces")
    func pretty() {
        #expect(
            Self.tree.json() == """
                {
                  "name": "a",
                  "count": 3,
                  "share": 0.5,
                  "ok": true,
                  "none": null,
                  "empty": {},
                  "list": [
                    1,
                    [],
                    {
                      "x": "z"
                    }
                  ]
                }
                """)
    }

    @Test("JSON escapes what it must and nothing else")
    func escapes() {
        let text = OutputValue.string("\"\\/\u{8}\u{c}\n\r\t\u{0}\u{1f}\u{7f}é😀")
        #expect(text.json() == #""\"\\/\b\f\n\r\t\u0000\u001F"# + "\u{7f}é😀\"")
    }

    @Test("numbers that JSON does not have are null")
    func infinite() {
        #expect(
            OutputValue.list([.number(.infinity), .number(.nan), .number(1e20), 1.0]).json(pretty: false)
                == "[null,null,1e+20,1.0]")
    }

    @Test("YAML is in block style")
    func yaml() {
        #expect(
            Self.tree.yaml() == """
                name: a
                count: 3
                share: 0.5
                ok: true
                none: null
                empty: {}
                list:
                - 1
                - []
                - x: z

                """)
    }

    @Test(
        "text that YAML would read as another type is quoted",
        arguments: [
            "yes", "n", "null", "~", "", "1", "0644", "0x1F", "1e3", ".inf", "2024-01-01", "12:30:45", "<<",
            "=",
            "+.5", "1_000",
        ])
    func quoted(_ text: String) {
        #expect(OutputValue.string(text).yaml() == "\"\(text)\"\n")
    }

    @Test(
        "other text is plain",
        arguments: ["a", "64Gi", "100m", "v1.2", "nvidia.com/gpu", "a b", "é", "1st", "10.0.0.1/8"])
    func plain(_ text: String) {
        #expect(OutputValue.string(text).yaml().prefix { $0 != "\n" } == text)
    }

    @Test("several lines are literal text")
    func literal() {
        #expect((["t": "a\nb\n"] as OutputValue).yaml() == "t: |\n  a\n  b\n")
        #expect((["t": "a\n\nb"] as OutputValue).yaml() == "t: |-\n  a\n\n  b\n")
    }

    @Test("special numbers have YAML's names")
    func specialNumbers() {
        #expect(
            OutputValue.list([.number(.infinity), .number(-.infinity), .number(.nan)]).yaml()
                == "- .inf\n- -.inf\n- .nan\n")
    }

    @Test("objects differ when their members' order does")
    func equality() {
        let one: OutputValue = ["a": 1, "b": [2]]
        #expect(one == ["a": 1, "b": [2]])
        #expect(one != ["b": [2], "a": 1])
        #expect(one != ["a": 1])
        #expect(OutputValue.integer(1) != .number(1))
    }

    @Test("what is printed reads back the same, as JSON in both forms and as YAML")
    func roundTrip() {
        for seed in UInt64(0)..<1500 {
            var random = SeededRandom(seed: seed)
            let tree = OutputValue.object([("root", Self.randomTree(&random, depth: 4))])
            for text in [tree.json(), tree.json(pretty: false), tree.yaml()] {
                let back = document(text).map(Self.output)
                #expect(back == tree, "seed \(seed): \(text)")
            }
        }
    }

    private static let words = [
        "", "a", "yes", "0", "-1", "1.5", "null", "x: y", "- a", "# c", "a # b", " a", "a ", "\n", "a\nb",
        "a\nb\n", "a\n\n",
        "\na", " a\nb", "a\n b\n", "a\n \nb", "\t", "a\tb", "\r", "a\r\nb", "\u{0}", "\u{7f}", "\u{85}",
        "\u{2028}", "\u{FEFF}", "é😀", "'", "\"", "\\",
        "|", ">", "&a", "*a", "!t", "%", "@", "`", "{", "}", "[", "]", ",", "?", "-", ":", "a:", "---",
        "--- a", "...", "a\n---\nb",
        "a\n\tb", "a \nb", "1:30", "<<", "=", "\u{10FFFF}", "a\n\n\n", "\u{85}\na", "x\u{2029}\ny\n",
    ]

    private static func randomTree(_ random: inout SeededRandom, depth: Int) -> OutputValue {
        switch Int.random(in: 0..<(depth > 0 ? 9 : 6), using: &random) {
        case 0: return .null
        case 1: return .bool(.random(using: &random))
        case 2: return .integer(Int64(truncatingIfNeeded: random.next()))
        case 3: return .number(Double(Int64(truncatingIfNeeded: random.next())) / 1024)
        case 4, 5: return .string(randomText(&random))
        case 6, 7:
            return .list(
                (0..<Int.random(in: 0..<4, using: &random)).map { _ in randomTree(&random, depth: depth - 1) }
            )
        default:
            var members: [(String, OutputValue)] = []
            for _ in 0..<Int.random(in: 0..<4, using: &random) {
                let key = randomText(&random)
                if members.contains(where: { $0.0 == key }) { continue }
                members.append((key, randomTree(&random, depth: depth - 1)))
            }
            return .object(members)
        }
    }

    private static func randomText(_ random: inout SeededRandom) -> String {
        (0..<Int.random(in: 1..<4, using: &random)).map { _ in words.randomElement(using: &random) ?? "" }
            .joined()
    }

    private static func output(_ value: Value) -> OutputValue {
        switch value.kind {
        case .null: .null
        case .bool: .bool(value.bool ?? false)
        case .integer: .integer(value.integer ?? 0)
        case .float: .number(value.double ?? .nan)
        case .string: .string(value.string ?? "")
        case .sequence: .list(value.elements.map(output))
        case .mapping: .object(value.members.map { ($0.key, output($0.value)) })
        }
    }
}

@Suite("A value gives its JSON text back") struct JSONTextTests {
    private func text(_ source: String, at key: String? = nil, without path: [String] = []) throws -> String {
        let document = try #require(
            DocumentParser.parseJSON(Array(source.utf8), file: "test").documents.first)
        let value = try #require(key.map { document[$0] } ?? document)
        return String(decoding: try #require(value.jsonText(without: path)), as: UTF8.self)
    }

    @Test("as it stands, on one line") func whole() throws {
        #expect(try text("{\"a\": 1.50e3,\n \"b\":\"}\\\"\"}", at: "b") == "\"}\\\"\"")
        #expect(try text("{\"a\": 1.50e3,\n \"b\":\"}\\\"\"}", at: "a") == "1.50e3")
        #expect(try text("{\"a\":[true,{\"b\":null}]}", at: "a") == "[true,{\"b\":null}]")
        #expect(try text("{\"a\":true}", at: "a") == "true")
        #expect(try text("{\"a\":\n1}") == "{\"a\": 1}")
    }

    @Test("without one member, wherever it stands") func without() throws {
        let path = ["m", "x"]
        #expect(try text(#"{"m":{"x":{"y":[1]},"z":2}}"#, without: path) == #"{"m":{"z":2}}"#)
        #expect(try text(#"{"m":{"z":2 , "x":"," }}"#, without: path) == #"{"m":{"z":2 }}"#)
        #expect(try text(#"{"m":{"a":1,"x":null,"z":2}}"#, without: path) == #"{"m":{"a":1,"z":2}}"#)
        #expect(try text(#"{"m":{"x":[]}}"#, without: path) == #"{"m":{}}"#)
        #expect(try text(#"{"m":[{"x":1}]}"#, without: path) == #"{"m":[{"x":1}]}"#)
    }

    @Test("and what was YAML has none") func yaml() throws {
        let document = try #require(DocumentParser.parse(Array("a: 1".utf8), file: "test").documents.first)
        #expect(document.jsonText() == nil)
    }
}
