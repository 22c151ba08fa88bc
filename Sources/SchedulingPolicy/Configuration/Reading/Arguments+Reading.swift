import ClusterModel
import Documents

extension Arguments {
    /// Takes one argument from the file.
    ///
    /// Volcano 1.5 reads every argument as text and parses that; later Volcano, and ours, want a YAML value of the right
    /// type, a Bool excepted.
    /// - Returns: what is wrong with it, `nil` if nothing is. Then the default stays in force, as in Volcano.
    mutating func set(_ key: String, to value: Value, under compatibility: Compatibility) -> String? {
        guard let argument = schema(of: key) else {
            let names = schema.map(\.name).joined(separator: ", ")
            return schema.isEmpty
                ? "unknown argument; none is taken here" : "unknown argument; expected one of \(names)"
        }
        switch Self.convert(value, to: argument, asText: compatibility == .volcano15) {
        case .success(let converted):
            if let mistake = argument.check?(value) { return mistake }
            stored[key] = converted
            return nil
        case .failure(let mistake): return mistake.message
        }
    }

    private struct Mistake: Error {
        let message: String
    }

    private static func convert(
        _ value: Value, to argument: ArgumentSchema, asText: Bool
    ) -> Result<Stored, Mistake> {
        switch argument.kind {
        case .integer(let fallback):
            guard let number = asText ? value.scalarText.flatMap({ Int64($0) }) : value.integer else {
                return mismatch(value, "an integer", fallback: "\(fallback)", asText: asText)
            }
            guard argument.range.contains(number) else {
                return .failure(
                    Mistake(
                        message: "found \(number), expected \(argument.range.lowerBound) to "
                            + "\(argument.range.upperBound)"))
            }
            return .success(.integer(number))
        case .float(let fallback):
            let number = asText ? value.scalarText.flatMap({ Double($0) }) : value.double
            guard let number, number.isFinite else {
                return mismatch(value, "a number", fallback: "\(fallback)", asText: asText)
            }
            return .success(.float(number))
        case .bool(let fallback):
            guard let bool = value.bool ?? (asText ? value.scalarText : value.string).flatMap(Self.bool)
            else {
                return mismatch(value, "true or false", fallback: "\(fallback)", asText: asText)
            }
            return .success(.bool(bool))
        case .names:
            guard let text = asText ? value.scalarText : value.string else {
                return mismatch(value, "names separated by commas")
            }
            return .success(.names(text.split(separator: ",").map(trimmed).filter { !$0.isEmpty }))
        case .string(let fallback):
            guard let text = asText ? value.scalarText : value.string else {
                return mismatch(value, "a string (put it in quotes)", fallback: fallback)
            }
            return .success(.string(text))
        case .duration(let fallback):
            guard let duration = (asText ? value.scalarText : value.string).flatMap({ Duration(go: $0) })
            else {
                return mismatch(
                    value, "a duration such as 1h30m", fallback: fallback.map(\.goText), asText: true)
            }
            return .success(.duration(duration))
        case .structure(let expected):
            guard value.kind == .mapping || value.kind == .sequence else {
                return mismatch(value, expected)
            }
            return .success(.structure(value))
        }
    }

    /// Says what was found, the text itself where it is text that could not be parsed.
    private static func mismatch(
        _ value: Value, _ expected: String, fallback: String? = nil, asText: Bool = false
    ) -> Result<Stored, Mistake> {
        var message = "found \(value.kindName)"
        if asText, let text = value.scalarText { message += " (\(String(text.prefix(40)).debugDescription))" }
        message += ", expected \(expected)"
        if let fallback { message += "; the default is \(fallback)" }
        return .failure(Mistake(message: message))
    }

    /// The spellings that Go's `ParseBool` takes.
    private static func bool(_ text: String) -> Bool? {
        switch text {
        case "1", "t", "T", "true", "TRUE", "True": true
        case "0", "f", "F", "false", "FALSE", "False": false
        default: nil
        }
    }

    /// A text without the blanks around it.
    static func trimmed(_ text: Substring) -> String {
        let start = text.drop { $0.isWhitespace }
        guard let end = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(start[...end])
    }
}
