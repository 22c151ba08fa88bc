import Testing

@testable import Documents

@Suite("No text makes the parser trap")
struct RobustnessTests {
    private static let seeds = [
        #"{"kind": "Pod", "metadata": {"labels": {"a": "b\n\u00e9\ud83d\ude00"}}, "n": [1, -2.5e3, true, null, {}]}"#,
        "{\"a\": 1}\n{\"b\": [2, {\"c\": \"d\"}]}",
        "kind: Pod\nmetadata:\n  name: é\n  labels: &l {a: 'b', c: \"d\\n\"}\nspec:\n- *l\n- <<: *l\n  x: |\n    text\n",
        "--- !!map\n? k\n: - 0x1F\n  - .inf\n---\n%TAG ! x\n--- >-\n folded\n text\n...\n# end\n",
        "a: [1, 2, {b: c}]\n---\nb: &x [*x]\nc: &y {<<: [{z: 1}, *x]}\nd: *y\n~: e\n",
    ]
    private static let pieces: [[UInt8]] =
        [
            "{", "}", "[", "]", ":", ",", "\"", "'", "\\", "\n", "\n---\n", "- ", "? ", ": ", "&a ", "*a ",
            "<<: ", "|", ">",
            "!!int ", "%", "@", "\t", "#", " ", "0", "-", "e", ".", "_", "\\u", "\\ud800", "null", "~",
            "\u{FEFF}", "\u{85}", "\u{2028}",
            "\0",
        ].map { Array($0.utf8) } + [[0xFF], [0xC3], [0xED, 0xA0, 0x80], [0xFF, 0xFE], [0xF0, 0x9F]]

    @Test("mutated texts give documents or problems, and every value can be read")
    func mutations() {
        for seed in UInt64(0)..<6000 {
            var random = SeededRandom(seed: seed)
            var text = Array((Self.seeds.randomElement(using: &random) ?? "").utf8)
            for _ in 0..<Int.random(in: 1...6, using: &random) { Self.mutate(&text, &random) }
            let parsed = DocumentParser.parse(text, file: "f")
            var entries = 0
            for document in parsed.documents { Self.visit(document, &entries) }
            #expect(
                parsed.problems.allSatisfy { $0.line > 0 && $0.column > 0 && !$0.message.isEmpty },
                "seed \(seed)")
        }
    }

    @Test("tokens found by vectors and byte by byte lead to the same documents and the same error")
    func sameTokens() {
        for seed in UInt64(0)..<3000 {
            var random = SeededRandom(seed: seed)
            // Blanks move the text across the blocks that the vectorised search works in.
            var text = [UInt8](repeating: 0x20, count: Int.random(in: 0..<64, using: &random))
            text += Array(Self.seeds[Int.random(in: 0..<2, using: &random)].utf8)
            for _ in 0..<Int.random(in: 0...3, using: &random) { Self.mutate(&text, &random) }
            var fast = JSONReader(text)
            var slow = JSONReader(text, tokens: JSONTokens.scan(text))
            fast.read()
            slow.read()
            #expect(fast.error == slow.error, "seed \(seed)")
            let fastDocuments = fast.finish(file: "f").documents.map(outline)
            #expect(fastDocuments == slow.finish(file: "f").documents.map(outline), "seed \(seed)")
        }
    }

    private static func mutate(_ text: inout [UInt8], _ random: inout SeededRandom) {
        let place = Int.random(in: 0...text.count, using: &random)
        let end = min(text.count, place + Int.random(in: 0..<12, using: &random))
        switch Int.random(in: 0..<5, using: &random) {
        case 0: text.removeSubrange(place..<end)
        case 1: text.insert(contentsOf: pieces.randomElement(using: &random) ?? [], at: place)
        case 2: text.insert(contentsOf: text[place..<end], at: Int.random(in: 0...text.count, using: &random))
        case 3: text.removeSubrange(place...)
        default:
            if place < text.count { text[place] = UInt8.random(in: .min ... .max, using: &random) }
        }
    }

    /// Uses every accessor of every value: their agreement is what the test is about.
    private static func visit(_ value: Value, _ entries: inout Int) {
        entries += 1
        #expect(value.line > 0 && value.column > 0)
        switch value.kind {
        case .null: #expect(value.isNull && value.scalarText == nil)
        case .bool: #expect(value.bool != nil && value.scalarText != nil)
        case .integer: #expect(value.integer != nil && value.double != nil)
        case .float: #expect(value.integer == nil && value.double != nil)
        case .string: #expect(value.string == value.scalarText)
        case .sequence:
            var count = 0
            for element in value.elements {
                visit(element, &entries)
                count += 1
            }
            #expect(count == value.count)
        case .mapping:
            var count = 0
            for (key, member) in value.members {
                #expect(value[key] != nil)
                visit(member, &entries)
                count += 1
            }
            #expect(count == value.count)
        }
    }
}
