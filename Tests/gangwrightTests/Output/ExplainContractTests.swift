import Documents
import SchedulingPolicy
import Testing

@testable import gangwright

@Suite("explain -o json keeps its contract") struct ExplainContractTests {
    /// What the schema demands of an object of a kind: the keys that all have, and those of the kind.
    private static func required(_ definition: Value?, _ kind: String) -> [String] {
        let branch = definition?["allOf"]?.elements.first {
            $0["if"]?["properties"]?["kind"]?["const"]?.string == kind
        }
        let lists = [definition?["required"], branch?["then"]?["required"]]
        return lists.flatMap { list -> [String] in
            guard let list else { return [] }
            return list.elements.compactMap(\.string)
        }
    }

    @Test("the schema lists the causes that there are") func causes() throws {
        let definitions = try #require(try ContractSchema.read("explain-output.schema.json")["$defs"])
        #expect(
            ContractSchema.words(definitions["hold"]?["properties"]?["kind"])
                == Hold.Kind.allCases.map(\.rawValue))
        let constraint = definitions["hold"]?["allOf"]?.elements
            .compactMap { $0["then"]?["properties"]?["constraint"] }.first
        #expect(ContractSchema.words(constraint) == ConstraintHold.Constraint.allCases.map(\.rawValue))
    }

    @Test(
        "every object has the keys that its kind demands",
        arguments: ["", " --config configurations/volcano.conf"])
    func keys(configuration: String) throws {
        let definitions = try #require(try ContractSchema.read("explain-output.schema.json")["$defs"])
        let outcome = Fixtures.run("explain --cluster cluster -o json" + configuration)
        let jobs = Array(try #require(outcome.document?["jobs"]).elements)
        #expect(jobs.count > 5)
        var kinds: Set<String> = []
        for job in jobs {
            for (list, name) in [("holds", "hold"), ("changes", "change")] {
                for entry in try #require(job[list]).elements {
                    let kind = try #require(entry["kind"]?.string)
                    kinds.insert(kind)
                    let known = ContractSchema.words(definitions[name]?["properties"]?["kind"])
                    #expect(known.contains(kind), "\(kind) is new")
                    for key in Self.required(definitions[name], kind) {
                        #expect(entry[key] != nil, "\(kind) has no \(key)")
                    }
                    #expect(entry["text"]?.string?.isEmpty == false)
                }
            }
            #expect(job["holds"]?.count ?? 0 > 0)
            #expect(job["search"]?["trials"]?.kind == .integer)
        }
        // So that nothing passes for not being there.
        #expect(kinds.isSuperset(of: ["resource", "queueState", "gate", "invalid", "capacity", "queue"]))
    }

    @Test("schedule names the same causes, and none for a gang that has its places") func schedule() throws {
        let groups = try #require(
            Fixtures.run("schedule --cluster cluster -o json").document?["podGroups"]
        ).elements
        let jobs = try #require(Fixtures.run("explain --cluster cluster -o json").document?["jobs"]).elements
        for group in groups {
            let job = jobs.first {
                $0["kind"]?.string == "job" && $0["name"]?.string == group["name"]?.string
            }
            let isWaiting = group["reason"]?.string != "Ready"
            #expect((job != nil) == isWaiting)
            #expect((group["holds"] != nil) == isWaiting)
            #expect(group["holds"]?.output == job?["holds"]?.output)
        }
    }
}
