public import ClusterModel

/// A kind of server in a few numbers, from which its topology follows.
///
///     MachineShape(gpus: 8, gpusPerSwitch: 2, link: .nvLink, linkedGPUs: 4).topology   // two boards of four
///
/// NUMA nodes are alike and so are PCIe switches; GPUs are dealt out in order. Each NUMA node is a package of its own.
public struct MachineShape: Hashable, Sendable {
    /// The NUMA nodes, at least 1.
    public var numaNodes: Int
    /// The cores of each.
    public var coresPerNUMANode: Int
    /// The threads of each core, at least 1.
    public var threadsPerCore: Int
    /// Bytes of memory of each NUMA node.
    public var memoryPerNUMANode: Int64
    /// The GPUs; NUMA nodes have equal parts, the first ones more if need be.
    public var gpus: Int
    /// How many GPUs a PCIe switch has; 0 for GPUs that hang on the processor.
    public var gpusPerSwitch: Int
    /// What joins GPUs; `nil` where only PCIe does.
    public var link: NodeTopology.GPULink.Kind?
    /// How many GPUs that follow each other are all joined to each other; 0 for all.
    public var linkedGPUs: Int
    /// The links between two GPUs.
    public var linkCount: Int
    /// The RDMA cards on each PCIe switch, or on each NUMA node of a machine without switches.
    public var nicsPerSwitch: Int
    /// The GPUs' model.
    public var gpuModel: String

    /// A server; unless told otherwise two NUMA nodes of 24 cores without GPUs.
    public init(
        numaNodes: Int = 2, coresPerNUMANode: Int = 24, threadsPerCore: Int = 2,
        memoryPerNUMANode: Int64 = 512 << 30, gpus: Int = 0, gpusPerSwitch: Int = 0,
        link: NodeTopology.GPULink.Kind? = nil, linkedGPUs: Int = 0, linkCount: Int = 1,
        nicsPerSwitch: Int = 0,
        gpuModel: String = ""
    ) {
        self.numaNodes = numaNodes
        self.coresPerNUMANode = coresPerNUMANode
        self.threadsPerCore = threadsPerCore
        self.memoryPerNUMANode = memoryPerNUMANode
        self.gpus = gpus
        self.gpusPerSwitch = gpusPerSwitch
        self.link = link
        self.linkedGPUs = linkedGPUs
        self.linkCount = linkCount
        self.nicsPerSwitch = nicsPerSwitch
        self.gpuModel = gpuModel
    }

    /// Eight GPUs behind NVSwitch, two to a PCIe switch that has a network card: the class of DGX H100.
    public static let nvSwitch8 = MachineShape(
        coresPerNUMANode: 48, gpus: 8, gpusPerSwitch: 2, link: .nvSwitch, linkCount: 18, nicsPerSwitch: 2)
    /// Eight GPUs on two boards of four, each board joined by NVLink.
    public static let quads = MachineShape(
        gpus: 8, gpusPerSwitch: 2, link: .nvLink, linkedGPUs: 4, linkCount: 4, nicsPerSwitch: 1)
    /// Eight GPUs in bridged pairs: the class of PCIe cards with an NVLink bridge.
    public static let pairs = MachineShape(
        gpus: 8, gpusPerSwitch: 4, link: .nvLink, linkedGPUs: 2, linkCount: 12, nicsPerSwitch: 1)
    /// Four GPUs that only PCIe joins.
    public static let pcie4 = MachineShape(coresPerNUMANode: 16, gpus: 4, nicsPerSwitch: 1)
    /// Sixteen GPUs behind NVSwitch: the class of DGX-2.
    public static let nvSwitch16 = MachineShape(
        gpus: 16, gpusPerSwitch: 4, link: .nvSwitch, linkCount: 6, nicsPerSwitch: 2)

    /// The processors with their threads: all first threads come first, as Linux counts.
    private var cpus: [NodeTopology.CPU] {
        let cores = numaNodes * coresPerNUMANode
        return (0..<cores * threadsPerCore).map { id in
            let core = id % cores
            return NodeTopology.CPU(
                id: id, core: core, package: core / coresPerNUMANode, numaNode: core / coresPerNUMANode)
        }
    }

    private func numaNode(ofGPU gpu: Int) -> Int { gpu * numaNodes / max(1, gpus) }

    /// What a server of the kind is made of.
    public var topology: NodeTopology {
        var topology = NodeTopology()
        topology.cpus = cpus
        topology.numaNodes = (0..<numaNodes).map { node in
            NodeTopology.NUMANode(
                id: node, package: node, memoryBytes: memoryPerNUMANode,
                distances: (0..<numaNodes).map { $0 == node ? 10 : 21 })
        }
        topology.gpus = (0..<gpus).map { gpu in
            NodeTopology.GPU(
                index: gpu, uuid: "GPU-\(gpu)", model: gpuModel, pciAddress: Self.address(bus: 16 + 8 * gpu),
                numaNode: numaNode(ofGPU: gpu), pcieSwitch: gpusPerSwitch > 0 ? gpu / gpusPerSwitch : nil)
        }
        let switches = gpusPerSwitch > 0 ? (gpus + gpusPerSwitch - 1) / gpusPerSwitch : 0
        topology.pcieSwitches = (0..<switches).map { position in
            let first = position * gpusPerSwitch
            return NodeTopology.PCIeSwitch(
                id: position, pciAddress: Self.address(bus: 14 + 8 * first), numaNode: numaNode(ofGPU: first))
        }
        topology.nics = (0..<(switches > 0 ? switches : numaNodes)).flatMap { position in
            (0..<nicsPerSwitch).map { card in
                NodeTopology.NIC(
                    name: "mlx5_\(position * nicsPerSwitch + card)",
                    pciAddress: Self.address(bus: 160 + position * nicsPerSwitch + card),
                    numaNode: switches > 0 ? numaNode(ofGPU: position * gpusPerSwitch) : position,
                    pcieSwitch: switches > 0 ? position : nil, isRDMACapable: true)
            }
        }
        if let link {
            let group = linkedGPUs > 0 ? linkedGPUs : max(1, gpus)
            for first in 0..<gpus {
                for second in first + 1..<max(first + 1, gpus) where first / group == second / group {
                    topology.gpuLinks.append(
                        NodeTopology.GPULink(first: first, second: second, kind: link, count: linkCount))
                }
            }
        }
        return topology
    }

    private static func address(bus: Int) -> String {
        let digits = String(bus % 256, radix: 16)
        return "0000:" + (digits.count < 2 ? "0" : "") + digits + ":00.0"
    }

    /// What is published of a server of the kind.
    ///
    /// - Parameter policy: the kubelet's for NUMA nodes; with one it hands out processors.
    public func published(as name: String, policy: TopologyPolicy? = nil) -> Numatopology {
        let topology = topology
        return Numatopology(
            name: name, cpuManagerPolicy: policy == nil ? "none" : "static",
            topologyManagerPolicy: policy?.rawValue ?? "none",
            allocatableCPUs: policy == nil ? nil : CPUSet(topology.cpus.map(\.id)), cpus: topology.cpus,
            topology: topology)
    }
}
