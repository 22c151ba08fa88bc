/// What a node is made of: processors, memory, GPUs and network cards, and which of them are near to each other.
///
/// Read from hwloc on the node itself or from what the node agent has published of it. Identifiers are the operating system's; lists are in
/// ascending order of them.
public struct NodeTopology: Hashable, Sendable {
    /// A logical processor (a hardware thread).
    public struct CPU: Hashable, Sendable {
        /// The operating system's number.
        public var id: Int
        /// The core, unique within the node.
        public var core: Int
        /// The package, that is the socket.
        public var package: Int
        /// The NUMA node.
        public var numaNode: Int

        /// A logical processor and where it is.
        public init(id: Int, core: Int, package: Int, numaNode: Int) {
            self.id = id
            self.core = core
            self.package = package
            self.numaNode = numaNode
        }
    }

    /// A part of the memory, and what is next to it.
    public struct NUMANode: Hashable, Sendable {
        /// The operating system's number.
        public var id: Int
        /// The package that it belongs to; `nil` where it serves several.
        public var package: Int?
        /// Bytes of memory.
        public var memoryBytes: Int64
        /// The relative latency to each NUMA node, in their order, 10 for itself; empty where nothing is known.
        public var distances: [Int]

        /// A NUMA node.
        public init(id: Int, package: Int? = nil, memoryBytes: Int64, distances: [Int] = []) {
            self.id = id
            self.package = package
            self.memoryBytes = memoryBytes
            self.distances = distances
        }
    }

    /// A switch between the processor and PCIe devices: a chip with one way up and several down.
    public struct PCIeSwitch: Hashable, Sendable {
        /// Its number within the node, from 0, in the order of PCI addresses.
        public var id: Int
        /// The PCI address of its way up.
        public var pciAddress: String
        /// The switch above it; `nil` where there is none.
        public var parent: Int?
        /// The NUMA node that it hangs on; `nil` where it hangs on none in particular.
        public var numaNode: Int?

        /// A switch.
        public init(id: Int, pciAddress: String, parent: Int? = nil, numaNode: Int? = nil) {
            self.id = id
            self.pciAddress = pciAddress
            self.parent = parent
            self.numaNode = numaNode
        }
    }

    /// A GPU.
    public struct GPU: Hashable, Sendable {
        /// Who made it.
        public enum Vendor: String, Hashable, Sendable, CaseIterable {
            /// NVIDIA.
            case nvidia = "NVIDIA"
            /// AMD.
            case amd = "AMD"
        }

        /// Its number in the order of PCI addresses, from 0, as device plugins and `CUDA_DEVICE_ORDER=PCI_BUS_ID` count.
        public var index: Int
        /// Who made it.
        public var vendor: Vendor
        /// The UUID that NVML gives; empty where nobody has said.
        public var uuid: String
        /// The model's name, such as `NVIDIA H100 80GB HBM3`; empty where nobody has said.
        public var model: String
        /// Bytes of its memory; 0 where nobody has said.
        public var memoryBytes: Int64
        /// The PCI address, as `0000:1b:00.0`.
        public var pciAddress: String
        /// The NUMA node that it hangs on; `nil` where it hangs on none in particular.
        public var numaNode: Int?
        /// The nearest PCIe switch that it hangs on; `nil` for one that hangs on the processor.
        public var pcieSwitch: Int?
        /// Whether it can be cut into MIG instances.
        public var isMIGCapable: Bool

        /// A GPU.
        public init(
            index: Int, vendor: Vendor = .nvidia, uuid: String = "", model: String = "",
            memoryBytes: Int64 = 0, pciAddress: String, numaNode: Int? = nil, pcieSwitch: Int? = nil,
            isMIGCapable: Bool = false
        ) {
            self.index = index
            self.vendor = vendor
            self.uuid = uuid
            self.model = model
            self.memoryBytes = memoryBytes
            self.pciAddress = pciAddress
            self.numaNode = numaNode
            self.pcieSwitch = pcieSwitch
            self.isMIGCapable = isMIGCapable
        }
    }

    /// A network card.
    public struct NIC: Hashable, Sendable {
        /// The operating system's name, such as `mlx5_0` or `eth0`.
        public var name: String
        /// The PCI address.
        public var pciAddress: String
        /// The NUMA node that it hangs on; `nil` where it hangs on none in particular.
        public var numaNode: Int?
        /// The nearest PCIe switch that it hangs on; `nil` for one that hangs on the processor.
        public var pcieSwitch: Int?
        /// Whether it speaks InfiniBand or RoCE.
        public var isRDMACapable: Bool

        /// A network card.
        public init(
            name: String, pciAddress: String, numaNode: Int? = nil, pcieSwitch: Int? = nil,
            isRDMACapable: Bool = false
        ) {
            self.name = name
            self.pciAddress = pciAddress
            self.numaNode = numaNode
            self.pcieSwitch = pcieSwitch
            self.isRDMACapable = isRDMACapable
        }
    }

    /// A direct way between two GPUs of the node.
    public struct GPULink: Hashable, Sendable {
        /// How GPUs are joined.
        public enum Kind: String, Hashable, Sendable, CaseIterable {
            /// NVLink from GPU to GPU.
            case nvLink = "NVLink"
            /// NVLink through switches.
            case nvSwitch = "NVSwitch"
            /// AMD's links.
            case xgmi = "xGMI"
        }

        /// The index of the one GPU, the smaller.
        public var first: Int
        /// The index of the other.
        public var second: Int
        /// How they are joined.
        public var kind: Kind
        /// How many links there are between them, at least 1.
        public var count: Int

        /// A way between two GPUs.
        public init(first: Int, second: Int, kind: Kind, count: Int = 1) {
            self.first = min(first, second)
            self.second = max(first, second)
            self.kind = kind
            self.count = count
        }
    }

    /// The logical processors.
    public var cpus: [CPU]
    /// The parts of the memory.
    public var numaNodes: [NUMANode]
    /// The PCIe switches that GPUs or network cards hang on.
    public var pcieSwitches: [PCIeSwitch]
    /// The GPUs.
    public var gpus: [GPU]
    /// The network cards.
    public var nics: [NIC]
    /// The direct ways between GPUs, by first and second; none between two that only PCIe joins.
    public var gpuLinks: [GPULink]

    /// A topology; empty unless told otherwise.
    public init(
        cpus: [CPU] = [], numaNodes: [NUMANode] = [], pcieSwitches: [PCIeSwitch] = [], gpus: [GPU] = [],
        nics: [NIC] = [], gpuLinks: [GPULink] = []
    ) {
        self.cpus = cpus
        self.numaNodes = numaNodes
        self.pcieSwitches = pcieSwitches
        self.gpus = gpus
        self.nics = nics
        self.gpuLinks = gpuLinks
    }
}
