/// Names and messages of any origin, made fit for a terminal.
///
/// What could colour a text, move the cursor or turn the direction of reading is spelled out as `U+001B`: an object's
/// name comes from whoever may create objects.
enum VisibleText {
    /// A text for one line.
    static func line(_ text: String) -> String { spelled(text) { isHidden($0) } }

    /// A text that may have several lines.
    static func lines(_ text: String) -> String { spelled(text) { $0 != "\n" && isHidden($0) } }

    private static func spelled(_ text: String, where isSpelled: (Unicode.Scalar) -> Bool) -> String {
        guard text.unicodeScalars.contains(where: isSpelled) else { return text }
        var shown = ""
        for scalar in text.unicodeScalars {
            if isSpelled(scalar) {
                let digits = String(scalar.value, radix: 16, uppercase: true)
                shown += "U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
            } else {
                shown.unicodeScalars.append(scalar)
            }
        }
        return shown
    }

    /// Control characters, line separators and marks of direction; joiners are wanted in many scripts.
    private static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x00..<0x20, 0x7F..<0xA0: true
        case 0x20..<0x7F: false
        case 0x061C, 0x200E...0x200F, 0x2028...0x202E, 0x2066...0x2069, 0xFEFF: true
        default: false
        }
    }
}
