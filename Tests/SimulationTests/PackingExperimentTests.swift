import Documents
import Fragmentation
import Testing

@testable import Simulation

@Suite("A packing experiment is read with its mistakes named, and runs on any trace")
struct PackingExperimentTests {
    private func read(
        _ text: String, environment: [String: String] = ["DATA": "/data"]
    ) -> (experiment: PackingExperiment?, problems: [String]) {
        let sink = ProblemSink()
        let parsed = DocumentParser.parse(Array(text.utf8), file: "x.yaml")
        let experiment = parsed.documents.first.flatMap {
            PackingExperiment.read($0, folder: "folder", environment: environment, sink: sink)
        }
        return (experiment, sink.problems.map(\.description))
    }

    @Test("files are found from the experiment's folder or through variables; the rest has defaults")
    func reading() throws {
        let (experiment, problems) = read(
            """
            apiVersion: gangwright.io/v1alpha1
            kind: PackingExperiment
            name: small
            nodes: nodes.csv
            traces:
            - ${DATA}/openb/openb_pod_list_default.csv
            - {name: other, pods: pods.csv, arrivalOrder: order.csv, ceilingPercent: 96.5}
            policies: [FGD, PatternPricing]
            seeds: {first: 7, count: 3}
            """)
        #expect(problems == [])
        let read = try #require(experiment)
        #expect(read.nodesFile == "folder/nodes.csv")
        #expect(read.traces.map(\.name) == ["default", "other"])
        #expect(read.traces[0].podsFile == "/data/openb/openb_pod_list_default.csv")
        #expect(read.traces[1].ceilingPercent == 96.5)
        #expect(read.policies == [.fgd, .patternPricing])
        #expect(read.seeds == [7, 8, 9])
        #expect(read.arrivedPercent == 130 && read.typicalPodsPercent == 95)
        #expect(
            read.files == [
                "folder/nodes.csv", "/data/openb/openb_pod_list_default.csv", "folder/pods.csv",
                "folder/order.csv",
            ])
        #expect(read.with(seedCount: 2).seeds == [7, 8])
        #expect(read.with(seedCount: 5).seeds == [7, 8, 9, 10, 11])
    }

    @Test("mistakes are named with their lines, misspelled keys and policies with what was meant")
    func mistakes() {
        let (experiment, problems) = read(
            """
            apiVersion: gangwright.io/v1alpha1
            kind: PackingExperiment
            name: small
            nodes: ${NOWHERE}/nodes.csv
            pods: pods.csv
            polices: [FGD]
            policies: [FDG]
            seeds: [1, two]
            arrivedPercent: 0
            """)
        #expect(experiment == nil)
        #expect(
            problems.contains {
                $0.hasPrefix("x.yaml:4: nodes: found the environment variable NOWHERE, which is not set")
            })
        #expect(
            problems.contains { $0 == "x.yaml:6: polices: found a key that is not known, expected policies" })
        #expect(problems.contains { $0.hasPrefix("x.yaml:7: policies: found \"FDG\"; known are BestFit") })
        #expect(
            problems.contains { $0.hasPrefix("x.yaml:8: seeds: found a string, expected a whole number") })
        #expect(problems.contains { $0.hasPrefix("x.yaml:9: arrivedPercent: found 0, expected") })
    }

    @Test("one of pods and traces is needed") func oneOfTwo() {
        let head = "apiVersion: gangwright.io/v1alpha1\nkind: PackingExperiment\nname: a\nnodes: n.csv\n"
        #expect(read(head).problems.contains { $0.contains("found both or neither of pods and traces") })
        #expect(read(head + "pods: p.csv\n").problems == [])
        #expect(read(head + "pods: p.csv\ntraces: [q.csv]\n").experiment == nil)
        #expect(
            read(head + "traces: [p.csv, a/p.csv]\n").problems.contains { $0.contains("a second trace p") })
    }

    // MARK: A made-up trace

    static let nodes =
        "sn,cpu_milli,memory_mib,gpu,model\n"
        + (0..<6).map {
            "n\($0),\($0 < 3 ? 64_000 : 32_000),262144,\($0 < 3 ? 4 : 2),\($0 < 3 ? "G2" : "T4")\n"
        }
        .joined()
    static let pods =
        "name,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec\n"
        + (0..<40).map { index in
            let milli = [810, 470, 470, 320, 1000, 1000, 190, 0][index % 8]
            let model = index % 8 == 5 ? "G2|T4" : ""
            return "p\(index),\(2_000 + index % 3 * 1_000),1024,\(milli == 0 ? 0 : 1),\(milli),\(model)\n"
        }.joined()

    private func study(
        _ policies: [DevicePolicy], orders: String? = nil, pods: String = pods, nodes: String = nodes
    ) -> (study: PackingStudy?, problems: [String]) {
        var experiment = PackingExperiment(
            name: "small", nodesFile: "n", traces: [.init(name: "made", podsFile: "p")])
        experiment.policies = policies
        experiment.seeds = [1, 2]
        var files = ["n": Array(nodes.utf8), "p": Array(pods.utf8)]
        if let orders {
            experiment.traces[0].arrivalOrderFile = "o"
            files["o"] = Array(orders.utf8)
        }
        let sink = ProblemSink()
        let study = PackingStudy(experiment, files: files, sink: sink)
        return (study, sink.problems.map(\.description))
    }

    @Test("all runs come in order, the same on one thread and on two") func runs() throws {
        let study = try #require(study(DevicePolicy.allCases).study)
        let results = study.run(threads: 2)
        #expect(results == study.run(threads: 1))
        #expect(results.map(\.policy) == DevicePolicy.allCases.flatMap { [$0, $0] })
        for result in results {
            #expect(result.capacityMilliGPU == 18_000)
            #expect(result.demandMilliGPU > 22_000 && result.demandMilliGPU <= 23_400)
            #expect(result.allocatedMilliGPU <= result.capacityMilliGPU)
            let failures = result.failures
            #expect(
                failures.withoutGPU + failures.share + failures.whole.values.reduce(0, +) == result.failed)
            let idle = Double(result.capacityMilliGPU - result.allocatedMilliGPU)
            #expect(abs(result.idle.fragments + result.idle.satisfied - idle) < 1e-6)
        }
        let report = PackingReport(study.experiment, results)
        #expect(report.summaries.count == 7)
        #expect(report.csv.split(separator: "\n").count == 15)
        let fields = report.csv.split(separator: "\n").map { $0.split(separator: ",").count }
        #expect(fields.allSatisfy { $0 == 39 })
    }

    @Test("an order of arrival that is given is taken") func orders() throws {
        let given = study([.fgd], orders: "seed1,seed2\n0,4\n4,\n7,\n")
        let results = try #require(given.study).run()
        #expect(results.map(\.pods) == [3, 1])
        #expect(results.map(\.demandMilliGPU) == [1_810, 1_000])
        #expect(study([.fgd], orders: "seed1\n0\n").problems.contains { $0.contains("seed2") })
        #expect(
            study([.fgd], orders: "seed1,seed2\n0,40\n").problems == [
                "o:1: seed2: found 40, expected a row of the pod list, from 0 to 39"
            ])
    }

    @Test("a trace without any GPU runs, and all of it fits") func withoutGPUs() throws {
        let pods = "name,cpu_milli,memory_mib,num_gpu,gpu_milli\na,1000,1,0,0\nb,1000,1,0,0\n"
        let results = try #require(study([.fgd, .patternPricing], pods: pods).study).run()
        #expect(results.map(\.pods) == [2, 2, 2, 2])
        #expect(results.map(\.failed) == [0, 0, 0, 0])
    }

    /// Rows of a list with the columns of its header in another order, and some of them renamed away.
    private static func reordered(_ text: String, without column: String? = nil) -> String {
        let rows = text.split(separator: "\n").map {
            $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        }
        let kept = rows[0].indices.reversed().filter { rows[0][$0] != column }
        return rows.enumerated().map { number, row in
            (kept.map { row[$0] } + [number == 0 ? "remark" : "\"a, \(number)\""]).joined(separator: ",")
        }.joined(separator: "\r\n")
    }

    @Test(
        "lists of any origin: other orders of columns, further ones, no models, nodes and pods without GPUs")
    func otherLists() throws {
        let whole = try #require(study([.fgd, .bestFit, .patternPricing]).study).run()
        let shuffled = study(
            [.fgd, .bestFit, .patternPricing], pods: Self.reordered(Self.pods),
            nodes: Self.reordered(Self.nodes))
        #expect(shuffled.problems == [])
        #expect(try #require(shuffled.study).run() == whole)
        // As the lists multigpu and gpushare of openb: nobody names a model.
        let anyModel = Self.reordered(Self.pods, without: "gpu_spec") + "\r\nx,1000,8,1024,64000,big\r\n"
        let nodes = Self.nodes + "cpu-only,96000,262144,0,\n"
        let header = try #require(anyModel.split(separator: "\r\n").first)
        #expect(header == "gpu_milli,num_gpu,memory_mib,cpu_milli,name,remark")
        let other = study(
            [.fgd, .bestFit, .patternPricing],
            pods: anyModel.replacing("x,1000,8,1024,64000,big", with: "1000,8,1024,64000,big,x"), nodes: nodes
        )
        #expect(other.problems == [])
        for result in try #require(other.study).run() {
            #expect(result.capacityMilliGPU == 18_000 && result.allocatedMilliGPU <= 18_000)
            // No node has eight GPUs.
            #expect(result.failures.whole[8, default: 0] <= 1)
            #expect(result.pods > 25 && result.allocatedMilliGPU > 15_000)
        }
    }

    @Test("decimals are rounded to the nearest, ties to even") func decimals() {
        #expect(FixedDecimal.text(0.125, digits: 2) == "0.12")
        #expect(FixedDecimal.text(0.375, digits: 2) == "0.38")
        #expect(FixedDecimal.text(-1.5, digits: 0) == "-2")
        #expect(FixedDecimal.text(-0.05, digits: 2) == "-0.05")
        #expect(FixedDecimal.text(95.3, digits: 2) == "95.30")
    }
}
