public import ClusterModel

/// A topology as a tree: packages, their NUMA nodes, PCIe switches on them, devices on those.
public struct TopologyOutline: Hashable, Sendable {
    /// What stands at a place of the tree.
    public enum Part: Hashable, Sendable {
        /// A package by its number.
        case package(Int)
        /// A NUMA node, by its place in the topology's list.
        case numaNode(Int)
        /// A PCIe switch, by its place in the topology's list.
        case pcieSwitch(Int)
        /// A GPU, by its place in the topology's list.
        case gpu(Int)
        /// A network card, by its place in the topology's list.
        case nic(Int)
        /// What is next to no NUMA node in particular.
        case anywhere
    }

    /// What it is.
    public var part: Part
    /// What hangs on it: GPUs, switches, network cards.
    public var children: [TopologyOutline]

    init(_ part: Part, _ children: [TopologyOutline] = []) {
        self.part = part
        self.children = children
    }
}

extension NodeTopology {
    /// The topology as a list of trees.
    public var outline: [TopologyOutline] {
        let packages = Set(cpus.map(\.package) + numaNodes.compactMap(\.package)).sorted()
        var trees = packages.map { package in
            TopologyOutline(.package(package), nodes { $0.package == package })
        }
        trees += nodes { $0.package == nil }
        let anywhere = devices { $0 == nil }
        if !anywhere.isEmpty { trees.append(TopologyOutline(.anywhere, anywhere)) }
        return trees
    }

    private func nodes(_ isMeant: (NUMANode) -> Bool) -> [TopologyOutline] {
        numaNodes.indices.filter { isMeant(numaNodes[$0]) }.map { index in
            TopologyOutline(.numaNode(index), devices { $0 == numaNodes[index].id })
        }
    }

    /// What hangs on the processor next to some NUMA node.
    private func devices(_ isMeant: (Int?) -> Bool) -> [TopologyOutline] {
        gpus.indices.filter { gpus[$0].pcieSwitch == nil && isMeant(gpus[$0].numaNode) }.map {
            .init(.gpu($0))
        }
            + pcieSwitches.indices.filter {
                pcieSwitches[$0].parent == nil && isMeant(pcieSwitches[$0].numaNode)
            }
            .map(tree)
            + nics.indices.filter { nics[$0].pcieSwitch == nil && isMeant(nics[$0].numaNode) }.map {
                .init(.nic($0))
            }
    }

    private func tree(below index: Int) -> TopologyOutline {
        let id = pcieSwitches[index].id
        return TopologyOutline(
            .pcieSwitch(index),
            gpus.indices.filter { gpus[$0].pcieSwitch == id }.map { .init(.gpu($0)) }
                // A switch stands below one of a smaller number, so that this ends.
                + pcieSwitches.indices.filter { pcieSwitches[$0].parent == id && pcieSwitches[$0].id > id }
                .map(tree)
                + nics.indices.filter { nics[$0].pcieSwitch == id }.map { .init(.nic($0)) })
    }
}
