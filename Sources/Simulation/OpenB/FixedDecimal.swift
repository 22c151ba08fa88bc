/// Numbers with a fixed count of decimals, as tables of figures have them.
public enum FixedDecimal {
    /// A number with `digits` decimals; ties go to the even digit.
    ///
    /// - Precondition: The number times 10 to the power of `digits` fits in 63 bits.
    public static func text(_ value: Double, digits: Int) -> String {
        var unit: Int64 = 1
        for _ in 0..<digits { unit *= 10 }
        let scaled = Int64((value * Double(unit)).rounded(.toNearestOrEven))
        let sign = scaled < 0 ? "-" : ""
        let (whole, rest) = scaled.magnitude.quotientAndRemainder(dividingBy: unit.magnitude)
        if digits == 0 { return "\(sign)\(whole)" }
        let decimals = String(rest)
        return "\(sign)\(whole)." + String(repeating: "0", count: digits - decimals.count) + decimals
    }
}

/// Fields of a CSV text.
enum CSVText {
    /// A field, in quotes if it has to be (RFC 4180).
    static func field(_ text: String) -> String {
        guard text.contains(where: { $0 == "," || $0 == "\"" || $0.isNewline }) else { return text }
        var quoted = "\""
        for character in text { quoted += character == "\"" ? "\"\"" : String(character) }
        return quoted + "\""
    }
}
