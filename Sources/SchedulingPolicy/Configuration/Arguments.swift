public import Documents

/// An argument that a plugin or action takes.
struct ArgumentSchema: Sendable {
    enum Kind: Sendable {
        case integer(default: Int64)
        case float(default: Double)
        case bool(default: Bool)
        /// A list of names, separated by commas.
        case names
    }

    /// The argument's name; a trailing `*` stands for any rest.
    let name: String
    let kind: Kind
    /// The values that make sense. Beyond them, scores could not be told apart from nonsense.
    var range: ClosedRange<Int64> = -1_000_000...1_000_000

    func matches(_ key: String) -> Bool {
        name.hasSuffix("*") ? key.hasPrefix(name.dropLast()) && key.count >= name.count : key == name
    }
}

/// The arguments of a plugin or action, checked against what it takes.
public struct Arguments: Sendable {
    private enum Stored: Sendable {
        case integer(Int64)
        case float(Double)
        case bool(Bool)
        case names([String])
    }

    private let schema: [ArgumentSchema]
    private var stored: [String: Stored] = [:]

    /// Arguments as they are when the file gives none.
    init(schema: [ArgumentSchema]) { self.schema = schema }

    func integer(_ name: String) -> Int64 {
        if case .integer(let value) = stored[name] { return value }
        for argument in schema where argument.matches(name) {
            if case .integer(let value) = argument.kind { return value }
        }
        preconditionFailure("the plugin reads \(name), which its schema does not name")
    }

    func float(_ name: String) -> Double {
        switch stored[name] {
        case .float(let value): return value
        case .integer(let value): return Double(value)
        default: break
        }
        for argument in schema where argument.matches(name) {
            if case .float(let value) = argument.kind { return value }
        }
        preconditionFailure("the plugin reads \(name), which its schema does not name")
    }

    func bool(_ name: String) -> Bool {
        if case .bool(let value) = stored[name] { return value }
        for argument in schema where argument.matches(name) {
            if case .bool(let value) = argument.kind { return value }
        }
        preconditionFailure("the plugin reads \(name), which its schema does not name")
    }

    func names(_ name: String) -> [String] {
        if case .names(let values) = stored[name] { return values }
        return []
    }

    /// All arguments with their values in force, in the order of the schema, given ones of a family after it.
    public var effective: [(name: String, value: OutputValue)] {
        var result: [(name: String, value: OutputValue)] = []
        for argument in schema {
            if argument.name.hasSuffix("*") {
                for key in stored.keys.sorted()
                where argument.matches(key) && !schema.contains(where: { $0.name == key }) {
                    result.append((key, .integer(integer(key))))
                }
                continue
            }
            switch argument.kind {
            case .integer: result.append((argument.name, .integer(integer(argument.name))))
            case .float: result.append((argument.name, .number(float(argument.name))))
            case .bool: result.append((argument.name, .bool(bool(argument.name))))
            case .names:
                let names = names(argument.name)
                if !names.isEmpty { result.append((argument.name, .string(names.joined(separator: ", ")))) }
            }
        }
        return result
    }

    /// Takes one argument from the file.
    ///
    /// - Returns: what is wrong with it, `nil` if nothing is. Then the default stays in force, as in Volcano.
    mutating func set(_ key: String, to value: Value) -> String? {
        guard
            let argument = schema.first(where: { $0.name == key }) ?? schema.first(where: { $0.matches(key) })
        else {
            let names = schema.map(\.name).joined(separator: ", ")
            return schema.isEmpty
                ? "unknown argument; none is taken here" : "unknown argument; expected one of \(names)"
        }
        switch argument.kind {
        case .integer(let fallback):
            guard let number = value.integer else {
                return "found \(value.kindName), expected an integer; the default is \(fallback)"
            }
            guard argument.range.contains(number) else {
                return
                    "found \(number), expected \(argument.range.lowerBound) to \(argument.range.upperBound)"
            }
            stored[key] = .integer(number)
        case .float(let fallback):
            guard let number = value.double, number.isFinite else {
                return "found \(value.kindName), expected a number; the default is \(fallback)"
            }
            stored[key] = .float(number)
        case .bool(let fallback):
            let texts: [String: Bool] = ["true": true, "false": false, "True": true, "False": false]
            guard let bool = value.bool ?? value.string.flatMap({ texts[$0] }) else {
                return "found \(value.kindName), expected true or false; the default is \(fallback)"
            }
            stored[key] = .bool(bool)
        case .names:
            guard let text = value.string else {
                return "found \(value.kindName), expected names separated by commas"
            }
            stored[key] = .names(text.split(separator: ",").map(Self.trimmed).filter { !$0.isEmpty })
        }
        return nil
    }

    /// A text without the blanks around it.
    static func trimmed(_ text: Substring) -> String {
        let start = text.drop { $0.isWhitespace }
        guard let end = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(start[...end])
    }
}
