import ClusterModel
import Testing

@Suite("Durations are read as Go reads them") struct DurationTests {
    @Test(
        "a number and a unit, as often as it is given",
        arguments: [
            ("10s", Duration.seconds(10)), ("1h30m", .seconds(5_400)), ("500ms", .milliseconds(500)),
            ("1.5h", .seconds(5_400)), ("-1m", .seconds(-60)), ("+2us", .microseconds(2)),
            ("2µs", .microseconds(2)), ("2μs", .microseconds(2)), ("7ns", .nanoseconds(7)), ("0", .zero),
            ("0s", .zero), (".5s", .milliseconds(500)), ("1.s", .seconds(1)), ("1s1h", .seconds(3_601)),
            ("0.0000000019s", .nanoseconds(1)), ("0.333333333333333333333h", .nanoseconds(1_199_999_999_999)),
            ("2562047h47m16.854775807s", .nanoseconds(Int64.max)),
        ])
    func valid(text: String, expected: Duration) {
        #expect(Duration(go: text) == expected)
    }

    @Test(
        "anything else is none",
        arguments: [
            "", "-", "10", "1d", "1 h", " 1h", "h", ".", ".s", "1h-30m", "ten", "1H", "s10", "2562048h",
            "9223372036854775808ns", "99999999999999999999s", "1h30",
        ])
    func invalid(text: String) {
        #expect(Duration(go: text) == nil)
    }

    @Test(
        "what is printed reads back",
        arguments: [
            (Duration.zero, "0s"), (.seconds(5_400), "1h30m"), (.milliseconds(1_500), "1s500ms"),
            (.nanoseconds(1_001), "1us1ns"), (.seconds(-90), "-1m30s"), (.seconds(86_400), "24h"),
        ])
    func printed(duration: Duration, text: String) {
        #expect(duration.goText == text)
        #expect(Duration(go: text) == duration)
    }
}
