/// Why a text could not be read as an amount; each case carries that text.
public enum QuantityError: Error, Equatable, Sendable {
    /// The text does not follow the grammar.
    case malformed(String)
    /// The text follows the grammar, but its value does not fit in 64 bits at the scale that was asked for.
    case outOfRange(String)
}

extension QuantityError: CustomStringConvertible {
    /// What was found and what is expected, in one sentence without a full stop.
    public var description: String {
        switch self {
        case .malformed(let text):
            "\(Self.quoted(text)) is not a quantity: "
                + "expected a number and an optional suffix such as m, k, M, Gi or e3"
        case .outOfRange(let text):
            "\(Self.quoted(text)) is out of range: "
                + "expected a value below 2^63 in whole units (thousandths for CPU)"
        }
    }

    /// The text in quotes, control characters escaped; a very long one is cut, so that a message stays a line.
    private static func quoted(_ text: String) -> String {
        let limit = 60
        var shown = String(text.unicodeScalars.prefix(limit))
        if shown.unicodeScalars.count < text.unicodeScalars.count {
            shown += "…"
        }
        return shown.debugDescription
    }
}
