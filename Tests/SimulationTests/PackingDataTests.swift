import Documents
import Foundation
import Fragmentation
import Testing

@testable import Simulation

/// The folder of the traces, of which `openb` is one; nil where the environment names none.
private let dataFolder = ProcessInfo.processInfo.environment["GANGWRIGHT_DATA"]

private let needsData: Comment = "set GANGWRIGHT_DATA to the folder that holds openb/ to run on the real traces"

@Suite("The published packing experiments come out to the last digit", .enabled(if: dataFolder != nil, needsData))
struct PackingDataTests {
    static let traces = ["default", "gpushare40", "gpuspec33", "multigpu20", "multigpu50"]
    static let paper: [DevicePolicy] = [.dotProd, .gpuClustering, .gpuPacking, .bestFit, .fgd]

    private func bytes(_ file: String) throws -> [UInt8] {
        let folder = URL(filePath: dataFolder ?? "").appending(path: "openb")
        return Array(try Data(contentsOf: folder.appending(path: file)))
    }

    private func lines(_ file: String) throws -> [[String]] {
        String(decoding: try bytes(file), as: UTF8.self).split(whereSeparator: \.isNewline).map {
            $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        }
    }

    private func study(
        _ trace: String, _ policies: [DevicePolicy], seeds: [Int64]
    ) throws -> PackingStudy {
        let podsFile = "openb_pod_list_\(trace).csv"
        let nodesFile = "openb_node_list_gpu_node.csv"
        var experiment = PackingExperiment(
            name: "test", nodesFile: nodesFile, traces: [.init(name: trace, podsFile: podsFile)])
        experiment.policies = policies
        experiment.seeds = seeds
        let sink = ProblemSink()
        let files = [nodesFile: try bytes(nodesFile), podsFile: try bytes(podsFile)]
        return try #require(PackingStudy(experiment, files: files, sink: sink))
    }

    @Test("orders of arrival and ranks of nodes are drawn from the pod list alone", arguments: traces)
    func arrivals(name: String) throws {
        let (trace, problems) = OpenBTrace.read(
            nodes: try bytes("openb_node_list_gpu_node.csv"), nodesFile: "nodes",
            pods: try bytes("openb_pod_list_\(name).csv"), podsFile: "pods")
        #expect(problems.isEmpty)
        let packing = try #require(PackingTrace(trace, nodesFile: "nodes", sink: ProblemSink()))
        let seeds = Array(Int64(42)...51)
        let sink = ProblemSink()
        let orders = SeedColumns(
            try bytes("arrival_order_\(name).csv"), file: "orders", seeds: seeds, sink: sink)
        let ranks = SeedColumns(try bytes("node_rank_\(name).csv"), file: "ranks", seeds: seeds, sink: sink)
        #expect(sink.problems.isEmpty)
        for (position, seed) in seeds.enumerated() {
            let drawn = WorkloadInflation(packing, arrivedPercent: 130, seed: seed)
            #expect(drawn.arrivals == orders.columns[position], "seed \(seed)")
            #expect(drawn.nodeRanks == ranks.columns[position], "seed \(seed)")
        }
    }

    /// A run takes seconds without optimisation: one of each policy, all 250 with `GANGWRIGHT_GOLDEN=all`.
    @Test("every figure of the golden results", arguments: zip(traces, paper))
    func golden(name: String, policy: DevicePolicy) throws {
        let golden = try lines("golden.csv")
        let isWhole = ProcessInfo.processInfo.environment["GANGWRIGHT_GOLDEN"] == "all"
        let seeds: [Int64] = isWhole ? Array(42...51) : [45]
        let study = try study(name, isWhole ? Self.paper : [policy], seeds: seeds)
        let rows = PackingReport(study.experiment, study.run()).csv.split(separator: "\n").map {
            $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        }
        #expect(rows[0] == golden[0])
        for row in rows.dropFirst() {
            let expected = golden.first { $0.prefix(3) == row.prefix(3) }
            #expect(row == expected, "\(name) \(row[1]) seed \(row[2])")
        }
    }

    @Test("any node at random allocates as much as is published, within three times its spread") func random() throws {
        let published = try lines("published_expected_by_seed.csv")
            .filter { $0[0] == "default" && $0[1].hasSuffix("-Random") }.compactMap { Double($0[10]) }
        #expect(published.count == 10)
        let spread = PackingReport.Spread(published)
        let study = try study("default", [.random], seeds: [42])
        let ours = study.run()[0].allocatedPercent
        #expect(abs(ours - spread.mean) < 3 * spread.standardDeviation, "\(ours) \(spread)")
    }
}
