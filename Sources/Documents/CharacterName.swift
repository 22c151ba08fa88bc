/// How messages show characters that a terminal may not.
enum CharacterName {
    /// `value` in upper-case hexadecimal with at least `digits` digits.
    static func hex(_ value: UInt32, digits: Int) -> String {
        let text = String(value, radix: 16, uppercase: true)
        return String(repeating: "0", count: max(0, digits - text.count)) + text
    }

    /// `text` with control characters spelled as U+…, and cut after `limit` characters.
    static func visible(_ text: some StringProtocol, limit: Int) -> String {
        var shown = ""
        for (ordinal, scalar) in text.unicodeScalars.enumerated() {
            if ordinal == limit { return shown + "…" }
            if scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) || scalar.value == 0xFEFF {
                shown += "U+" + hex(scalar.value, digits: 4)
            } else {
                shown.unicodeScalars.append(scalar)
            }
        }
        return shown
    }
}
