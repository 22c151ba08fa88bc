import Testing

@testable import gangwright

@Suite("The parts of a sweep are put together") struct SimulateMergeTests {
    /// A part with runs of one figure each.
    private static func part(_ runs: [(variant: String, seed: Int, wait: Double)]) -> String {
        let texts = runs.map { run in
            """
            {"variant": "\(run.variant)", "seed": \(run.seed), "durationSeconds": 60.0, "nodes": 2, "gpus": 16.0,
            "mostGPUs": 16.0, "metrics": {"jobsSubmitted": 5.0, "waitMean": \(run.wait)},
            "waitByReason": [{"reason": "Unschedulable", "jobHours": 2.5}], "breakdowns": {}, "details": null}
            """
        }
        return """
            {"kind": "SimulationReport", "scenario": "sizes", "variants": ["", "large"], "seeds": [1, 2],
            "runs": [\(texts.joined(separator: ",\n"))]}

            """
    }

    private static let first = part([("", 1, 100), ("large", 2, 81)])
    private static let second = part([("", 2, 120), ("large", 1, 60)])

    private static func run(_ texts: [String], _ options: [String] = []) throws -> CommandOutcome {
        let folder = try TemporaryFolder()
        var words = ["simulate-merge"]
        for (index, text) in texts.enumerated() { words.append(try folder.write(text, to: "\(index).json")) }
        var outcome = Program().run(words + options)
        outcome.standardError.replace(folder.path(""), with: "")
        return outcome
    }

    @Test("the table has the means of all parts, and the differences seed by seed") func table() throws {
        let outcome = try Self.run([Self.first, Self.second])
        #expect(outcome.exitCode == .done)
        #expect(outcome.standardError == "")
        #expect(
            outcome.standardOutput == """
                sizes: 5 jobs on 2 nodes with 16 GPUs, over 1m of virtual time. 2 variants side by side, each with 2 seeds.

                FIGURE                   baseline             large   DIFFERENCE
                wait, mean   1m 50s ± 2m 7s   1m 11s ± 2m 13s   ≈ −36 %

                WHY JOBS WAITED, IN JOB-HOURS
                REASON          baseline   large   WHAT IT SAYS
                Unschedulable        2.5     2.5   no node had room

                large beside baseline: no difference that is clear of chance.
                ▲ better and ▼ worse beyond what chance explains (95 %), ≈ not

                """)
    }

    @Test("the order of the parts does not matter, and lines before a part's document neither") func order() throws {
        let whole = try Self.run([Self.first, Self.second], ["-o", "json"]).standardOutput
        let logged = "warning: a line on the other stream\n" + Self.second
        #expect(try Self.run([logged, Self.first], ["-o", "json"]).standardOutput == whole)
        #expect(try Self.run([Self.first + Self.second], ["-o", "json"]).standardOutput == whole)
    }

    @Test("missing runs are named, and make the answer no") func missing() throws {
        let outcome = try Self.run([Self.first], ["-o", "csv"])
        #expect(outcome.exitCode == .no)
        #expect(outcome.standardError == "missing: baseline with seed 2\nmissing: large with seed 1\n")
        #expect(outcome.standardOutput.split(separator: "\n").count == 3)
    }

    @Test("a part that comes twice, and what is no part, are refused") func refused() throws {
        let twice = try Self.run([Self.first, Self.first])
        #expect(twice.exitCode == .badInput)
        #expect(
            twice.standardError == """
                1.json:2: runs[0].seed: found baseline with seed 1 twice, expected it in one part
                1.json:5: runs[1].seed: found large with seed 2 twice, expected it in one part

                """)
        #expect(try Self.run(["not a document"]).exitCode == .badInput)
        #expect(try Self.run([""]).exitCode == .badInput)
        #expect(Program().run(["simulate-merge", "/does/not/exist"]).exitCode == .badInput)
    }

    @Test("the page is written where --report says") func page() throws {
        let folder = try TemporaryFolder()
        let outcome = try Self.run([Self.first, Self.second], ["--report", folder.path("page.html")])
        #expect(outcome.exitCode == .done)
        let page = try FileAccess.read(folder.path("page.html"))
        #expect(String(decoding: page, as: UTF8.self).hasPrefix("<!DOCTYPE html>"))
        let nowhere = try Self.run([Self.first, Self.second], ["--report", folder.path("no/where.html")])
        #expect(nowhere.exitCode == .outsideWorld)
        #expect(try Self.run([Self.first], ["--csv", "jobs"]).exitCode == .badInput)
    }
}
