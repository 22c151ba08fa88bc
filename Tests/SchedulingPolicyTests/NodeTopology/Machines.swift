import ClusterModel
import SyntheticClusters
import TestSupport
import Testing

@testable import SchedulingPolicy

/// Nodes of which it is known what they are made of, and pods that want parts of them.
struct Machines {
    var nodes: [Node] = []
    var published: [Numatopology] = []
    var pods: [Pod] = []
    var gangs: [PodGroup] = []
    var queues: [Queue] = []

    /// Adds a node of a kind.
    mutating func add(_ name: String, _ shape: MachineShape, policy: TopologyPolicy? = nil) {
        let cpus = shape.numaNodes * shape.coresPerNUMANode * shape.threadsPerCore
        nodes.append(
            .of(name, Int64(cpus) * 1000, gpus: shape.gpus > 0 ? Int64(shape.gpus) : nil))
        published.append(shape.published(as: name, policy: policy))
    }

    var snapshot: ClusterSnapshot {
        var snapshot = ClusterSnapshot(
            nodes: nodes, pods: pods, podGroups: gangs, queues: queues, priorityClasses: rankClasses)
        snapshot.numatopologies = published
        return snapshot
    }

    /// Runs one cycle with both allocators, which must agree.
    func run(_ configuration: SchedulerConfiguration) throws -> CycleResult {
        let session = try Session(snapshot: snapshot, configuration: configuration)
        let result = session.runCycle()
        #expect(session.audit() == [], "the books differ from the pods")
        let again = try Session(
            snapshot: snapshot, configuration: configuration, options: SessionOptions(allocator: .reference)
        ).runCycle()
        #expect(again.binds == result.binds, "the allocators differ")
        #expect(again.evictions == result.evictions, "the allocators differ")
        return result
    }
}

extension Pod {
    /// A waiting pod with a container that gets so many processors, and GPUs, and no more.
    static func guaranteed(
        _ name: String, cpus: [Int], gpus: Int = 0, policy: String? = nil, of gang: String? = nil
    ) -> Pod {
        var requests: ResourceList = [.cpu: Int64(cpus.reduce(0, +)) * 1000, .memory: gibibyte]
        if gpus > 0 { requests[.nvidiaGPU] = Int64(gpus) }
        return Pod.waiting(name, asking: requests, of: gang).with {
            $0.limits = requests
            if let policy { $0.annotations[TopologyPolicy.annotation] = policy }
            $0.guaranteedContainers = cpus.enumerated().map { position, count in
                GuaranteedContainer(name: "c\(position)", wholeCPUs: count, gpus: position == 0 ? gpus : 0)
            }
        }
    }

    /// A waiting pod that asks for GPUs.
    static func asking(gpus: Int, _ name: String, of gang: String? = nil) -> Pod {
        .waiting(name, asking: [.cpu: 1_000, .nvidiaGPU: Int64(gpus)], of: gang)
    }

    /// The same pod, running on a node where it has been given processors and GPUs.
    func running(on node: String, cpus: String, gpus: String = "") -> Pod {
        running(on: node).with {
            $0.annotations["gangwright.io/cpus"] = cpus
            if !gpus.isEmpty { $0.annotations["gangwright.io/gpu-indices"] = gpus }
        }
    }

    /// The same pod on a node, with what was written on it.
    func bound(as bind: CycleResult.Bind) -> Pod {
        running(on: bind.node).with { $0.annotations.merge(bind.annotations) { $1 } }
    }
}

extension CycleResult {
    /// An annotation of each pod that is bound and has it.
    func written(_ key: String) -> [String: String] {
        Dictionary(
            uniqueKeysWithValues: binds.compactMap { bind in
                bind.annotations[key].map { (bind.pod.name, $0) }
            })
    }
}
