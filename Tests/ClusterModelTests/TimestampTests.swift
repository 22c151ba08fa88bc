import ClusterModel
import Testing

@Suite("Timestamps are RFC 3339 text and whole seconds")
struct TimestampTests {
    static let written: [(String, Int64)] = [
        ("1970-01-01T00:00:00Z", 0), ("1970-01-01T00:00:01Z", 1), ("1969-12-31T23:59:59Z", -1),
        ("2000-02-29T12:00:00Z", 951_825_600), ("2000-03-01T00:00:00Z", 951_868_800),
        ("2024-02-29T23:59:59Z", 1_709_251_199), ("2026-03-01T08:00:00Z", 1_772_352_000),
        ("2038-01-19T03:14:08Z", 2_147_483_648), ("1900-03-01T00:00:00Z", -2_203_891_200),
        ("0001-01-01T00:00:00Z", -62_135_596_800), ("9999-12-31T23:59:59Z", 253_402_300_799),
    ]

    @Test("universal time reads and writes", arguments: written)
    func universal(text: String, seconds: Int64) {
        #expect(Timestamp(rfc3339: text)?.secondsSinceEpoch == seconds)
        #expect(Timestamp(secondsSinceEpoch: seconds).rfc3339 == text)
    }

    @Test(
        "zones are subtracted and fractions dropped",
        arguments: [
            ("1970-01-01T02:00:00+02:00", 0), ("1969-12-31T18:30:00-05:30", 0),
            ("1970-01-01T00:00:00+00:00", 0),
            ("1970-01-01T00:00:00-00:00", 0), ("1970-01-01T00:00:01.999999999Z", 1),
            ("1970-01-02T00:00:00.5+23:59", 60),
            ("1969-12-31T23:59:59.9Z", -1),
        ] as [(String, Int64)])
    func zones(text: String, seconds: Int64) {
        #expect(Timestamp(rfc3339: text)?.secondsSinceEpoch == seconds)
    }

    @Test(
        "what is no such time is refused",
        arguments: [
            "", "2026", "2026-03-01", "2026-03-01T08:00:00", "2026-03-01 08:00:00Z", "2026-03-01t08:00:00Z",
            "2026-03-01T08:00:00z", "2026-3-01T08:00:00Z", "2026-03-01T8:00:00Z", "2026-03-01T08:00Z",
            "2026-02-29T00:00:00Z", "1900-02-29T00:00:00Z", "2026-04-31T00:00:00Z", "2026-13-01T00:00:00Z",
            "2026-00-01T00:00:00Z", "2026-01-00T00:00:00Z", "2026-01-32T00:00:00Z", "2026-01-01T24:00:00Z",
            "2026-01-01T00:60:00Z", "2026-01-01T00:00:60Z", "0000-01-01T00:00:00Z", "10000-01-01T00:00:00Z",
            "2026-01-01T00:00:00.Z", "2026-01-01T00:00:00,5Z", "2026-01-01T00:00:00+24:00",
            "2026-01-01T00:00:00+01:60",
            "2026-01-01T00:00:00+0100", "2026-01-01T00:00:00+01", "2026-01-01T00:00:00ZZ",
            "2026-01-01T00:00:00Z ",
            " 2026-01-01T00:00:00Z", "0001-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01",
            "-026-01-01T00:00:00Z",
            "２０２６-01-01T00:00:00Z",
        ])
    func refuses(text: String) {
        #expect(Timestamp(rfc3339: text) == nil)
    }

    @Test("every day of nine centuries follows the one before it")
    func calendar() {
        var expected: (year: Int64, month: Int64, day: Int64) = (1600, 1, 1)
        var seconds: Int64 = -11_676_096_000
        while expected.year < 2500 {
            let pad = { (value: Int64) in value < 10 ? "0\(value)" : "\(value)" }
            let text = "\(expected.year)-\(pad(expected.month))-\(pad(expected.day))T00:00:00Z"
            guard Timestamp(secondsSinceEpoch: seconds).rfc3339 == text,
                Timestamp(rfc3339: text)?.secondsSinceEpoch == seconds
            else {
                Issue.record("\(text) is not \(seconds)")
                return
            }
            seconds += 86_400
            let isLeap = expected.year % 400 == 0 || expected.year % 4 == 0 && expected.year % 100 != 0
            let lengths: [Int64] = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
            expected.day += 1
            if expected.day > lengths[Int(expected.month) - 1] {
                (expected.month, expected.day) = (expected.month + 1, 1)
            }
            if expected.month > 12 { (expected.year, expected.month) = (expected.year + 1, 1) }
        }
        #expect(seconds == 16_725_225_600)
    }

    @Test("every count of seconds can be written, beyond four-digit years with a sign")
    func extremes() {
        #expect(Timestamp(secondsSinceEpoch: 253_402_300_800).rfc3339 == "+10000-01-01T00:00:00Z")
        #expect(Timestamp(secondsSinceEpoch: -62_135_596_801).rfc3339 == "0000-12-31T23:59:59Z")
        #expect(Timestamp(secondsSinceEpoch: .max).rfc3339 == "+292277026596-12-04T15:30:07Z")
        #expect(Timestamp(secondsSinceEpoch: .min).rfc3339 == "-292277022657-01-27T08:29:52Z")
    }

    @Test("earlier sorts before later")
    func order() {
        #expect(Timestamp(secondsSinceEpoch: 1) < Timestamp(secondsSinceEpoch: 2))
        #expect("\(Timestamp(secondsSinceEpoch: 0))" == "1970-01-01T00:00:00Z")
    }
}
