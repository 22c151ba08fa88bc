import Documents
import Foundation
import Testing

/// The schemas of `docs/`, as tests hold output to them.
enum ContractSchema {
    static func read(_ name: String) throws -> Value {
        let file = URL(filePath: #filePath).appending(path: "../../../../docs/\(name)").standardizedFileURL
        let parsed = DocumentParser.parse(Array(try Data(contentsOf: file)), file: name)
        #expect(parsed.problems.isEmpty)
        return try #require(parsed.documents.first)
    }

    /// The words that a schema lists; empty if it lists none.
    static func words(_ value: Value?) -> [String] {
        guard let list = value?["enum"] else { return [] }
        return list.elements.compactMap(\.string)
    }

    /// Checks the keys that a schema requires, and the words that it knows, all the way down.
    static func check(_ value: Value, _ schema: Value, _ root: Value, _ path: String) {
        if let reference = schema["$ref"]?.string, let name = reference.split(separator: "/").last {
            if let target = root["$defs"]?[String(name)] { check(value, target, root, path) }
        }
        if let branches = schema["oneOf"], !value.isNull {
            for branch in branches.elements where branch["type"]?.string != "null" {
                check(value, branch, root, path)
            }
        }
        if let required = schema["required"] {
            for key in required.elements.compactMap(\.string) {
                #expect(value[key] != nil, "\(path) has no \(key)")
            }
        }
        if schema["enum"] != nil, let word = value.string {
            #expect(words(schema).contains(word), "\(path): \(word) is new")
        }
        if let properties = schema["properties"] {
            for (key, member) in value.members {
                if let inner = properties[key] { check(member, inner, root, "\(path).\(key)") }
            }
        }
        if let items = schema["items"], value.kind == .sequence {
            for (index, element) in value.elements.enumerated() {
                check(element, items, root, "\(path)[\(index)]")
            }
        }
    }
}
