import ClusterModel

/// What nodes have in common that are built and set up alike, worked out once for all of them.
///
/// With the same free GPUs and processors they give the same answer to every pod.
final class NodeKind {
    /// What makes nodes alike.
    struct Key: Hashable {
        let isStatic: Bool
        let policy: String
        let cpus: [NodeTopology.CPU]
        let reservedMilliCPU: Int64
        let distances: [Distances]
        let gpus: GPULayout.Key?
    }

    /// How far other NUMA nodes are from one.
    struct Distances: Hashable {
        let id: Int
        let distances: [Int]
    }

    /// Its number among all kinds.
    let number: Int
    /// The processors.
    let cpus: CPULayout
    /// The processors that are kept for the system.
    let reserved: CPUSet
    /// The GPUs; `nil` where there are none or nobody has said.
    let gpus: GPULayout?

    init(_ key: Key, number: Int, gpus: GPULayout?) {
        self.number = number
        self.gpus = gpus
        cpus = CPULayout(key.cpus)
        let kept = (key.reservedMilliCPU + 999) / 1000
        reserved = cpus.take(Int(min(kept, Int64(cpus.all.count))), of: cpus.all) ?? CPUSet()
    }
}

extension NodeKind.Key {
    /// What a node has in common with others.
    init(_ published: Numatopology) {
        isStatic = published.cpuManagerPolicy == "static"
        policy = published.topologyManagerPolicy
        cpus = published.cpus.isEmpty ? published.topology?.cpus ?? [] : published.cpus
        reservedMilliCPU = published.reservedMilliCPU
        distances = (published.topology?.numaNodes ?? []).map {
            NodeKind.Distances(id: $0.id, distances: $0.distances)
        }
        gpus = published.topology.flatMap { $0.gpus.isEmpty ? nil : GPULayout.Key($0) }
    }
}

/// What is known of a node's inside, made ready for questions.
final class NodeLayout {
    /// What was published.
    let published: Numatopology
    /// What it has in common with others.
    let kind: NodeKind
    /// The pods that have got processors, as the exporter says.
    private let allocatedUIDs: Set<UInt64>
    private let allocatedKeys: Set<ObjectKey>

    init(_ published: Numatopology, _ kind: NodeKind) {
        self.published = published
        self.kind = kind
        allocatedUIDs = Set(published.podAllocations.map(\.uid).filter { !$0.isEmpty }.map(Session.hash))
        allocatedKeys = Set(published.podAllocations.map(\.key).filter { !$0.name.isEmpty })
    }

    /// The processors.
    var cpus: CPULayout { kind.cpus }
    /// The GPUs; `nil` where there are none or nobody has said.
    var gpus: GPULayout? { kind.gpus }

    /// The kubelet's policy for NUMA nodes; one that nobody knows is none.
    var policy: TopologyPolicy { TopologyPolicy(rawValue: published.topologyManagerPolicy) ?? .none }

    /// Whether the kubelet hands out processors.
    var isStatic: Bool { published.cpuManagerPolicy == "static" }

    /// Whether the exporter says that a pod has got its processors.
    func hasAllocated(_ task: TaskState) -> Bool {
        allocatedUIDs.contains(task.uid) || allocatedKeys.contains(task.key)
    }

    /// The processors that nobody has for himself, apart from pods of which the exporter does not know yet.
    var available: CPUSet {
        (published.allocatableCPUs ?? cpus.all).intersection(usable)
    }

    /// The processors that the system does not keep.
    var usable: CPUSet { cpus.all.subtracting(kind.reserved) }

    /// How many processors the exporter says are somebody's own.
    var exclusiveCount: Int {
        published.allocatableCPUs.map { cpus.all.subtracting($0).count } ?? 0
    }

    /// The network cards that are nearest to GPUs: for each one on its PCIe switch, or else on its NUMA node, RDMA first.
    ///
    /// - Returns: the names, each once, in the order of the GPUs.
    func nics(near set: UInt64) -> [String] {
        guard let topology = published.topology else { return [] }
        let nics = topology.nics.sorted { left, right in
            left.isRDMACapable == right.isRDMACapable
                ? left.name.precedes(right.name) : left.isRDMACapable
        }
        var names: [String] = []
        for (bit, gpu) in topology.gpus.enumerated() where set >> UInt64(bit) & 1 == 1 {
            // Several cards of one switch are dealt out among its GPUs.
            let onSwitch = nics.filter { gpu.pcieSwitch != nil && $0.pcieSwitch == gpu.pcieSwitch }
            let near =
                onSwitch.isEmpty
                ? nics.filter { gpu.numaNode != nil && $0.numaNode == gpu.numaNode } : onSwitch
            let fast = near.filter { $0.isRDMACapable == near.first?.isRDMACapable }
            if let name = (fast.first { !names.contains($0.name) } ?? fast.first)?.name, !names.contains(name)
            {
                names.append(name)
            }
        }
        return names
    }

    /// The UUIDs of GPUs, by bit; empty unless all are known.
    func uuids(of set: UInt64) -> [String] {
        let uuids = (published.topology?.gpus ?? []).enumerated()
            .filter { set >> UInt64($0.offset) & 1 == 1 }.map(\.element.uuid)
        return uuids.contains("") ? [] : uuids
    }
}

extension GPULayout.Key {
    /// What machines have in common that are built alike.
    init(_ topology: NodeTopology) {
        var packages: [Int: Int] = [:]
        for node in topology.numaNodes { packages[node.id] = node.package }
        gpus = topology.gpus.map { gpu in
            GPULayout.Place(
                index: gpu.index, numaNode: gpu.numaNode, package: gpu.numaNode.flatMap { packages[$0] },
                pcieSwitch: gpu.pcieSwitch, isCut: gpu.isInMIGMode)
        }
        links = topology.gpuLinks
    }
}
