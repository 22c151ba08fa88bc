import Testing

@testable import Documents

@Suite("Plain scalars of YAML mean what they mean to Kubernetes")
struct YAMLScalarTests {
    @Test(
        "true in all its spellings",
        arguments: ["y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"])
    func isTrue(_ text: String) {
        #expect(outline("v: \(text)") == "{v: bool true}")
    }

    @Test(
        "false in all its spellings",
        arguments: ["n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"])
    func isFalse(_ text: String) {
        #expect(outline("v: \(text)") == "{v: bool false}")
    }

    @Test("null in all its spellings", arguments: ["", "~", "null", "Null", "NULL", "# nothing"])
    func isNull(_ text: String) {
        #expect(outline("v: \(text)") == "{v: null}")
    }

    @Test(
        "integers in every base, without underscores",
        arguments: [
            ("0", 0), ("12", 12), ("+12", 12), ("-12", -12), ("1_000", 1000), ("0644", 420), ("-0644", -420),
            ("0o17", 15), ("0O17", 15), ("0x1F", 31), ("0XfF", 255), ("-0x10", -16), ("0b101", 5),
            ("-0b11", -3),
            ("00", 0), ("9223372036854775807", .max), ("-9223372036854775808", .min),
            ("-0x8000000000000000", .min), ("0_7", 7),
        ] as [(String, Int64)])
    func integers(_ text: String, _ expected: Int64) throws {
        let value = try #require(document("v: \(text)")?["v"])
        #expect(value.kind == .integer)
        #expect(value.integer == expected)
        #expect(value.scalarText == String(expected))
        #expect(value.double == Double(expected))
    }

    @Test(
        "floats keep their text",
        arguments: [
            ("1.5", "1.5", 1.5), ("-1.5", "-1.5", -1.5), ("+.5", "+.5", 0.5), (".5", ".5", 0.5),
            ("5.", "5.", 5),
            ("1e3", "1e3", 1000), ("1E-3", "1E-3", 0.001), ("1.10", "1.10", 1.1), ("1_0.5", "10.5", 10.5),
            ("089", "089", 89), ("18446744073709551615", "18446744073709551615", 0x1p64),
            ("0xFFFFFFFFFFFFFFFF", "18446744073709551615", 0x1p64),
            ("99999999999999999999", "99999999999999999999", 1e20), (".inf", ".inf", .infinity),
            ("-.INF", "-.INF", -.infinity), ("+.Inf", "+.Inf", .infinity),
        ] as [(String, String, Double)])
    func floats(_ text: String, _ kept: String, _ expected: Double) throws {
        let value = try #require(document("v: \(text)")?["v"])
        #expect(value.kind == .float)
        #expect(value.scalarText == kept)
        #expect(value.double == expected)
        #expect(value.integer == nil)
    }

    @Test("NaN is a float", arguments: [".nan", ".NaN", ".NAN"])
    func notANumber(_ text: String) throws {
        let value = try #require(document("v: \(text)")?["v"])
        #expect(value.kind == .float)
        #expect(value.double?.isNaN == true)
    }

    @Test(
        "everything else is text",
        arguments: [
            "a", "yEs", "tRUE", "nil", "none", "None", "nULL", "64Gi", "100m", "0x", "0xG", "0b2", "0o8", "+",
            ".", "+-1",
            "1e", "1e400", "1.2.3", "2024-01-01", "2001-12-14t21:59:43.10-05:00", "12:30:45", "190:20:30",
            "_1",
            "1-2", ".1_0", "inf", "nan", "Infinity", "0x1p-2", "0x+1", "--1", "<<", "yesno", "1,5", "é",
            "-0xG",
        ])
    func strings(_ text: String) {
        #expect(outline("v: \(text)") == "{v: '\(text)'}")
    }

    @Test("quoted and block scalars are text", arguments: ["'1'", "\"1\"", "|-\n  1", ">-\n  1"])
    func quoted(_ text: String) {
        #expect(outline("v: \(text)") == "{v: '1'}")
    }

    @Test("tags decide where they stand")
    func tags() {
        #expect(
            outline("[!!str 1, !!str yes, !!int \"7\", !!float 1, !!bool 'on', !!null '', !custom 5, ! 6]")
                == "['1', 'yes', int 7, float 1, bool true, null, '5', int 6]")
        #expect(problems("a: !!int x") == ["1:4 found 'x' with the tag !!int, expected an integer"])
        #expect(problems("a: !!bool 1") == ["1:4 found '1' with the tag !!bool, expected true or false"])
    }

    @Test("keys that are no strings take their text")
    func keys() {
        #expect(
            outline("1: a\ny: b\n0x1F: c\n1.50: d\noff: e\n2024-01-01: f")
                == "{1: 'a', true: 'b', 31: 'c', 1.50: 'd', false: 'e', 2024-01-01: 'f'}")
    }
}
