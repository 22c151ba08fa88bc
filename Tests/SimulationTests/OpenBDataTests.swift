import Documents
import Foundation
import Simulation
import Testing

/// The folder of the traces, of which `openb` is one; nil where the environment names none.
private let dataFolder = ProcessInfo.processInfo.environment["GANGWRIGHT_DATA"]

private let needsData: Comment = "set GANGWRIGHT_DATA to the folder that holds openb/ to read the real trace"

@Suite("The published openb trace is read whole", .enabled(if: dataFolder != nil, needsData))
struct OpenBDataTests {
    private func read(nodes: String = "gpu_node", pods: String = "default") throws -> OpenBTrace {
        let folder = URL(filePath: dataFolder ?? "").appending(path: "openb")
        let nodesFile = "openb_node_list_\(nodes).csv"
        let podsFile = "openb_pod_list_\(pods).csv"
        let (trace, problems) = OpenBTrace.read(
            nodes: Array(try Data(contentsOf: folder.appending(path: nodesFile))), nodesFile: nodesFile,
            pods: Array(try Data(contentsOf: folder.appending(path: podsFile))), podsFile: podsFile)
        #expect(problems.isEmpty)
        return trace
    }

    @Test("1,213 nodes with 6,212 GPUs, 8,152 tasks, of which 3,078 share a GPU") func published() throws {
        let trace = try read()
        #expect(trace.nodes.count == 1_213)
        let gpus = trace.nodes.reduce(0) { $0 + $1.gpus }
        #expect(gpus == 6_212)
        let milliCPU = trace.nodes.reduce(0) { $0 + $1.milliCPU }
        #expect(milliCPU == 107_018_000)
        #expect(trace.tasks.count == 8_152)
        let shares = trace.tasks.count { if case .part = $0.gpuUse { true } else { false } }
        #expect(shares == 3_078)
        let cpuOnly = trace.tasks.count { $0.gpuUse == .none }
        #expect(cpuOnly == 1_088)
        #expect(trace.objects().count == 9_365)
        #expect(trace.objects(.init(gpuRequests: .wholeOnly)).count == 6_287)
    }

    @Test("the other lists are read as well") func others() throws {
        #expect(try read(nodes: "all_node", pods: "multigpu20").nodes.count == 1_523)
        #expect(try read(pods: "multigpu20").tasks.count == 8_324)
        #expect(try read(pods: "multigpu50").tasks.count == 9_061)
        #expect(try read(pods: "gpushare40").tasks.count == 8_152)
        let constrained = try read(pods: "gpuspec33").tasks.count { !$0.models.isEmpty }
        #expect(constrained == 2_388)
    }
}
