/// A tree to print.
///
/// Members are ordered, so that output reads in the order in which it was built:
///
///     let bind: OutputValue = ["namespace": "team-a", "pod": "worker-0", "gpus": 8]
///     print(bind.json(pretty: false))  // {"namespace":"team-a","pod":"worker-0","gpus":8}
public indirect enum OutputValue: Sendable {
    /// Nothing.
    case null
    /// True or false.
    case bool(Bool)
    /// A whole number.
    case integer(Int64)
    /// Any number; JSON has no infinity and no NaN and prints them as null.
    case number(Double)
    /// Text.
    case string(String)
    /// A list.
    case list([OutputValue])
    /// Named members in the order in which they are printed; names should differ.
    case object([(String, OutputValue)])
}

extension OutputValue: Equatable {
    /// Whether two trees print the same: members count in their order.
    public static func == (left: OutputValue, right: OutputValue) -> Bool {
        switch (left, right) {
        case (.null, .null): true
        case (.bool(let left), .bool(let right)): left == right
        case (.integer(let left), .integer(let right)): left == right
        case (.number(let left), .number(let right)): left == right
        case (.string(let left), .string(let right)): left == right
        case (.list(let left), .list(let right)): left == right
        case (.object(let left), .object(let right)): left.elementsEqual(right, by: ==)
        default: false
        }
    }
}

extension OutputValue: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByFloatLiteral, ExpressibleByStringInterpolation, ExpressibleByArrayLiteral,
    ExpressibleByDictionaryLiteral
{
    /// Null.
    public init(nilLiteral: ()) { self = .null }
    /// A Bool.
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    /// A whole number.
    public init(integerLiteral value: Int64) { self = .integer(value) }
    /// A number.
    public init(floatLiteral value: Double) { self = .number(value) }
    /// Text.
    public init(stringLiteral value: String) { self = .string(value) }
    /// A list.
    public init(arrayLiteral elements: OutputValue...) { self = .list(elements) }
    /// An object, its members in the order of the literal.
    public init(dictionaryLiteral elements: (String, OutputValue)...) { self = .object(elements) }
}

extension OutputValue {
    /// An object of texts, by name byte for byte, so that a dictionary prints the same every time.
    public static func texts(_ members: [String: String]) -> OutputValue {
        .object(
            members.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
                .map { ($0.key, .string($0.value)) })
    }
}
