/// A point in time in whole seconds, as Kubernetes writes it in `creationTimestamp`.
///
/// Calendar arithmetic is that of the proleptic Gregorian calendar in integers; there are no leap seconds.
public struct Timestamp: Comparable, Hashable, Sendable {
    /// Seconds since 1970-01-01T00:00:00Z; negative before.
    public var secondsSinceEpoch: Int64

    /// Makes a point in time from its distance to 1970-01-01T00:00:00Z.
    public init(secondsSinceEpoch: Int64) {
        self.secondsSinceEpoch = secondsSinceEpoch
    }

    /// Reads RFC 3339 text such as `2026-03-01T08:00:00Z` or `2026-03-01T08:00:00.25+02:00`.
    ///
    /// A fraction of a second is dropped. Nil for anything else: a date or an hour that does not exist, second
    /// 60, small `t` and `z`, a missing zone, a year outside 0001 to 9999 in the text or in universal time.
    public init?(rfc3339 text: some StringProtocol) {
        let string = String(text)
        var reader = FieldScanner()
        let bytes = string.utf8.span
        guard let year = reader.number(bytes, digits: 4), reader.take("-", bytes),
            let month = reader.number(bytes, digits: 2), reader.take("-", bytes),
            let day = reader.number(bytes, digits: 2), reader.take("T", bytes),
            let hour = reader.number(bytes, digits: 2), reader.take(":", bytes),
            let minute = reader.number(bytes, digits: 2), reader.take(":", bytes),
            let second = reader.number(bytes, digits: 2)
        else { return nil }
        if reader.take(".", bytes) {
            guard reader.number(bytes, digits: 1) != nil else { return nil }
            while reader.number(bytes, digits: 1) != nil {}
        }
        guard let offsetMinutes = reader.zone(bytes), reader.position == bytes.count else { return nil }
        guard (1...9999).contains(year), (1...12).contains(month),
            (1...Self.days(in: month, of: year)).contains(day),
            hour < 24, minute < 60, second < 60
        else { return nil }

        let days = Self.daysSinceEpoch(year: year, month: month, day: day)
        let seconds = days * 86_400 + (hour * 60 + minute - offsetMinutes) * 60 + second
        guard Self.printable.contains(seconds) else { return nil }
        secondsSinceEpoch = seconds
    }

    /// Text such as `2026-03-01T08:00:00Z`, in universal time.
    ///
    /// A year beyond 9999 or before 0000 gets a sign and as many digits as it needs, which RFC 3339 no longer covers.
    public var rfc3339: String {
        let (days, second) = Self.floorDivide(secondsSinceEpoch, by: 86_400)
        let (year, month, day) = Self.date(daysSinceEpoch: days)
        let date = "\(Self.yearText(year))-\(Self.twoDigits(month))-\(Self.twoDigits(day))"
        let time = [second / 3_600, second / 60 % 60, second % 60].map(Self.twoDigits).joined(separator: ":")
        return "\(date)T\(time)Z"
    }

    /// Orders by time, earlier first.
    public static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.secondsSinceEpoch < right.secondsSinceEpoch
    }
}

extension Timestamp: CustomStringConvertible {
    /// The same as `rfc3339`.
    public var description: String { rfc3339 }
}

// Years are counted from March here, so that the leap day is the last day of a year, and in eras of 400 years
// (146,097 days), after which the calendar repeats.
extension Timestamp {
    /// 0001-01-01T00:00:00Z to 9999-12-31T23:59:59Z.
    private static let printable: ClosedRange<Int64> = -62_135_596_800...253_402_300_799

    /// Days from 0000-03-01 to 1970-01-01.
    private static let epochDay: Int64 = 719_468

    private static func days(in month: Int64, of year: Int64) -> Int64 {
        switch month {
        case 4, 6, 9, 11: 30
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        default: 31
        }
    }

    private static func daysSinceEpoch(year: Int64, month: Int64, day: Int64) -> Int64 {
        let (era, yearOfEra) = floorDivide(month > 2 ? year : year - 1, by: 400)
        let monthFromMarch = (month + 9) % 12
        let dayOfYear = daysBefore(monthFromMarch: monthFromMarch) + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - epochDay
    }

    private static func date(daysSinceEpoch days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let (era, dayOfEra) = floorDivide(days + epochDay, by: 146_097)
        // Take the leap days out, so that every year has 365 days: one each 4 years, none each 100, one at the end.
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - daysBefore(monthFromMarch: monthFromMarch) + 1
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        return (era * 400 + yearOfEra + (month <= 2 ? 1 : 0), month, day)
    }

    /// Months from March have 31, 30, 31, 30, 31 days, over and over: 153 days in five months.
    private static func daysBefore(monthFromMarch month: Int64) -> Int64 {
        (153 * month + 2) / 5
    }

    private static func floorDivide(_ value: Int64, by divisor: Int64) -> (quotient: Int64, remainder: Int64)
    {
        let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }

    private static func twoDigits(_ value: Int64) -> String {
        value < 10 ? "0\(value)" : "\(value)"
    }

    private static func yearText(_ year: Int64) -> String {
        let digits = String(year.magnitude)
        let padded = String(repeating: "0", count: max(0, 4 - digits.count)) + digits
        return year < 0 ? "-\(padded)" : year > 9999 ? "+\(padded)" : padded
    }
}

/// Walks over fields of fixed width; each step moves on only if it matches.
private struct FieldScanner {
    var position = 0

    mutating func number(_ bytes: Span<UInt8>, digits: Int) -> Int64? {
        guard position + digits <= bytes.count else { return nil }
        var value: Int64 = 0
        for index in position..<(position + digits) {
            let digit = bytes[index] &- UInt8(ascii: "0")
            guard digit < 10 else { return nil }
            value = value * 10 + Int64(digit)
        }
        position += digits
        return value
    }

    mutating func take(_ character: Unicode.Scalar, _ bytes: Span<UInt8>) -> Bool {
        guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    /// Minutes east of universal time.
    mutating func zone(_ bytes: Span<UInt8>) -> Int64? {
        if take("Z", bytes) { return 0 }
        let isWest = take("-", bytes)
        guard isWest || take("+", bytes), let hours = number(bytes, digits: 2), take(":", bytes),
            let minutes = number(bytes, digits: 2), hours < 24, minutes < 60
        else { return nil }
        return (hours * 60 + minutes) * (isWest ? -1 : 1)
    }
}
