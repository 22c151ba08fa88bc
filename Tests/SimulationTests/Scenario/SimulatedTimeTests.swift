import Testing

@testable import Simulation

@Suite("Times and durations are read as people write them") struct SimulatedTimeTests {
    @Test("durations are Go's, with days before") func durations() {
        #expect(SimulatedTime.duration("7d") == 604_800_000)
        #expect(SimulatedTime.duration("1d12h") == 129_600_000)
        #expect(SimulatedTime.duration("0.5d") == 43_200_000)
        #expect(SimulatedTime.duration("90s") == 90_000)
        #expect(SimulatedTime.duration("250ms") == 250)
        #expect(SimulatedTime.duration("0") == 0)
        for text in ["", "7", "-1h", "-1d", "d", "1d2d", "1w", "1 h", "999999999d"] {
            #expect(SimulatedTime.duration(text) == nil, "\(text)")
        }
        #expect(SimulatedTime.text(129_600_000) == "1d12h")
        #expect(SimulatedTime.text(604_800_000) == "7d")
        #expect(SimulatedTime.text(1_500) == "1s500ms")
    }

    @Test("dates are RFC 3339, or plain ones in universal time") func dates() {
        #expect(SimulatedTime.calendar("1970-01-02") == 86_400_000)
        #expect(SimulatedTime.calendar("1970-01-01 00:00:01") == 1_000)
        #expect(SimulatedTime.calendar("1970-01-01T01:00:00+01:00") == 0)
        #expect(SimulatedTime.calendar("1970-13-01") == nil)
    }

    @Test("weeks are those of ISO 8601") func weeks() {
        #expect(SimulatedTime.week("2017-W42")?.lowerBound == SimulatedTime.calendar("2017-10-16"))
        #expect(SimulatedTime.week("2017-W42")?.upperBound == SimulatedTime.calendar("2017-10-23"))
        #expect(SimulatedTime.week("2021-W01")?.lowerBound == SimulatedTime.calendar("2021-01-04"))
        #expect(SimulatedTime.week("2020-W53")?.lowerBound == SimulatedTime.calendar("2020-12-28"))
        #expect(SimulatedTime.week("2026-W01")?.lowerBound == SimulatedTime.calendar("2025-12-29"))
        for text in ["2017-W53", "2017-W00", "2017-W4", "2017-42", "W42"] {
            #expect(SimulatedTime.week(text) == nil, "\(text)")
        }
    }
}
