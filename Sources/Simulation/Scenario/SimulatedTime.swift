import ClusterModel

/// Times and durations as scenarios and traces write them, in milliseconds.
enum SimulatedTime {
    /// Reads a duration such as `90s`, `1h30m`, `7d` or `1d12h`: as Go writes it, with days of 24 hours before.
    ///
    /// - Returns: Milliseconds, rounded down; nil for anything else, for what is negative, and for more than a thousand years.
    static func duration(_ text: String) -> Int64? {
        var days: Int64 = 0
        var rest = text[...]
        if let mark = text.firstIndex(of: "d") {
            let number = String(text[..<mark])
            rest = text[text.index(after: mark)...]
            guard let read = Self.days(number) else { return nil }
            days = read
            if rest.isEmpty { return days <= longest ? days : nil }
        }
        guard let duration = Duration(go: String(rest)), duration >= .zero else { return nil }
        let (seconds, attoseconds) = duration.components
        let sum = days + seconds * 1_000 + attoseconds / 1_000_000_000_000_000
        return sum <= longest ? sum : nil
    }

    /// A duration as a scenario writes it: `7d`, `1d12h`, `90s`, `250ms`.
    static func text(_ milliseconds: Int64) -> String {
        let days = milliseconds / 86_400_000
        let rest = milliseconds % 86_400_000
        if days == 0 { return Duration.milliseconds(rest).goText }
        return rest == 0 ? "\(days)d" : "\(days)d\(Duration.milliseconds(rest).goText)"
    }

    /// Reads a date such as `2017-10-16`, its midnight in universal time, or a time such as `2017-10-16 08:00:00`, in RFC
    /// 3339 or in universal time.
    ///
    /// - Returns: Milliseconds since 1970-01-01T00:00:00Z.
    static func calendar(_ text: String) -> Int64? {
        var text = text
        if text.utf8.count == 10 { text += "T00:00:00Z" }
        if text.utf8.count == 19, !text.hasSuffix("Z") {
            text = text.replacing(" ", with: "T", maxReplacements: 1) + "Z"
        }
        return Timestamp(rfc3339: text).map { $0.secondsSinceEpoch * 1_000 }
    }

    /// The week of ISO 8601 that a text such as `2017-W42` names: Monday's midnight in universal time and seven days more.
    static func week(_ text: String) -> Range<Int64>? {
        let parts = text.split(separator: "-W", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].utf8.count == 4, parts[1].utf8.count == 2,
            let number = Int64(parts[1]), (1...53).contains(number),
            // The week that holds 4 January is the first.
            let fourth = calendar("\(parts[0])-01-04")
        else { return nil }
        let day = fourth / 86_400_000
        // 1970-01-01 was a Thursday.
        let weekday = (day + 3) % 7
        let monday = day - weekday + (number - 1) * 7
        let begin = monday * 86_400_000
        guard number < 53 || !isFirstWeekOfNextYear(monday, year: parts[0]) else { return nil }
        return begin..<begin + 604_800_000
    }

    private static func isFirstWeekOfNextYear(_ monday: Int64, year: Substring) -> Bool {
        guard let year = Int64(year), let next = calendar("\(year + 1)-01-04") else { return true }
        return monday * 86_400_000 + 604_800_000 > next
    }

    /// A thousand years: sums of several stay within 63 bits.
    static let longest: Int64 = 1_000 * 365 * 86_400_000

    /// A number of days with at most three decimals.
    private static func days(_ text: String) -> Int64? {
        guard let first = text.utf8.first, first != UInt8(ascii: "-"), first != UInt8(ascii: "+"),
            let number = Double(text), number <= 365_000
        else { return nil }
        return Int64((number * 86_400_000).rounded(.down))
    }
}
