import ClusterModel

/// The part of a day during which nodes are lent, such as `22:00-06:00`, by local time.
///
/// Both ends belong to it. An end that does not come after the start is one of the next day.
struct RevocableWindow: Equatable, Sendable {
    /// Seconds of the day.
    let start: Int64
    let end: Int64

    /// Reads `HH:MM-HH:MM`; `nil` for anything else.
    init?(_ text: String) {
        let times = text.split(separator: "-", omittingEmptySubsequences: false)
        guard times.count == 2, let start = Self.second(times[0]), let end = Self.second(times[1]) else {
            return nil
        }
        (self.start, self.end) = (start, end)
    }

    /// An hour of one or two digits, a colon, and two digits of minutes.
    private static func second(_ text: Substring) -> Int64? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, (1...2).contains(parts[0].utf8.count), parts[1].utf8.count == 2,
            parts.allSatisfy({ $0.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } }),
            let hour = Int64(parts[0]), let minute = Int64(parts[1]), hour < 24, minute < 60
        else { return nil }
        return hour * 3_600 + minute * 60
    }

    /// Whether it goes on after midnight.
    var isOvernight: Bool { end <= start }

    /// Whether nodes are lent at a second of the day.
    ///
    /// Volcano counts the start from the day that it is, so that what lies after midnight is never reached.
    func contains(_ second: Int64, under compatibility: Compatibility) -> Bool {
        if !isOvernight { return start <= second && second <= end }
        return second >= start || (compatibility == .gangwright && second <= end)
    }

    /// How many seconds after a second of the day the answer may next be another.
    func secondsToChange(from second: Int64) -> Int64 {
        var changes = [start, end + 1]
        if isOvernight { changes.append(0) }
        let waits = changes.map { change in
            let wait = (change - second) % 86_400
            return wait > 0 ? wait : wait + 86_400
        }
        return waits.min() ?? 86_400
    }
}
