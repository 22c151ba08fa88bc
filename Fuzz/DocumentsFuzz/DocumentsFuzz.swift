import Documents

/// Parses any bytes, uses every accessor of every value, and prints what was read so that it must read back the same.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzDocuments(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let parsed = DocumentParser.parse(Array(UnsafeBufferPointer(start: start, count: count)), file: "fuzz")
    for problem in parsed.problems {
        precondition(
            problem.line > 0 && problem.column > 0 && !problem.message.isEmpty, "a problem has a place")
    }
    for document in parsed.documents {
        let tree = output(of: document)
        // Members that occur twice are read as they stand, with a problem, and cannot come back.
        if parsed.problems.isEmpty, isPrintable(tree) { checkRoundTrip(tree) }
    }
    return 0
}

private func checkRoundTrip(_ tree: OutputValue) {
    // Behind a key, so that a text that begins like JSON stays YAML and a tree that is one scalar stays a document.
    let whole = OutputValue.object([("root", tree)])
    for text in [whole.json(), whole.json(pretty: false), whole.yaml()] {
        let again = DocumentParser.parse(Array(text.utf8), file: "again")
        // One level more than the input had may be one too many.
        if again.problems.contains(where: { $0.message.contains("nested deeper") }) { continue }
        precondition(again.problems.isEmpty, "own output is wrong: \(again.problems) in \(text)")
        precondition(again.documents.map(output) == [whole], "own output reads back differently: \(text)")
    }
}

private func output(of value: Value) -> OutputValue {
    precondition(value.line > 0 && value.column > 0, "a value has a place")
    switch value.kind {
    case .null:
        return .null
    case .bool:
        guard let bool = value.bool else { fatalError("a boolean has a value") }
        return .bool(bool)
    case .integer:
        guard let integer = value.integer, value.scalarText == String(integer) else {
            fatalError("an integer has a value and canonical text")
        }
        return .integer(integer)
    case .float:
        guard let double = value.double, value.integer == nil else { fatalError("a float has a value") }
        return .number(double)
    case .string:
        guard let string = value.string, value.scalarText == string else {
            fatalError("a string has a value")
        }
        return .string(string)
    case .sequence:
        let elements = value.elements.map(output)
        precondition(elements.count == value.count, "elements are counted")
        return .list(elements)
    case .mapping:
        let members = value.members.map { ($0.key, output(of: $0.value)) }
        precondition(members.count == value.count, "members are counted")
        for (key, _) in members { precondition(value[key] != nil, "a member is found by its key") }
        return .object(members)
    }
}

/// Whether JSON can hold the tree: it has no infinity and no NaN.
private func isPrintable(_ tree: OutputValue) -> Bool {
    switch tree {
    case .number(let value): value.isFinite
    case .list(let elements): elements.allSatisfy(isPrintable)
    case .object(let members): members.allSatisfy { isPrintable($0.1) }
    default: true
    }
}
