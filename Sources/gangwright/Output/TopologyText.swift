import ClusterModel
import Topology

/// A node's topology for people: a tree, and how GPUs reach each other.
struct TopologyText {
    let topology: NodeTopology
    let style: Style

    var text: String {
        var text = summary + "\n"
        let trees = topology.outline
        for (index, tree) in trees.enumerated() {
            write(tree, indent: "", isLast: index == trees.count - 1, to: &text)
        }
        if !topology.gpus.isEmpty { text += "\n" + matrix }
        return text
    }

    /// What there is, in one line.
    var summary: String {
        let packages = Set(topology.cpus.map(\.package)).count
        let cores = Set(topology.cpus.map(\.core)).count
        let memory = topology.numaNodes.reduce(Int64(0)) {
            $0.addingReportingOverflow($1.memoryBytes).partialValue
        }
        var parts = [
            Count.of(packages, "package"), Count.of(topology.numaNodes.count, "NUMA node"),
            Count.of(cores, "core"), Count.of(topology.cpus.count, "CPU"),
            "\(AmountText.rounded(memory, of: .memory)) memory",
            topology.gpus.isEmpty ? "no GPUs" : Count.of(topology.gpus.count, "GPU"),
        ]
        if !topology.nics.isEmpty { parts.append(Count.of(topology.nics.count, "network card")) }
        return parts.joined(separator: ", ")
    }

    private func write(_ tree: TopologyOutline, indent: String, isLast: Bool, to text: inout String) {
        text += style.paint(indent + (isLast ? "└─ " : "├─ "), .faint) + title(tree.part) + "\n"
        for (index, child) in tree.children.enumerated() {
            write(
                child, indent: indent + (isLast ? "   " : "│  "), isLast: index == tree.children.count - 1,
                to: &text)
        }
    }

    /// What a place of the tree is called, with what is known of it.
    private func title(_ part: TopologyOutline.Part) -> String {
        switch part {
        case .package(let number): style.paint("package \(number)", .strong)
        case .numaNode(let index): numaNode(topology.numaNodes[index])
        case .pcieSwitch(let index):
            "PCIe switch \(topology.pcieSwitches[index].id)" + place(topology.pcieSwitches[index].pciAddress)
        case .gpu(let index): gpu(topology.gpus[index])
        case .nic(let index): nic(topology.nics[index])
        case .anywhere: style.paint("next to no NUMA node in particular", .strong)
        }
    }

    private func numaNode(_ node: NodeTopology.NUMANode) -> String {
        let cpus = topology.cpus.filter { $0.numaNode == node.id }
        var text = style.paint("NUMA node \(node.id)", .strong)
        text += ": \(AmountText.rounded(node.memoryBytes, of: .memory))"
        guard !cpus.isEmpty else { return text + ", no CPUs" }
        return text + ", \(Count.of(Set(cpus.map(\.core)).count, "core")), CPUs \(CPUSet(cpus.map(\.id)))"
    }

    private func gpu(_ gpu: NodeTopology.GPU) -> String {
        var parts = [
            gpu.model.isEmpty ? "\(gpu.vendor.rawValue), model unknown" : VisibleText.line(gpu.model)
        ]
        if gpu.memoryBytes > 0 { parts.append(AmountText.rounded(gpu.memoryBytes, of: .memory)) }
        if gpu.isMIGCapable { parts.append(gpu.isInMIGMode ? "in MIG mode" : "MIG") }
        return style.paint("GPU \(gpu.index)", .good) + ": \(parts.joined(separator: ", "))"
            + place(gpu.pciAddress)
    }

    private func nic(_ nic: NodeTopology.NIC) -> String {
        "network card \(VisibleText.line(nic.name))" + (nic.isRDMACapable ? ": RDMA" : "")
            + place(nic.pciAddress)
    }

    private func place(_ address: String) -> String {
        style.paint("  \(VisibleText.line(address))", .faint)
    }

    /// GPUs by GPUs, and what is next to each.
    private var matrix: String {
        var table = TextTable(
            [.left("")] + topology.gpus.map { .left("GPU\($0.index)") }
                + [.left("NUMA"), .left("CPUS"), .left("NEAREST NETWORK CARDS")])
        var seen: [GPUConnection] = []
        for row in topology.gpus.indices {
            var cells = [TextTable.Cell("GPU\(topology.gpus[row].index)", .strong)]
            for column in topology.gpus.indices {
                guard row != column else {
                    cells.append(TextTable.Cell("X", .faint))
                    continue
                }
                let connection = topology.connection(row, column)
                if !seen.contains(connection) { seen.append(connection) }
                if case .link = connection {
                    cells.append(TextTable.Cell(connection.word, .good))
                } else {
                    cells.append(TextTable.Cell(connection.word))
                }
            }
            let node = topology.gpus[row].numaNode
            cells.append(TextTable.Cell(node.map(String.init) ?? "-"))
            cells.append(
                TextTable.Cell(
                    node.map { node in
                        CPUSet(topology.cpus.filter { $0.numaNode == node }.map(\.id)).description
                    }
                        ?? "-"))
            let nics = topology.nearestNICs(gpu: row).map { topology.nics[$0].name }
            cells.append(TextTable.Cell(nics.isEmpty ? "-" : nics.joined(separator: ", ")))
            table.add(cells)
        }
        let legend = seen.map { "\($0.word): \($0.meaning)" }.sorted().joined(separator: "; ")
        return table.text(style: style) + (legend.isEmpty ? "" : "\n" + style.paint(legend, .faint) + "\n")
    }
}
