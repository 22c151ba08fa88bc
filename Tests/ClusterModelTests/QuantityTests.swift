import ClusterModel
import Testing

@Suite("Quantities are read exactly and rounded up")
struct QuantityReadingTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let text: String
        let units: Int64
        let milli: Int64

        init(_ text: String, _ units: Int64, _ milli: Int64) {
            (self.text, self.units, self.milli) = (text, units, milli)
        }

        var testDescription: String { text.count < 40 ? text : "\(text.prefix(30))… (\(text.count))" }
    }

    static let readable: [Row] = [
        // Plain numbers, signs, points.
        Row("0", 0, 0), Row("00", 0, 0), Row("-0", 0, 0), Row("+0", 0, 0), Row("0.0", 0, 0),
        Row("1", 1, 1_000), Row("+1", 1, 1_000), Row("-1", -1, -1_000), Row("007", 7, 7_000),
        Row("0.5", 1, 500), Row(".5", 1, 500), Row("5.", 5, 5_000), Row("-.5", -1, -500), Row("+.5", 1, 500),
        Row("1.5", 2, 1_500), Row("-1.5", -2, -1_500), Row("9.01", 10, 9_010), Row("-9.01", -10, -9_010),
        Row("1.0000", 1, 1_000), Row("0.0001", 1, 1), Row("-0.0001", -1, -1), Row("2.0001", 3, 2_001),
        // Decimal suffixes.
        Row("1n", 1, 1), Row("1u", 1, 1), Row("1000u", 1, 1), Row("1001u", 1, 2), Row("-1n", -1, -1),
        Row("100m", 1, 100), Row("1500m", 2, 1_500), Row("1000m", 1, 1_000), Row("0m", 0, 0),
        Row("0.9m", 1, 1),
        Row("8k", 8_000, 8_000_000), Row("100.035k", 100_035, 100_035_000), Row(".0001k", 1, 100),
        Row("1.G", 1_000_000_000, 1_000_000_000_000), Row("12M", 12_000_000, 12_000_000_000),
        Row("3T", 3_000_000_000_000, 3_000_000_000_000_000),
        Row("2P", 2_000_000_000_000_000, 2_000_000_000_000_000_000),
        Row("0.001E", 1_000_000_000_000_000, 1_000_000_000_000_000_000),
        // Binary suffixes.
        Row("1Ki", 1_024, 1_024_000), Row("-1Ki", -1_024, -1_024_000), Row("0Ki", 0, 0),
        Row("1.5Ki", 1_536, 1_536_000), Row("0.5Mi", 524_288, 524_288_000),
        Row("64Gi", 68_719_476_736, 68_719_476_736_000), Row("1536Mi", 1_610_612_736, 1_610_612_736_000),
        Row("0.1Ki", 103, 102_400), Row("100.035Ki", 102_436, 102_435_840),
        Row("0.05Gi", 53_687_092, 53_687_091_200),
        Row("0.025Ti", 27_487_790_695, 27_487_790_694_400),
        Row("5Ti", 5_497_558_138_880, 5_497_558_138_880_000),
        Row("4Pi", 4_503_599_627_370_496, 4_503_599_627_370_496_000), Row("0.000000000001Ki", 1, 1),
        Row("0.0009765625Ki", 1, 1_000), Row("0.00097656250001Ki", 2, 1_001),
        Row("0.0000000000000000000000000001Ei", 1, 1),
        // Exponents.
        Row("1e3", 1_000, 1_000_000), Row("1E3", 1_000, 1_000_000), Row("1E+3", 1_000, 1_000_000),
        Row("1E-3", 1, 1), Row("1e0", 1, 1_000), Row("1e-0", 1, 1_000),
        Row("1.3E+6", 1_300_000, 1_300_000_000),
        Row("0.5e-1", 1, 50), Row("-2.5e1", -25, -25_000), Row("12e-1", 2, 1_200), Row("1e-2147483647", 1, 1),
        Row("0e2147483647", 0, 0), Row("1e003", 1_000, 1_000_000), Row(".000001e9", 1_000, 1_000_000),
        // More digits than any integer has.
        Row("0." + String(repeating: "0", count: 400), 0, 0),
        Row("0." + String(repeating: "0", count: 400) + "1", 1, 1),
        Row("0." + String(repeating: "0", count: 400) + "1e401", 1, 1_000),
        Row(String(repeating: "0", count: 400) + "7", 7, 7_000),
        Row("1" + String(repeating: "0", count: 400) + "e-400", 1, 1_000),
        Row("2." + String(repeating: "9", count: 400), 3, 3_000),
        Row("1.5" + String(repeating: "0", count: 400) + "Ki", 1_536, 1_536_000),
        Row("1.5" + String(repeating: "0", count: 400) + "1Ki", 1_537, 1_536_001),
    ]

    @Test("well-formed text gives whole units and thousandths", arguments: readable)
    func reads(row: Row) throws {
        #expect(try Quantity.units(row.text) == row.units)
        #expect(try Quantity.milli(row.text) == row.milli)
    }

    @Test(
        "text outside of the grammar is malformed",
        arguments: [
            "", " ", "+", "-", ".", "-.", "+.", "m", "Ki", "e3", ".e3", " 1", "1 ", "1\n", "1 Gi", "1. 5",
            "1ki", "1mi", "1i",
            "1K", "1g", "1t", "1N", "1U", "1B", "1GB", "1GiB", "1Gii", "1kk", "1mk", "12Q", "1e", "1e+",
            "1e-", "-3.01e-",
            "1ee3", "1e3.5", "1e3m", "1e 3", "1e3Ki", "1Ee3", "1ei", "1E3i", "1eE", "1.1.M", "1+1.0M", "1..2",
            "--1", "+-1", "1-", "1+",
            "0.1mi", "0.1am", "aoeu", ".5i", "1,5", "1_000", "0x10", "NaN", "inf", "\u{661}", "1\u{2009}Gi",
            "½",
        ])
    func refusesMalformed(text: String) {
        #expect(throws: QuantityError.malformed(text)) { try Quantity.units(text) }
        #expect(throws: QuantityError.malformed(text)) { try Quantity.milli(text) }
    }

    @Test("the whole range of 64 bits is read")
    func readsLimits() throws {
        #expect(try Quantity.units("9223372036854775807") == .max)
        #expect(try Quantity.units("-9223372036854775808") == .min)
        #expect(try Quantity.units("9223372036854775806.1") == .max)
        #expect(try Quantity.units("7Ei") == 8_070_450_532_247_928_832)
        #expect(try Quantity.units("-8Ei") == .min)
        #expect(try Quantity.units("9E") == 9_000_000_000_000_000_000)
        #expect(try Quantity.milli("9223372036854775.807") == .max)
        #expect(try Quantity.milli("-9223372036854775808m") == .min)
        #expect(try Quantity.milli("9223372036854775807m") == .max)
    }

    @Test(
        "a value beyond 64 bits is out of range, where Kubernetes would cap it",
        arguments: [
            "9223372036854775808", "-9223372036854775809", "9223372036854775807.1", "18446744073709551616",
            "18446744073709551615.5", "8Ei", "9Ei", "-8.1Ei", "16Ei", "7.9999999999999999999999Ei", "10E",
            "12E", "1e19", "1e20",
            "1e2147483647", "1e99999999999999999999", "1e-99999999999999999999", "9223372036854775807Ki",
            "1" + String(repeating: "0", count: 400),
        ])
    func refusesOutOfRange(text: String) {
        #expect(throws: QuantityError.outOfRange(text)) { try Quantity.units(text) }
    }

    @Test("thousandths run out of range a thousand times earlier")
    func refusesMilliOutOfRange() {
        #expect(throws: QuantityError.outOfRange("9223372036854775.808")) {
            try Quantity.milli("9223372036854775.808")
        }
        #expect(throws: QuantityError.outOfRange("10E")) { try Quantity.milli("10E") }
        #expect(throws: QuantityError.outOfRange("10P")) { try Quantity.milli("10P") }
    }

    @Test("a part of a longer text can be read in place")
    func readsSubstrings() throws {
        let line = "memory: 64Gi"
        #expect(try Quantity.units(line.dropFirst(8)) == 68_719_476_736)
    }

    @Test("errors say what was found and what is expected, on one short line")
    func describesErrors() {
        #expect(
            QuantityError.malformed("12Q").description
                == "\"12Q\" is not a quantity: expected a number and an optional suffix such as m, k, M, Gi or e3"
        )
        #expect(
            QuantityError.outOfRange("9Ei").description
                == "\"9Ei\" is out of range: expected a value below 2^63 in whole units (thousandths for CPU)"
        )
        #expect(QuantityError.malformed("1\n2").description.hasPrefix("\"1\\n2\" is not"))
        #expect(throws: QuantityError.malformed("1\u{0}")) { try Quantity.units("1\u{0}") }
        let long = QuantityError.outOfRange(String(repeating: "9", count: 400)).description
        #expect(long.hasPrefix("\"" + String(repeating: "9", count: 60) + "…\" is out of range"))
    }
}

@Suite("Quantities are written in Kubernetes' canonical form")
struct QuantityFormatTests {
    @Test(
        "whole units take the largest decimal suffix that loses nothing",
        arguments: [
            (0, "0"), (1, "1"), (999, "999"), (1_000, "1k"), (1_500, "1500"), (2_000, "2k"), (10_000, "10k"),
            (12_000_000, "12M"), (1_234_000, "1234k"), (-2_000, "-2k"), (5_000_000_000_000_000_000, "5E"),
            (Int64.max, "9223372036854775807"), (Int64.min, "-9223372036854775808"),
        ] as [(Int64, String)])
    func units(value: Int64, text: String) {
        #expect(Quantity.formatUnits(value) == text)
    }

    @Test(
        "thousandths are whole units where they can be",
        arguments: [
            (0, "0"), (1, "1m"), (500, "500m"), (1_500, "1500m"), (2_000, "2"), (2_000_000, "2k"),
            (2_500_000, "2500"),
            (-1_500, "-1500m"), (Int64.min, "-9223372036854775808m"),
        ] as [(Int64, String)])
    func milli(value: Int64, text: String) {
        #expect(Quantity.formatMilli(value) == text)
    }

    @Test(
        "bytes take the largest binary suffix that loses nothing",
        arguments: [
            (0, "0"), (1, "1"), (1_000, "1000"), (1_023, "1023"), (1_024, "1Ki"), (1_025, "1025"),
            (6_144, "6Ki"),
            (1_610_612_736, "1536Mi"), (68_719_476_736, "64Gi"), (1_074_815_565_824, "1001Gi"),
            (-2_048, "-2Ki"),
            (1_000_000, "1000000"), (Int64.min, "-8Ei"), (Int64.max, "9223372036854775807"),
        ] as [(Int64, String)])
    func bytes(value: Int64, text: String) {
        #expect(Quantity.formatBytes(value) == text)
    }
}

@Suite("Quantities keep their value under random texts")
struct QuantityPropertyTests {
    @Test("what is written reads back as the same value", arguments: [1, 2, 3] as [UInt64])
    func roundTrip(seed: UInt64) throws {
        var random = SplitMix(state: seed)
        for _ in 0..<5_000 {
            // Wide and narrow values, round ones in both bases.
            var value = Int64(truncatingIfNeeded: random.next()) >> Int64.random(in: 0...63, using: &random)
            let base = Bool.random(using: &random) ? 1_000 : 1_024 as Int64
            for _ in 0..<Int.random(in: 0...5, using: &random) {
                let (product, overflow) = value.multipliedReportingOverflow(by: base)
                if !overflow { value = product }
            }
            #expect(try Quantity.units(Quantity.formatUnits(value)) == value, "seed \(seed)")
            #expect(try Quantity.units(Quantity.formatBytes(value)) == value, "seed \(seed)")
            #expect(try Quantity.milli(Quantity.formatMilli(value)) == value, "seed \(seed)")
        }
    }

    @Test("any number with any suffix equals the wide-integer oracle", arguments: [11, 12, 13] as [UInt64])
    func oracle(seed: UInt64) throws {
        let suffixes: [(text: String, factor: Int128, divisor: Int128)] = [
            ("", 1, 1), ("m", 1, 1_000), ("u", 1, 1_000_000), ("n", 1, 1_000_000_000), ("k", 1_000, 1),
            ("M", 1_000_000, 1), ("G", 1_000_000_000, 1), ("E", 1_000_000_000_000_000_000, 1),
            ("Ki", 1 << 10, 1),
            ("Mi", 1 << 20, 1), ("Gi", 1 << 30, 1), ("Ei", 1 << 60, 1), ("e2", 100, 1), ("E-4", 1, 10_000),
        ]
        var random = SplitMix(state: seed)
        var fitting = 0
        for _ in 0..<5_000 {
            let whole = Int128(random.next() >> UInt64.random(in: 40...63, using: &random))
            let places = Int.random(in: 0...6, using: &random)
            let scale = (0..<places).reduce(1 as Int128) { scale, _ in scale * 10 }
            let part = Int128.random(in: 0..<scale, using: &random)
            let suffix = suffixes[Int.random(in: 0..<suffixes.count, using: &random)]
            let isNegative = Bool.random(using: &random)
            let padding = String(repeating: "0", count: places - (places == 0 ? 0 : String(part).count))
            let text =
                "\(isNegative ? "-" : "")\(whole)\(places == 0 ? "" : ".\(padding)\(part)")\(suffix.text)"

            let numerator = (whole * scale + part) * suffix.factor
            let denominator = scale * suffix.divisor
            for perUnit in [1, 1_000] as [Int128] {
                let read: (String) throws -> Int64 = {
                    try perUnit == 1 ? Quantity.units($0) : Quantity.milli($0)
                }
                let magnitude = (numerator * perUnit + denominator - 1) / denominator
                if let expected = Int64(exactly: isNegative ? -magnitude : magnitude) {
                    fitting += 1
                    #expect(try read(text) == expected, "\(text), seed \(seed)")
                } else {
                    #expect(throws: QuantityError.outOfRange(text), "seed \(seed)") { try read(text) }
                }
            }
        }
        #expect(fitting > 5_000)
    }
}

/// SplitMix64: a small generator whose sequence depends on its seed only.
private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
