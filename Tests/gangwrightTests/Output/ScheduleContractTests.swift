import Documents
import Testing

@testable import gangwright

/// The keys that others have come to rely on, written down a second time: a renamed one must not go unnoticed.
@Suite("schedule -o json keeps its contract") struct ScheduleContractTests {
    /// What a value of the contract looks like.
    private indirect enum Shape: Sendable {
        case string, integer
        /// A string or null.
        case optionalString
        /// Quantity strings by resource name.
        case amounts
        /// Numbers by some text.
        case counts
        case list(Shape)
        case object([(key: String, shape: Shape)])
    }

    private static let contract = Shape.object([
        ("binds", .list(.object([("namespace", .string), ("pod", .string), ("node", .string)]))),
        (
            "evictions",
            .list(
                .object([
                    ("namespace", .string), ("pod", .string), ("node", .string), ("reason", .string),
                    ("preemptor", .object([("namespace", .string), ("podGroup", .string)])),
                ]))
        ),
        (
            "pipelined",
            .list(
                .object([
                    ("namespace", .string), ("pod", .string), ("node", .string), ("waitsFor", .string),
                ]))
        ),
        (
            "podGroups",
            .list(
                .object([
                    ("namespace", .string), ("name", .string), ("queue", .string), ("phase", .string),
                    ("minMember", .integer), ("placed", .integer), ("reason", .string), ("message", .string),
                ]))
        ),
        (
            "queues",
            .list(
                .object([
                    ("name", .string), ("weight", .integer), ("deserved", .amounts), ("allocated", .amounts),
                    ("request", .amounts),
                ]))
        ),
        (
            "pending",
            .list(
                .object([
                    ("namespace", .string), ("pod", .string), ("podGroup", .optionalString),
                    ("reason", .string), ("message", .string),
                    ("nodes", .object([("total", .integer), ("reasons", .counts)])),
                ]))
        ),
        (
            "summary",
            .object([
                ("nodes", .integer), ("pods", .integer), ("bound", .integer), ("placed", .integer),
                ("pipelined", .integer), ("pending", .integer), ("evicted", .integer), ("cycles", .integer),
                ("skippedKinds", .counts),
            ])
        ),
    ])

    /// What differs from the contract, each with its path; and the paths of the lists that have elements.
    private static func differences(
        _ value: Value?, _ shape: Shape, _ path: String, _ filled: inout Set<String>
    )
        -> [String]
    {
        guard let value else { return ["\(path): missing"] }
        switch shape {
        case .string: return value.kind == .string ? [] : ["\(path): \(value.kindName)"]
        case .optionalString:
            return value.isNull || value.kind == .string ? [] : ["\(path): \(value.kindName)"]
        case .integer: return value.kind == .integer ? [] : ["\(path): \(value.kindName)"]
        case .amounts, .counts:
            guard value.kind == .mapping else { return ["\(path): \(value.kindName)"] }
            let wanted: Value.Kind = if case .amounts = shape { .string } else { .integer }
            return value.members.compactMap { key, member in
                member.kind == wanted ? nil : "\(path).\(key): \(member.kindName)"
            }
        case .list(let element):
            guard value.kind == .sequence else { return ["\(path): \(value.kindName)"] }
            if value.count > 0 { filled.insert(path) }
            return value.elements.flatMap { differences($0, element, path + "[]", &filled) }
        case .object(let members):
            guard value.kind == .mapping else { return ["\(path): \(value.kindName)"] }
            return members.flatMap { differences(value[$0.key], $0.shape, "\(path).\($0.key)", &filled) }
        }
    }

    @Test("every key is there with its type") func keys() throws {
        var filled: Set<String> = []
        for cluster in ["cluster", "releasing"] {
            for format in ["json", "yaml"] {
                let outcome = Fixtures.run("schedule --cluster \(cluster) -o \(format)")
                let document = try #require(outcome.document)
                #expect(Self.differences(document, Self.contract, "", &filled) == [])
            }
        }
        // So that nothing passes for being empty. Evictions come with the actions that evict.
        #expect(filled == [".binds", ".pipelined", ".podGroups", ".queues", ".pending"])
    }

    @Test(
        "every pending pod is in exactly one of binds, pipelined and pending",
        arguments: ["cluster", "releasing"])
    func partition(cluster: String) throws {
        for configuration in [
            "", " --config configurations/volcano.conf", " --config configurations/azureml.conf",
        ] {
            let outcome = Fixtures.run("schedule --cluster \(cluster) -o json" + configuration)
            let document = try #require(outcome.document)
            var seen: [String: Int] = [:]
            for list in ["binds", "pipelined", "pending"] {
                for entry in try #require(document[list]).elements {
                    seen["\(entry["namespace"]?.string ?? "")/\(entry["pod"]?.string ?? "")", default: 0] += 1
                }
            }
            #expect(seen.values.allSatisfy { $0 == 1 })
            #expect(seen.count == (cluster == "cluster" ? 24 : 2))
        }
    }

    @Test("an object of the output is one JSON document that ends with a line feed") func text() {
        let output = Fixtures.run("schedule --cluster cluster -o json").standardOutput
        #expect(output.hasPrefix("{\n"))
        #expect(output.hasSuffix("\n}\n"))
    }
}

extension CommandOutcome {
    /// Standard output as the one document that it is; nil if it is none, or several.
    var document: Value? {
        let text = DocumentParser.parse(Array(standardOutput.utf8), file: "standard output")
        return text.problems.isEmpty && text.documents.count == 1 ? text.documents.first : nil
    }
}
