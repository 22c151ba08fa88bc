import Documents
import Foundation
import Testing

@testable import gangwright

@Suite("A packing experiment is run from its document") struct PackingExperimentRunTests {
    private static let experiment = """
        apiVersion: gangwright.io/v1alpha1
        kind: PackingExperiment
        name: small
        nodes: ${DATA}/nodes.csv
        traces:
        - {name: one, pods: pods.csv, ceilingPercent: 100}
        policies: [BestFit, FGD]
        seeds: [1, 2]
        """

    /// Runs the experiment in a folder of its own with options given.
    private func run(
        _ given: [(String, String)] = [], hasData: Bool = true,
        nodes: String? = "sn,cpu_milli,memory_mib,gpu,model\na,64000,1000,4,T4\n"
    ) throws -> Result<CommandOutcome, CommandFailure> {
        let folder = try TemporaryFolder()
        let file = try folder.write(Self.experiment, to: "experiment.yaml")
        try folder.write(
            "name,cpu_milli,memory_mib,num_gpu,gpu_milli\np,4000,10,1,470\nq,4000,10,1,1000\n", to: "pods.csv"
        )
        if let nodes { try folder.write(nodes, to: "nodes.csv") }
        let document = try #require(
            DocumentParser.parse(Array(Self.experiment.utf8), file: "experiment.yaml").documents.first)
        let options =
            PackingExperimentRun.options + [
                OutputFormat.option, Option(name: "seeds", metavar: "N", help: "seeds", default: "1"),
            ]
        var arguments = Arguments(options: options)
        for (name, value) in given {
            arguments.record(value, for: try #require(options.first { $0.name == name }))
        }
        let data = String(folder.path("").dropLast())
        var outcome = CommandOutcome()
        do throws(CommandFailure) {
            try PackingExperimentRun.run(
                document, file: file, arguments: arguments,
                environment: hasData ? ["DATA": data] : [:], &outcome)
            return .success(outcome)
        } catch {
            return .failure(error)
        }
    }

    @Test("as a table of traces and policies") func table() throws {
        let lines = try run().get().standardOutput.split(separator: "\n").map(String.init)
        #expect(lines.count == 3)
        #expect(lines[0].hasPrefix("TRACE   POLICY    RUNS   ALLOCATED %"))
        #expect(lines[0].hasSuffix("CEILING %"))
        #expect(lines[1].hasPrefix("one     BestFit      2"))
        #expect(lines[2].hasSuffix("100.00"))
    }

    @Test("as CSV and JSON, narrowed by policy and seeds") func documents() throws {
        let csv = try run([("policy", "FGD"), ("seeds", "3"), ("output", "csv")]).get().standardOutput
        #expect(
            csv.split(separator: "\n").map { $0.split(separator: ",").prefix(3).joined(separator: ",") }
                == ["trace,policy,seed", "one,FGD,1", "one,FGD,2", "one,FGD,3"])
        let json = try run([("output", "json")]).get().standardOutput
        let parsed = DocumentParser.parseJSON(Array(json.utf8), file: "out.json")
        #expect(parsed.problems.isEmpty)
        let document = try #require(parsed.documents.first)
        #expect(document["experiment"]?.string == "small")
        #expect(document["runs"]?.elements.reduce(0) { count, _ in count + 1 } == 4)
        #expect(document["summary"]?.elements.reduce(0) { count, _ in count + 1 } == 2)
    }

    @Test("what is missing is said, with exit code 2") func missing() throws {
        guard case .failure(let unset) = try run(hasData: false) else {
            Issue.record("ran without data")
            return
        }
        #expect(unset.exitCode == .badInput)
        #expect(
            unset.message.hasPrefix(
                "experiment.yaml:4: nodes: found the environment variable DATA, which is not set"))
        guard case .failure(let absent) = try run(nodes: nil) else {
            Issue.record("ran without a node list")
            return
        }
        #expect(absent.exitCode == .badInput)
        #expect(absent.message.contains("nodes.csv: No such file or directory"))
        guard case .failure(let broken) = try run(nodes: "sn,cpu_milli,memory_mib,gpu,model\na,x,1,1,T4\n")
        else {
            Issue.record("ran with a broken node list")
            return
        }
        #expect(broken.message.contains("nodes.csv:2: cpu_milli: found 'x'"))
    }
}
