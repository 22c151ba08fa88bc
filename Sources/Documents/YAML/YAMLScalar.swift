/// What a plain scalar of YAML means to Kubernetes.
///
/// That is YAML 1.1 with some deviations, by the table in sigs.k8s.io/yaml (goyaml.v2, resolve.go): one-letter
/// booleans count, base-60 numbers do not, dates stay text, integers follow Go's base-0 syntax. Quoted scalars are
/// text and never come here.
enum YAMLScalar: Equatable {
    case null
    case bool(Bool)
    case integer(Int64)
    /// Above Int64, within UInt64.
    case largeInteger(UInt64)
    /// The text without underscores, or one of the words for infinity and NaN.
    case float
    case string

    /// Applies the table to `text`.
    ///
    /// - Complexity: O(*n*) in the length of the text; allocates for numbers only.
    init(_ text: Span<UInt8>) {
        guard !text.isEmpty else {
            self = .null
            return
        }
        switch text[0] {
        case UInt8(ascii: "~"), UInt8(ascii: "y"), UInt8(ascii: "Y"), UInt8(ascii: "n"), UInt8(ascii: "N"),
            UInt8(ascii: "t"), UInt8(ascii: "T"), UInt8(ascii: "f"), UInt8(ascii: "F"), UInt8(ascii: "o"),
            UInt8(ascii: "O"):
            self = Self.word(text)
        case UInt8(ascii: "."):
            self = Self.special(text) ?? (Self.isFiniteFloat(text, underscores: false) ? .float : .string)
        case UInt8(ascii: "+"), UInt8(ascii: "-"):
            self = Self.special(text) ?? Self.number(text)
        case UInt8(ascii: "0")...UInt8(ascii: "9"):
            self = Self.number(text)
        default:
            self = .string
        }
    }

    /// The longest word of the table is `false`.
    private static func word(_ text: Span<UInt8>) -> YAMLScalar {
        guard text.count <= 5 else { return .string }
        return switch string(text, dropping: nil) {
        case "~", "null", "Null", "NULL": .null
        case "y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON": .bool(true)
        case "n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF": .bool(false)
        default: .string
        }
    }

    private static func special(_ text: Span<UInt8>) -> YAMLScalar? {
        guard text.count == 4 || text.count == 5 else { return nil }
        return switch string(text, dropping: nil) {
        case ".nan", ".NaN", ".NAN", ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF", "-.inf", "-.Inf",
            "-.INF":
            .float
        default: nil
        }
    }

    private static func number(_ text: Span<UInt8>) -> YAMLScalar {
        // The longest number worth a look; a longer one is text, as a float of that many digits never occurs.
        guard text.count <= 1024, mayBeNumber(text) else { return .string }
        let plain = string(text, dropping: UInt8(ascii: "_"))
        var digits = Substring(plain)
        var isNegative = false
        if let sign = digits.first, sign == "+" || sign == "-" {
            isNegative = sign == "-"
            digits = digits.dropFirst()
        }
        if let magnitude = unsigned(digits) {
            if isNegative {
                if magnitude <= UInt64(Int64.max) + 1 {
                    return .integer(Int64(truncatingIfNeeded: 0 &- magnitude))
                }
            } else {
                return magnitude <= UInt64(Int64.max) ? .integer(Int64(magnitude)) : .largeInteger(magnitude)
            }
        }
        return isFiniteFloat(text, underscores: true) ? .float : .string
    }

    /// Reads an unsigned integer in Go's base-0 syntax: `0b`, `0o` or `0`, `0x`, else decimal.
    private static func unsigned(_ digits: Substring) -> UInt64? {
        guard let first = digits.utf8.first, first != UInt8(ascii: "+"), first != UInt8(ascii: "-") else {
            return nil
        }
        guard first == UInt8(ascii: "0"), digits.utf8.count > 1 else { return UInt64(digits) }
        let prefix = digits.utf8.dropFirst().first.map { $0 | 0x20 }
        let (radix, length) =
            switch prefix {
            case UInt8(ascii: "b"): (2, 2)
            case UInt8(ascii: "o"): (8, 2)
            case UInt8(ascii: "x"): (16, 2)
            default: (8, 1)
            }
        let rest = digits.dropFirst(length)
        // A sign after the prefix would pass the standard library's parser.
        guard let next = rest.utf8.first, next != UInt8(ascii: "+"), next != UInt8(ascii: "-") else {
            return nil
        }
        return UInt64(rest, radix: radix)
    }

    /// A quick no for labels, versions, dates and quantities such as `64Gi`, which no digit rule can admit.
    private static func mayBeNumber(_ text: Span<UInt8>) -> Bool {
        for index in text.indices {
            switch text[index] {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
                UInt8(ascii: "A")...UInt8(ascii: "F"), UInt8(ascii: "_"), UInt8(ascii: "."),
                UInt8(ascii: "+"),
                UInt8(ascii: "-"), UInt8(ascii: "x"), UInt8(ascii: "X"), UInt8(ascii: "o"), UInt8(ascii: "O"):
                continue
            default: return false
            }
        }
        return true
    }

    /// Whether the text is a decimal float, `[-+]?(\.d+|d+(\.d*)?)([eE][-+]?d+)?`, that a Double can hold.
    ///
    /// What overflows is text to Kubernetes.
    private static func isFiniteFloat(_ text: Span<UInt8>, underscores: Bool) -> Bool {
        let plain = string(text, dropping: underscores ? UInt8(ascii: "_") : nil)
        var rest = Substring(plain)
        func dropDigits() -> Int {
            let count = rest.utf8.prefix { $0 &- UInt8(ascii: "0") <= 9 }.count
            rest = rest.dropFirst(count)
            return count
        }
        func drop(_ characters: String) -> Bool {
            guard let first = rest.first, characters.contains(first) else { return false }
            rest = rest.dropFirst()
            return true
        }
        _ = drop("+-")
        let whole = dropDigits()
        let hasPoint = drop(".")
        let fraction = hasPoint ? dropDigits() : 0
        guard whole > 0 || fraction > 0 else { return false }
        if drop("eE") {
            _ = drop("+-")
            guard dropDigits() > 0 else { return false }
        }
        guard rest.isEmpty, let value = NumberText.double(plain) else { return false }
        return value.isFinite
    }

    private static func string(_ text: Span<UInt8>, dropping dropped: UInt8?) -> String {
        text.withUnsafeBufferPointer { bytes in
            if let dropped, bytes.contains(dropped) {
                return String(decoding: bytes.filter { $0 != dropped }, as: UTF8.self)
            }
            return String(decoding: bytes, as: UTF8.self)
        }
    }
}
