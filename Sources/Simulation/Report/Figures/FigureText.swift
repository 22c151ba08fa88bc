/// Numbers as people read them, the same on every machine.
public enum FigureText {
    /// A number with so many decimals, and thousands apart: `14,185`, `96.3`, `-0.25`.
    ///
    /// Halves go away from zero. What has too many digits to be written so is written as Swift does.
    public static func decimal(_ number: Double, places: Int = 1) -> String {
        guard let scaled = scaled(number, places: places) else { return number.description }
        let power = powerOfTen(places)
        let (whole, rest) = scaled.magnitude.quotientAndRemainder(dividingBy: UInt64(power))
        var text = grouped(whole)
        if places > 0 { text += "." + padded(rest, to: places) }
        return scaled < 0 ? "-" + text : text
    }

    /// A whole number with thousands apart.
    public static func count(_ number: Int) -> String {
        (number < 0 ? "-" : "") + grouped(UInt64(number.magnitude))
    }

    /// A coordinate of a drawing: one decimal at most, nothing that is not needed.
    static func coordinate(_ number: Double) -> String {
        guard let tenths = scaled(number, places: 1) else { return "0" }
        let (whole, rest) = tenths.magnitude.quotientAndRemainder(dividingBy: 10)
        let text = rest == 0 ? "\(whole)" : "\(whole).\(rest)"
        return tenths < 0 ? "-" + text : text
    }

    /// Seconds in the two largest units that they reach: `0.25s`, `42s`, `3m 20s`, `4h 2m`, `2d 3h`.
    public static func duration(seconds: Double) -> String {
        if seconds.isNaN || seconds.isInfinite { return seconds.description }
        if seconds < 0 { return "-" + duration(seconds: -seconds) }
        if seconds == 0 { return "0s" }
        if seconds < 0.9995 { return decimal(seconds, places: seconds < 0.0995 ? 3 : 2) + "s" }
        if seconds < 9.95 { return trimmed(seconds, places: 1) + "s" }
        let whole = seconds.rounded()
        if whole < 60 { return trimmed(whole, places: 0) + "s" }
        if whole >= 1e15 { return seconds.description + "s" }
        let all = UInt64(whole)
        // The smaller unit is rounded, and carries into the larger one.
        if all < 3_600 { return pair(all, 60, "m", 1, "s") }
        if all < 86_400 - 30 { return pair((all + 30) / 60, 60, "h", 1, "m") }
        return pair((all + 1_800) / 3_600, 24, "d", 1, "h")
    }

    /// A number with one decimal where it is small, and none where it is large: `0.42`, `3.5`, `128`, `14,185`.
    public static func short(_ number: Double) -> String {
        let size = number.magnitude
        if size == 0 { return "0" }
        if size < 1 { return trimmed(number, places: size < 0.1 ? 3 : 2) }
        return trimmed(number, places: size < 100 ? 1 : 0)
    }

    /// A number without zeros at its end.
    static func trimmed(_ number: Double, places: Int) -> String {
        var text = decimal(number, places: places)
        guard text.contains(".") else { return text }
        while text.hasSuffix("0") { text.removeLast() }
        if text.hasSuffix(".") { text.removeLast() }
        return text
    }

    private static func pair(
        _ amount: UInt64, _ size: UInt64, _ large: String, _ smallSize: UInt64, _ small: String
    ) -> String {
        let (whole, rest) = amount.quotientAndRemainder(dividingBy: size)
        let text = grouped(whole) + large
        return rest == 0 ? text : text + " \(rest / smallSize)\(small)"
    }

    /// The number times a power of ten, rounded; `nil` where that does not fit.
    private static func scaled(_ number: Double, places: Int) -> Int64? {
        let scaled = (number * Double(powerOfTen(places))).rounded()
        return scaled.magnitude < 9e15 ? Int64(scaled) : nil
    }

    private static func powerOfTen(_ places: Int) -> Int64 {
        precondition((0...6).contains(places), "few decimals are for people")
        return (0..<places).reduce(1) { power, _ in power * 10 }
    }

    private static func padded(_ number: UInt64, to digits: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: digits - text.utf8.count) + text
    }

    private static func grouped(_ number: UInt64) -> String {
        let digits = String(number)
        var text = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.utf8.count - index) % 3 == 0 { text += "," }
            text.append(digit)
        }
        return text
    }
}
