public import ClusterModel

/// The best way between two devices of a node, in the words of `nvidia-smi topo -m`.
public enum GPUConnection: Hashable, Sendable {
    /// Links of their own.
    case link(NodeTopology.GPULink.Kind, count: Int)
    /// One PCIe switch.
    case oneSwitch
    /// Several PCIe switches, and not the processor.
    case severalSwitches
    /// The processor, within a NUMA node.
    case numaNode
    /// The way between NUMA nodes, or one of which nothing is known.
    case system

    /// The word: `NV18`, `XGMI`, `PIX`, `PXB`, `NODE` or `SYS`.
    public var word: String {
        switch self {
        case .link(.xgmi, let count): count == 1 ? "XGMI" : "XGMI\(count)"
        case .link(_, let count): "NV\(count)"
        case .oneSwitch: "PIX"
        case .severalSwitches: "PXB"
        case .numaNode: "NODE"
        case .system: "SYS"
        }
    }

    /// What the word means.
    public var meaning: String {
        switch self {
        case .link(.nvLink, let count): "\(count) NVLink\(count == 1 ? "" : "s")"
        case .link(.nvSwitch, let count): "\(count) NVLink\(count == 1 ? "" : "s") through NVSwitch"
        case .link(.xgmi, let count): "\(count) xGMI link\(count == 1 ? "" : "s")"
        case .oneSwitch: "one PCIe switch"
        case .severalSwitches: "several PCIe switches"
        case .numaNode: "PCIe and the processor, within a NUMA node"
        case .system: "PCIe and the way between NUMA nodes"
        }
    }
}

extension NodeTopology {
    /// The best way between two GPUs, by their place in ``gpus``.
    ///
    /// - Complexity: O(log *links* + depth of the PCIe tree).
    public func connection(_ first: Int, _ second: Int) -> GPUConnection {
        let one = gpus[first]
        let other = gpus[second]
        let ends = (min(one.index, other.index), max(one.index, other.index))
        var low = 0
        var high = gpuLinks.count
        while low < high {
            let middle = (low + high) / 2
            if (gpuLinks[middle].first, gpuLinks[middle].second) < ends {
                low = middle + 1
            } else {
                high = middle
            }
        }
        if low < gpuLinks.count, (gpuLinks[low].first, gpuLinks[low].second) == ends {
            return .link(gpuLinks[low].kind, count: gpuLinks[low].count)
        }
        return connection(one.place, other.place)
    }

    /// The best way between a GPU and a network card, by their places in ``gpus`` and ``nics``.
    public func connection(gpu: Int, nic: Int) -> GPUConnection {
        connection(gpus[gpu].place, nics[nic].place)
    }

    /// The network cards that are nearest to a GPU, by their places in ``nics``; none where all are across NUMA nodes.
    public func nearestNICs(gpu: Int) -> [Int] {
        for near in [GPUConnection.oneSwitch, .severalSwitches, .numaNode] {
            let found = nics.indices.filter { connection(gpu: gpu, nic: $0) == near }
            if !found.isEmpty { return found }
        }
        return []
    }

    private func connection(_ one: Place, _ other: Place) -> GPUConnection {
        if let near = one.pcieSwitch, let far = other.pcieSwitch {
            if near == far { return .oneSwitch }
            let above = switches(from: near)
            if switches(from: far).contains(where: above.contains) { return .severalSwitches }
        }
        if let node = one.numaNode, node == other.numaNode { return .numaNode }
        return .system
    }

    /// A switch and those above it.
    private func switches(from id: Int) -> [Int] {
        var chain: [Int] = []
        var next: Int? = id
        while let id = next, !chain.contains(id) {
            chain.append(id)
            next = pcieSwitches.first { $0.id == id }?.parent
        }
        return chain
    }

    fileprivate struct Place {
        let numaNode: Int?
        let pcieSwitch: Int?
    }
}

extension NodeTopology.GPU {
    fileprivate var place: NodeTopology.Place { .init(numaNode: numaNode, pcieSwitch: pcieSwitch) }
}

extension NodeTopology.NIC {
    fileprivate var place: NodeTopology.Place { .init(numaNode: numaNode, pcieSwitch: pcieSwitch) }
}
