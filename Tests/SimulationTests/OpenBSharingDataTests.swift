import ClusterModel
import Foundation
import SchedulingPolicy
import Simulation
import Testing

private let dataFolder = ProcessInfo.processInfo.environment["GANGWRIGHT_DATA"]

@Suite(
    "The openb traces are placed with shared GPUs",
    .enabled(if: dataFolder != nil, "set GANGWRIGHT_DATA to the folder that holds openb/"))
struct OpenBSharingDataTests {
    private static func bytes(_ file: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(filePath: "\(dataFolder ?? "")/openb/\(file)")))
    }

    private static func configuration(_ choice: String) throws -> SchedulerConfiguration {
        let text = """
            compatibility: gangwright
            actions: allocate
            tiers:
            - plugins: [{name: gang}]
            - plugins:
              - name: predicates
              - name: proportion
              - {name: deviceshare, arguments: {deviceshare.gpuParts.policy: \(choice)}}
              - {name: fragmentation, arguments: {weight: \(choice == "fragmentation" ? 100 : 0)}}
            """
        return try #require(SchedulerConfiguration.read(Array(text.utf8), file: "c").configuration)
    }

    @Test(
        "an eighth of the cluster takes as much of each trace as it has room for, and no card is over-used",
        arguments: ["default", "gpushare40", "gpuspec33", "multigpu20", "multigpu50"],
        ["tightest", "fragmentation"])
    func traces(name: String, choice: String) throws {
        let (nodesFile, podsFile) = ("openb_node_list_gpu_node.csv", "openb_pod_list_\(name).csv")
        let (trace, problems) = OpenBTrace.read(
            nodes: try Self.bytes(nodesFile), nodesFile: nodesFile, pods: try Self.bytes(podsFile),
            podsFile: podsFile)
        #expect(problems.isEmpty)
        let nodes = trace.nodes.enumerated().filter { $0.offset % 8 == 0 }.map(\.element)
        let tasks = trace.tasks.enumerated().filter { $0.offset % 8 == 0 }.map(\.element)
        let session = try Session(
            snapshot: ClusterSnapshot(nodes: nodes.map(Self.node), pods: tasks.map(Self.pod)),
            configuration: try Self.configuration(choice))
        let result = session.runCycle()
        #expect(session.audit() == [])

        // By what was written on the pods alone.
        var cards: [String: [Int: Int64]] = [:]
        var whole: [String: Int64] = [:]
        let byName = Dictionary(uniqueKeysWithValues: tasks.map { ($0.name, $0) })
        var allocated: Int64 = 0
        for bind in result.binds {
            let task = try #require(byName[bind.pod.name])
            switch task.gpuUse {
            case .none: break
            case .whole(let gpus):
                whole[bind.node, default: 0] += gpus
                allocated += gpus * 1000
            case .part(let milli):
                let share = try #require(bind.annotations["gangwright.io/gpu-shares"])
                let numbers = share.split(separator: ":").compactMap { Int64($0) }
                #expect(numbers.count == 2 && numbers[1] == milli)
                cards[bind.node, default: [:]][Int(numbers[0]), default: 0] += milli
                allocated += milli
            }
        }
        var offered: Int64 = 0
        for node in nodes {
            let held = cards[node.name] ?? [:]
            #expect(held.values.allSatisfy { $0 <= 1000 }, "\(node.name): \(held)")
            #expect(Int64(held.count) + (whole[node.name] ?? 0) <= node.gpus, "\(node.name): \(held)")
            offered += node.gpus * 1000
        }
        let asked = tasks.reduce(0) { $0 + $1.gpus * $1.milliGPU }
        #expect(allocated * 100 >= 75 * min(asked, offered), "of \(asked) and \(offered) only \(allocated)")
    }

    private static func node(_ node: OpenBTrace.Node) -> Node {
        let amounts: ResourceList = [
            .cpu: node.milliCPU, .memory: node.memoryMiB << 20, .pods: 1000, .nvidiaGPU: node.gpus,
        ]
        return Node(
            name: node.name, labels: ["alibabacloud.com/gpu-card-model": node.model], allocatable: amounts)
    }

    private static func pod(_ task: OpenBTrace.Task) -> Pod {
        var pod = Pod(
            key: ObjectKey(namespace: "openb", name: task.name), schedulerName: "gangwright",
            requests: [.cpu: task.milliCPU, .memory: task.memoryMiB << 20])
        switch task.gpuUse {
        case .none: break
        case .whole(let gpus): pod.requests[.nvidiaGPU] = gpus
        case .part(let milli): pod.annotations[GPUPart.milliAnnotation] = "\(milli)"
        }
        if task.gpus > 0, !task.models.isEmpty {
            pod.annotations["alibabacloud.com/gpu-card-model"] = task.models.joined(separator: "|")
        }
        return pod
    }
}
