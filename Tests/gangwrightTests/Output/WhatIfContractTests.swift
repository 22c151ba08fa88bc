import Documents
import Simulation
import Testing

@testable import gangwright

@Suite("whatif -o json keeps its contract") struct WhatIfContractTests {
    @Test("the schema lists the words that there are") func words() throws {
        let schema = try ContractSchema.read("whatif-output.schema.json")
        let effect = schema["properties"]?["jobs"]?["items"]?["properties"]?["effect"]
        #expect(ContractSchema.words(effect) == WhatIfComparison.Effect.allCases.map(\.rawValue))
        #expect(
            ContractSchema.words(schema["$defs"]?["place"]?["properties"]?["state"])
                == JobPlace.State.allCases.map(\.rawValue))
    }

    @Test(
        "every object has the keys that the schema demands, and says yes where it exits with 0",
        arguments: [
            "--drain a100-0", "--remove-node agentpool=a100", "--add-nodes 3 --like a100-1",
            "--fit agentpool=a100", "--end train/llama",
            "--fit new:cpu=64,memory=1Ti,nvidia.com/gpu=8,taints.sku=gpu --end bert -n train",
            "--fit cpu-0 --job fat -n lab", "--when llama -n train",
            "--when llama -n train --assume-run-time 1h --uncordon a100-2",
            "--config configurations/volcano.conf --with-config configurations/azureml.conf",
        ])
    func keys(question: String) throws {
        let schema = try ContractSchema.read("whatif-output.schema.json")
        let outcome = Fixtures.run("whatif --cluster cluster -o json \(question)")
        let document = try #require(outcome.document)
        ContractSchema.check(document, schema, schema, "whatif")
        #expect(document["yes"]?.bool == (outcome.exitCode == .done))
        for (key, _) in document.members {
            #expect(schema["properties"]?[key] != nil, "\(key) is not in the schema")
        }
        #expect(
            document["answer"]?.string.map {
                Fixtures.run("whatif --cluster cluster \(question)").standardOutput.hasPrefix($0)
            } == true)
    }
}
