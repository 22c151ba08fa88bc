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
}
