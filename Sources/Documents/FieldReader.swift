/// Reads the members of one mapping as the types that its author should have written.
///
/// What has another type is reported as `found X, expected Y` and read as nil. A member that is null counts as absent,
/// as it does for Kubernetes.
///
///     let pod = FieldReader(document, sink: sink)
///     let name = pod.object("metadata")?.requiredString("name")
///     for container in pod.object("spec")?.objects("containers") ?? [] { … }  // container.path is spec.containers[0]
public struct FieldReader {
    /// The mapping that is read.
    public let value: Value
    /// The path of the mapping from its document, such as `spec.containers[0]`; empty for the document itself.
    public let path: String
    /// Where problems go.
    public let sink: ProblemSink

    /// Makes a reader of `value`; reports if it is no mapping, and then finds no member in it.
    public init(_ value: Value, path: String = "", sink: ProblemSink) {
        self.value = value
        self.path = path
        self.sink = sink
        if value.kind != .mapping { reportMismatch(value, path, expected: "a mapping") }
    }

    /// The member `key` whatever its type; nil if it is absent or null.
    public func value(_ key: String) -> Value? {
        guard let member = value[key], !member.isNull else { return nil }
        return member
    }

    /// The member `key` as text.
    public func string(_ key: String) -> String? {
        read(key, expected: "a string") { $0.string }
    }

    /// The member `key` as text that must be there and not be empty.
    public func requiredString(_ key: String) -> String? {
        guard value(key) != nil else {
            // A reader of what is no mapping has said so already.
            if value.kind == .mapping { report(key, "found nothing, expected a string") }
            return nil
        }
        guard let text = string(key) else { return nil }
        guard !text.isEmpty else {
            report(key, "found an empty string, expected one that is not")
            return nil
        }
        return text
    }

    /// The member `key` as a whole number within `range`.
    public func integer(_ key: String, in range: ClosedRange<Int64> = .min ... .max) -> Int64? {
        guard let number = read(key, expected: Self.expectation(of: range), { $0.integer }) else {
            return nil
        }
        guard range.contains(number) else {
            report(key, "found \(number), expected \(Self.expectation(of: range))")
            return nil
        }
        return number
    }

    /// The member `key` as a finite number, whole or not.
    public func double(_ key: String) -> Double? {
        guard let number = read(key, expected: "a number", { $0.double }) else { return nil }
        guard number.isFinite else {
            report(key, "found \(value(key)?.scalarText ?? ""), expected a finite number")
            return nil
        }
        return number
    }

    /// The member `key` as a Bool.
    public func bool(_ key: String) -> Bool? {
        read(key, expected: "true or false") { $0.bool }
    }

    /// The member `key` as a list of strings; empty if it is absent, elements of other types left out.
    public func strings(_ key: String) -> [String] {
        elements(of: key).compactMap { path, element in
            if let text = element.string { return text }
            reportMismatch(element, path, expected: "a string")
            return nil
        }
    }

    /// The member `key` as a mapping from text to text; empty if it is absent, members of other types left out.
    ///
    /// A member that is null has the empty string for its value, as Kubernetes reads it.
    public func stringMap(_ key: String) -> [String: String] {
        guard let map = object(key) else { return [:] }
        var result: [String: String] = [:]
        for (key, value) in map.value.members {
            if value.isNull {
                result[key] = ""
            } else if let text = value.string {
                result[key] = text
            } else {
                reportMismatch(value, map.path(to: key), expected: "a string")
            }
        }
        return result
    }

    /// A reader of the member `key`, which should be a mapping.
    public func object(_ key: String) -> FieldReader? {
        guard let member = value(key) else { return nil }
        guard member.kind == .mapping else {
            reportMismatch(member, path(to: key), expected: "a mapping")
            return nil
        }
        return FieldReader(member, path: path(to: key), sink: sink)
    }

    /// Readers of the elements of the member `key`, which should be a list of mappings; others are left out.
    public func objects(_ key: String) -> [FieldReader] {
        elements(of: key).compactMap { path, element in
            guard element.kind == .mapping else {
                reportMismatch(element, path, expected: "a mapping")
                return nil
            }
            return FieldReader(element, path: path, sink: sink)
        }
    }

    /// Reports a problem with the member `key`: at its place if it is present, else at the mapping's.
    public func report(_ key: String, _ message: String, severity: Problem.Severity = .error) {
        sink.report(
            Problem(at: value[key] ?? value, field: path(to: key), message: message, severity: severity))
    }

    /// The members whose key is none of `known`, in the order of the text.
    public func unknownKeys(_ known: Set<String>) -> [(key: String, value: Value)] {
        value.members.filter { !known.contains($0.key) }
    }

    /// The path of the member `key`, with keys such as `nvidia.com/gpu` in brackets as Kubernetes writes them.
    public func path(to key: String) -> String {
        let isPlain =
            !key.isEmpty
            && key.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
        if !isPlain { return "\(path)[\(key)]" }
        return path.isEmpty ? key : "\(path).\(key)"
    }
}

extension FieldReader {
    private func read<Result>(_ key: String, expected: String, _ convert: (Value) -> Result?) -> Result? {
        guard let member = value(key) else { return nil }
        if let result = convert(member) { return result }
        reportMismatch(member, path(to: key), expected: expected)
        return nil
    }

    private func elements(of key: String) -> [(path: String, element: Value)] {
        guard let list = value(key) else { return [] }
        let listPath = path(to: key)
        guard list.kind == .sequence else {
            reportMismatch(list, listPath, expected: "a list")
            return []
        }
        return list.elements.enumerated().map { ("\(listPath)[\($0.offset)]", $0.element) }
    }

    private func reportMismatch(_ value: Value, _ path: String, expected: String) {
        var message = "found \(value.kindName)"
        if let text = value.scalarText {
            message += " (\(value.kind == .string ? "\"" : "")\(CharacterName.visible(text, limit: 40))"
            message += value.kind == .string ? "\")" : ")"
        }
        message += ", expected \(expected)"
        // The usual cause is YAML reading `yes` or `1.10` as something else than the author did.
        if expected == "a string", value.scalarText != nil { message += " (put it in quotes)" }
        sink.report(Problem(at: value, field: path, message: message))
    }

    private static func expectation(of range: ClosedRange<Int64>) -> String {
        switch (range.lowerBound, range.upperBound) {
        case (.min, .max): "an integer"
        case (.min, let high): "an integer of at most \(high)"
        case (let low, .max): "an integer of at least \(low)"
        case (let low, let high): "an integer from \(low) to \(high)"
        }
    }
}
