import Testing

@testable import Documents

@Suite("Fields are read as their types, and what has another type is reported")
struct FieldReaderTests {
    private let sink = ProblemSink()

    private func reader(_ text: String) throws -> FieldReader {
        FieldReader(try #require(parse(text, file: "f.yaml").documents.first), sink: sink)
    }

    private var reports: [String] { sink.problems.map(\.description) }

    @Test("every accessor reads its type")
    func types() throws {
        let fields = try reader(
            """
            text: a
            number: 7
            share: 1.5
            ok: yes
            list: [a, b]
            labels: {x: z, empty: }
            object: {deep: {name: n}}
            objects: [{name: a}, {name: b}]
            """)
        #expect(fields.string("text") == "a")
        #expect(fields.requiredString("text") == "a")
        #expect(fields.integer("number") == 7)
        #expect(fields.integer("number", in: 7...7) == 7)
        #expect(fields.double("share") == 1.5)
        #expect(fields.double("number") == 7)
        #expect(fields.bool("ok") == true)
        #expect(fields.strings("list") == ["a", "b"])
        #expect(fields.stringMap("labels") == ["x": "z", "empty": ""])
        #expect(fields.object("object")?.object("deep")?.path == "object.deep")
        #expect(fields.objects("objects").map(\.path) == ["objects[0]", "objects[1]"])
        #expect(fields.objects("objects").compactMap { $0.string("name") } == ["a", "b"])
        #expect(fields.value("list")?.count == 2)
        #expect(reports.isEmpty)
        #expect(!sink.hasErrors)
    }

    @Test("what is absent or null is nil, without a report")
    func absent() throws {
        let fields = try reader("a: null\nb: ~")
        #expect(fields.string("a") == nil)
        #expect(fields.integer("b") == nil)
        #expect(fields.bool("c") == nil)
        #expect(fields.strings("a").isEmpty)
        #expect(fields.stringMap("a").isEmpty)
        #expect(fields.object("a") == nil)
        #expect(fields.objects("a").isEmpty)
        #expect(fields.value("a") == nil)
        #expect(reports.isEmpty)
    }

    @Test("a mismatch tells the place, the path, what was found and what was expected")
    func mismatches() throws {
        let fields = try reader(
            """
            a: 5
            b: x
            c: [1]
            d: {e: 1.10, nvidia.com/gpu: yes}
            f: [x, 2, {y: z}]
            g: [{}, w]
            h: 1e3
            i: .inf
            """)
        _ = fields.string("a")
        _ = fields.integer("b")
        _ = fields.bool("c")
        _ = fields.stringMap("d")
        #expect(fields.strings("f") == ["x"])
        #expect(fields.objects("g").count == 1)
        _ = fields.integer("h")
        _ = fields.double("i")
        _ = fields.object("a")
        _ = fields.objects("b")
        _ = fields.double("b")
        #expect(
            reports == [
                "f.yaml:1: a: found an integer (5), expected a string (put it in quotes)",
                "f.yaml:2: b: found a string (\"x\"), expected an integer",
                "f.yaml:3: c: found a list, expected true or false",
                "f.yaml:4: d.e: found a number (1.10), expected a string (put it in quotes)",
                "f.yaml:4: d[nvidia.com/gpu]: found a boolean (true), expected a string (put it in quotes)",
                "f.yaml:5: f[1]: found an integer (2), expected a string (put it in quotes)",
                "f.yaml:5: f[2]: found a mapping, expected a string",
                "f.yaml:6: g[1]: found a string (\"w\"), expected a mapping",
                "f.yaml:7: h: found a number (1e3), expected an integer",
                "f.yaml:8: i: found .inf, expected a finite number",
                "f.yaml:1: a: found an integer (5), expected a mapping",
                "f.yaml:2: b: found a string (\"x\"), expected a list",
                "f.yaml:2: b: found a string (\"x\"), expected a number",
            ])
        #expect(sink.hasErrors)
    }

    @Test("an integer outside its range is reported with the range")
    func ranges() throws {
        let fields = try reader("a: 7\nb: 99999999999999999999")
        #expect(fields.integer("a", in: 0...6) == nil)
        #expect(fields.integer("a", in: 8 ... .max) == nil)
        #expect(fields.integer("a", in: .min...6) == nil)
        #expect(fields.integer("b", in: 0...6) == nil)
        #expect(
            reports == [
                "f.yaml:1: a: found 7, expected an integer from 0 to 6",
                "f.yaml:1: a: found 7, expected an integer of at least 8",
                "f.yaml:1: a: found 7, expected an integer of at most 6",
                "f.yaml:2: b: found a number (99999999999999999999), expected an integer from 0 to 6",
            ])
    }

    @Test("a required string that is missing, null or empty is reported, a wrong one once")
    func required() throws {
        let fields = try #require(reader("m:\n  a: \"\"\n  b: null\n  c: 1").object("m"))
        #expect(fields.requiredString("a") == nil)
        #expect(fields.requiredString("b") == nil)
        #expect(fields.requiredString("c") == nil)
        #expect(fields.requiredString("d") == nil)
        #expect(
            reports == [
                "f.yaml:2: m.a: found an empty string, expected one that is not",
                "f.yaml:3: m.b: found nothing, expected a string",
                "f.yaml:4: m.c: found an integer (1), expected a string (put it in quotes)",
                "f.yaml:2: m.d: found nothing, expected a string",
            ])
    }

    @Test("a document that is no mapping is reported once and has no members")
    func notAMapping() throws {
        let fields = try reader("- a")
        #expect(fields.string("a") == nil)
        #expect(fields.requiredString("a") == nil)
        #expect(reports == ["f.yaml:1: found a list, expected a mapping"])
    }

    @Test("unknown keys are listed in the order of the text; reports take a severity")
    func unknown() throws {
        let fields = try reader("z: 1\na: 2\ny2: 3")
        #expect(fields.unknownKeys(["a"]).map(\.key) == ["z", "y2"])
        fields.report("z", "unknown", severity: .warning)
        #expect(reports == ["f.yaml:1: z: unknown"])
        #expect(!sink.hasErrors)
    }
}
