public import ClusterModel
public import Documents

extension NodeTopology {
    /// The annotation of a node's Numatopology object that holds ``annotationText``.
    public static let annotation = "gangwright.io/node-topology"

    /// The version of the text form.
    static let textVersion: Int64 = 1

    /// The text form of the annotation: ``output`` on one line.
    public var annotationText: String { output.json(pretty: false) }

    /// The topology as a tree to print, which ``init(_:)`` reads back.
    ///
    /// Processors stand in groups of one package and NUMA node: `cpus` has their numbers in ascending order, `cores` the core of each, both as
    /// ranges. What is not known is left out. So a machine of 256 processors and 8 GPUs takes some 5 KiB.
    public var output: OutputValue {
        var members: [(String, OutputValue)] = [("version", .integer(Self.textVersion))]
        func add<Item>(_ key: String, _ items: [Item], _ output: (Item) -> OutputValue) {
            if !items.isEmpty { members.append((key, .list(items.map(output)))) }
        }
        add("cpus", processorGroups) { group in
            [
                "package": .integer(Int64(group[0].package)), "numaNode": .integer(Int64(group[0].numaNode)),
                "cpus": .string(CPUSet.text(ofRun: group.map(\.id))),
                "cores": .string(CPUSet.text(ofRun: group.map(\.core))),
            ]
        }
        add("numaNodes", numaNodes, \.output)
        add("pcieSwitches", pcieSwitches, \.output)
        add("gpus", gpus, \.output)
        add("nics", nics, \.output)
        add("gpuLinks", gpuLinks, \.output)
        return .object(members)
    }

    /// The processors of each package and NUMA node, by these.
    private var processorGroups: [[CPU]] {
        let sorted = cpus.sorted {
            ($0.package, $0.numaNode, $0.id) < ($1.package, $1.numaNode, $1.id)
        }
        var groups: [[CPU]] = []
        for cpu in sorted {
            if let last = groups.last?.last, (last.package, last.numaNode) == (cpu.package, cpu.numaNode) {
                groups[groups.count - 1].append(cpu)
            } else {
                groups.append([cpu])
            }
        }
        return groups
    }
}

extension NodeTopology.NUMANode {
    fileprivate var output: OutputValue {
        var members = Members()
        members.add("id", id)
        members.add("package", package)
        members.add("memoryBytes", memoryBytes)
        if !distances.isEmpty {
            members.list.append(("distances", .list(distances.map { .integer(Int64($0)) })))
        }
        return members.output
    }
}

extension NodeTopology.PCIeSwitch {
    fileprivate var output: OutputValue {
        var members = Members()
        members.add("id", id)
        members.add("pciAddress", pciAddress)
        members.add("parent", parent)
        members.add("numaNode", numaNode)
        return members.output
    }
}

extension NodeTopology.GPU {
    fileprivate var output: OutputValue {
        var members = Members()
        members.add("index", index)
        members.add("vendor", vendor.rawValue)
        members.add("uuid", uuid)
        members.add("model", model)
        if memoryBytes > 0 { members.add("memoryBytes", memoryBytes) }
        members.add("pciAddress", pciAddress)
        members.add("numaNode", numaNode)
        members.add("pcieSwitch", pcieSwitch)
        members.add("mig", isMIGCapable)
        return members.output
    }
}

extension NodeTopology.NIC {
    fileprivate var output: OutputValue {
        var members = Members()
        members.add("name", name)
        members.add("pciAddress", pciAddress)
        members.add("numaNode", numaNode)
        members.add("pcieSwitch", pcieSwitch)
        members.add("rdma", isRDMACapable)
        return members.output
    }
}

extension NodeTopology.GPULink {
    fileprivate var output: OutputValue {
        var members = Members()
        members.add("first", first)
        members.add("second", second)
        members.add("kind", kind.rawValue)
        members.add("count", count)
        return members.output
    }
}

/// Members of an object, without those that say nothing.
private struct Members {
    var list: [(String, OutputValue)] = []
    var output: OutputValue { .object(list) }

    mutating func add(_ key: String, _ number: Int?) {
        if let number { list.append((key, .integer(Int64(number)))) }
    }
    mutating func add(_ key: String, _ number: Int64) { list.append((key, .integer(number))) }
    mutating func add(_ key: String, _ text: String) {
        if !text.isEmpty { list.append((key, .string(text))) }
    }
    mutating func add(_ key: String, _ flag: Bool) { if flag { list.append((key, true)) } }
}
