import ClusterModel
public import Documents

/// The arguments of a plugin or action, checked against what it takes.
///
/// Asking for a name that the schema lacks, or as another kind, is a mistake of the plugin's author and ends the program.
public struct Arguments: Sendable {
    enum Stored: Sendable {
        case integer(Int64)
        case float(Double)
        case bool(Bool)
        case names([String])
        case string(String)
        case duration(Duration)
        case structure(Value)
    }

    let schema: [ArgumentSchema]
    var stored: [String: Stored] = [:]

    /// Arguments as they are when the file gives none.
    init(schema: [ArgumentSchema]) { self.schema = schema }

    /// Whether there is such an argument.
    func takes(_ name: String) -> Bool { schema.contains { $0.matches(name) } }

    /// Whether the file gives the argument a value, that is one that is in force.
    func isGiven(_ name: String) -> Bool { stored[name] != nil }

    /// The given arguments of a family such as `tdm.revocable-zone.*`, in byte order, without what they have in common.
    func members(of family: String) -> [String] {
        let prefix = family.dropLast()
        return stored.keys.filter { $0.hasPrefix(prefix) && $0.count > prefix.count }
            .map { String($0.dropFirst(prefix.count)) }.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    func integer(_ name: String) -> Int64 {
        if case .integer(let value) = stored[name] { return value }
        if case .integer(let value) = kind(of: name) { return value }
        preconditionFailure("the plugin reads \(name), which its schema does not name")
    }

    func float(_ name: String) -> Double {
        if case .float(let value) = stored[name] { return value }
        if case .float(let value) = kind(of: name) { return value }
        preconditionFailure("the plugin reads \(name), which its schema does not name")
    }

    func bool(_ name: String) -> Bool {
        if case .bool(let value) = stored[name] { return value }
        if case .bool(let value) = kind(of: name) { return value }
        preconditionFailure("the plugin reads \(name), which its schema does not name")
    }

    func names(_ name: String) -> [String] {
        if case .names(let values) = stored[name] { return values }
        if case .names = kind(of: name) { return [] }
        preconditionFailure("the plugin reads \(name), which its schema does not name")
    }

    /// Nil where neither the file nor the schema has one.
    func string(_ name: String) -> String? {
        if case .string(let value) = stored[name] { return value }
        if case .string(let value) = kind(of: name) { return value }
        preconditionFailure("the plugin reads \(name), which its schema does not name")
    }

    /// Nil where neither the file nor the schema has one.
    func duration(_ name: String) -> Duration? {
        if case .duration(let value) = stored[name] { return value }
        if case .duration(let value) = kind(of: name) { return value }
        preconditionFailure("the plugin reads \(name), which its schema does not name")
    }

    /// The list or mapping as the file has it; nil where it has none.
    func structure(_ name: String) -> Value? {
        if case .structure(let value) = stored[name] { return value }
        if case .structure = kind(of: name) { return nil }
        preconditionFailure("the plugin reads \(name), which its schema does not name")
    }

    /// All arguments with their values in force, in the order of the schema, given ones of a family in byte order.
    public var effective: [(name: String, value: OutputValue)] {
        var result: [(name: String, value: OutputValue)] = []
        for argument in schema {
            if argument.isFamily {
                let prefix = String(argument.name.dropLast())
                for member in members(of: argument.name)
                where !schema.contains(where: { $0.name == prefix + member }) {
                    if let value = value(of: prefix + member) { result.append((prefix + member, value)) }
                }
            } else if let value = value(of: argument.name) {
                result.append((argument.name, value))
            }
        }
        return result
    }

    /// What is in force; nil where nothing is set.
    private func value(of name: String) -> OutputValue? {
        switch kind(of: name) {
        case .integer: .integer(integer(name))
        case .float: .number(float(name))
        case .bool: .bool(bool(name))
        case .names:
            names(name).isEmpty ? nil : .string(names(name).joined(separator: ", "))
        case .string: string(name).map { .string($0) }
        case .duration: duration(name).map { .string($0.goText) }
        case .structure: structure(name).map(\.output)
        case nil: nil
        }
    }

    private func kind(of name: String) -> ArgumentSchema.Kind? { schema(of: name)?.kind }

    /// The argument that has this very name, else the family that it belongs to.
    func schema(of key: String) -> ArgumentSchema? {
        schema.first { $0.name == key } ?? schema.first { $0.matches(key) }
    }
}
