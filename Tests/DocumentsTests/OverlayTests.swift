import Documents
import Testing

@Suite("Values are laid over others, each part with its own place") struct OverlayTests {
    private func parse(_ text: String, file: String = "base.yaml") throws -> Value {
        try #require(DocumentParser.parse(Array(text.utf8), file: file).documents.first)
    }

    private let base = """
        a: 1
        b:
          c: [1, 2]
          d: text
        e: {f: 1.50, g: null}
        """

    @Test("mappings are merged, everything else is replaced") func merged() throws {
        let over = try parse("b: {c: [3], h: true}\ne: gone\ni: 0x10\n", file: "over.yaml")
        let both = try parse(base).overlaid(by: over)
        #expect(
            both.output.json(pretty: false)
                == #"{"a":1,"b":{"c":[3],"d":"text","h":true},"e":"gone","i":16}"#)
    }

    @Test("places are those of the parts") func places() throws {
        let both = try parse(base).overlaid(by: parse("\n\nb: {c: [3]}\n", file: "over.yaml"))
        let replaced = try #require(both["b"]?["c"])
        #expect(replaced.file == "over.yaml" && replaced.line == 3 && replaced.column == 8)
        let kept = try #require(both["b"]?["d"])
        #expect(kept.file == "base.yaml" && kept.line == 4)
        #expect(both["e"]?["f"]?.scalarText == "1.50" && both["e"]?["f"]?.line == 5)
        #expect(both.file == "base.yaml" && both.line == 1)
        let json = try parse(#"{"b": {"d": 7}}"#, file: "over.json")
        let third = both.overlaid(by: json)
        #expect(third["b"]?["d"]?.integer == 7 && third["b"]?["d"]?.file == "over.json")
        #expect(third["b"]?["c"]?.file == "over.yaml")
    }

    @Test("a place is replaced, and made where it is missing") func replaced() throws {
        let value = try parse(base)
        let seven = try parse("7", file: "seven")
        func replacing(_ path: [PathStep]) -> String? {
            value.replacing(path, with: seven)?.output.json(pretty: false)
        }
        let rest = #""e":{"f":1.5,"g":null}"#
        #expect(
            replacing([.key("b"), .key("c"), .element(1)]) == #"{"a":1,"b":{"c":[1,7],"d":"text"},"# + rest
                + "}")
        #expect(replacing([.key("a")]) == #"{"a":7,"b":{"c":[1,2],"d":"text"},"# + rest + "}")
        #expect(
            replacing([.key("x"), .key("y")])
                == #"{"a":1,"b":{"c":[1,2],"d":"text"},"# + rest + #","x":{"y":7}}"#)
        #expect(replacing([.key("e"), .key("g"), .key("h")])?.hasSuffix(#""g":{"h":7}}}"#) == true)
        #expect(replacing([]) == "7")
        #expect(replacing([.key("a"), .key("b")]) == nil)
        #expect(replacing([.key("b"), .key("c"), .element(2)]) == nil)
        #expect(replacing([.key("b"), .element(0)]) == nil)
    }

    @Test("a member is taken away") func removed() throws {
        #expect(
            try parse(base).removing("b").output.json(pretty: false) == #"{"a":1,"e":{"f":1.5,"g":null}}"#)
        #expect(try parse(base).removing("z").count == 3)
    }
}
