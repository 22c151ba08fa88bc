public import ClusterModel
public import Documents

extension NodeTopology {
    /// Reads the text of the annotation ``annotation``; `nil` where it is none, with the reasons in `sink`.
    ///
    /// - Parameter file: What problems call the text.
    public init?(annotationText: String, file: String, sink: ProblemSink) {
        let parsed = DocumentParser.parseJSON(Array(annotationText.utf8), file: file)
        for problem in parsed.problems { sink.report(problem) }
        guard parsed.problems.allSatisfy({ $0.severity != .error }), let document = parsed.documents.first
        else { return nil }
        self.init(FieldReader(document, sink: sink))
    }

    /// Reads what ``output`` writes: strictly, so that nobody trusts half a topology.
    ///
    /// Lists are put in order. `nil` where anything is wrong, with the reasons in the reader's sink.
    public init?(_ object: FieldReader) {
        let reader = NodeTopologyReader(object)
        guard let topology = reader.read() else { return nil }
        self = topology
    }
}

/// Reads the text form of a topology.
private struct NodeTopologyReader {
    let object: FieldReader
    /// What was reported before is no business of this text.
    private let problemsBefore: Int

    init(_ object: FieldReader) {
        self.object = object
        problemsBefore = object.sink.problems.count
    }

    private static let numbers: ClosedRange<Int64> = 0...Int64(CPUSet.greatestID)

    func read() -> NodeTopology? {
        if object.lacks("version") {
            object.report("version", "found nothing, expected \(NodeTopology.textVersion)")
        } else {
            _ = object.integer("version", in: NodeTopology.textVersion...NodeTopology.textVersion)
        }
        expect(object, ["version", "cpus", "numaNodes", "pcieSwitches", "gpus", "nics", "gpuLinks"])
        var topology = NodeTopology()
        topology.cpus = object.objects("cpus").flatMap(processors).sorted { $0.id < $1.id }
        topology.numaNodes = object.objects("numaNodes").map(numaNode).sorted { $0.id < $1.id }
        topology.pcieSwitches = object.objects("pcieSwitches").map(pcieSwitch).sorted { $0.id < $1.id }
        topology.gpus = object.objects("gpus").map(gpu).sorted { $0.index < $1.index }
        topology.nics = object.objects("nics").map(nic).sorted {
            ($0.pciAddress, $0.name) < ($1.pciAddress, $1.name)
        }
        topology.gpuLinks = object.objects("gpuLinks").map(link).sorted {
            ($0.first, $0.second) < ($1.first, $1.second)
        }
        if isSound { check(topology) }
        return isSound ? topology : nil
    }

    private var isSound: Bool {
        object.sink.problems.dropFirst(problemsBefore).allSatisfy { $0.severity != .error }
    }

    // MARK: Elements

    private func processors(_ group: FieldReader) -> [NodeTopology.CPU] {
        expect(group, ["package", "numaNode", "cpus", "cores"])
        let package = required(group, "package")
        let numaNode = required(group, "numaNode")
        guard let ids = run(group, "cpus"), let cores = run(group, "cores") else { return [] }
        guard ids.count == cores.count else {
            group.report(
                "cores", "found \(cores.count), expected one for each of the \(ids.count) processors")
            return []
        }
        return zip(ids, cores).map {
            NodeTopology.CPU(id: $0, core: $1, package: package, numaNode: numaNode)
        }
    }

    private func numaNode(_ node: FieldReader) -> NodeTopology.NUMANode {
        expect(node, ["id", "package", "memoryBytes", "distances"])
        return NodeTopology.NUMANode(
            id: required(node, "id"), package: number(node, "package"),
            memoryBytes: node.integer("memoryBytes", in: 0...Int64.max) ?? 0, distances: distances(node))
    }

    private func distances(_ node: FieldReader) -> [Int] {
        guard let list = node.value("distances") else { return [] }
        let distances = list.elements.map { $0.integer.flatMap { Self.numbers.contains($0) ? Int($0) : nil } }
        guard list.kind == .sequence, !distances.contains(nil) else {
            node.report(
                "distances", "found something else, expected a list of numbers from 0 to \(CPUSet.greatestID)"
            )
            return []
        }
        return distances.compactMap { $0 }
    }

    private func pcieSwitch(_ object: FieldReader) -> NodeTopology.PCIeSwitch {
        expect(object, ["id", "pciAddress", "parent", "numaNode"])
        return NodeTopology.PCIeSwitch(
            id: required(object, "id"), pciAddress: object.requiredString("pciAddress") ?? "",
            parent: number(object, "parent"), numaNode: number(object, "numaNode"))
    }

    private func gpu(_ gpu: FieldReader) -> NodeTopology.GPU {
        expect(
            gpu,
            [
                "index", "vendor", "uuid", "model", "memoryBytes", "pciAddress", "numaNode", "pcieSwitch",
                "mig",
            ])
        return NodeTopology.GPU(
            index: required(gpu, "index"), vendor: gpu.requiredChoice("vendor") ?? .nvidia,
            uuid: gpu.string("uuid") ?? "", model: gpu.string("model") ?? "",
            memoryBytes: gpu.integer("memoryBytes", in: 0...Int64.max) ?? 0,
            pciAddress: gpu.requiredString("pciAddress") ?? "", numaNode: number(gpu, "numaNode"),
            pcieSwitch: number(gpu, "pcieSwitch"), isMIGCapable: gpu.bool("mig") ?? false)
    }

    private func nic(_ nic: FieldReader) -> NodeTopology.NIC {
        expect(nic, ["name", "pciAddress", "numaNode", "pcieSwitch", "rdma"])
        return NodeTopology.NIC(
            name: nic.requiredString("name") ?? "", pciAddress: nic.requiredString("pciAddress") ?? "",
            numaNode: number(nic, "numaNode"), pcieSwitch: number(nic, "pcieSwitch"),
            isRDMACapable: nic.bool("rdma") ?? false)
    }

    private func link(_ link: FieldReader) -> NodeTopology.GPULink {
        expect(link, ["first", "second", "kind", "count"])
        let count = link.lacks("count") ? 1 : Int(link.integer("count", in: 1...Self.numbers.upperBound) ?? 1)
        return NodeTopology.GPULink(
            first: required(link, "first"), second: required(link, "second"),
            kind: link.requiredChoice("kind") ?? .nvLink, count: count)
    }

    // MARK: Members

    private func number(_ reader: FieldReader, _ key: String) -> Int? {
        reader.integer(key, in: Self.numbers).map { Int($0) }
    }

    private func required(_ reader: FieldReader, _ key: String) -> Int {
        if reader.lacks(key) { reader.report(key, "found nothing, expected an integer") }
        return number(reader, key) ?? 0
    }

    private func run(_ reader: FieldReader, _ key: String) -> [Int]? {
        guard let text = reader.requiredString(key) else { return nil }
        if let run = CPUSet.run(text) { return run }
        reader.report(key, "found \(text.debugDescription), expected numbers such as 0-3,8")
        return nil
    }

    private func expect(_ reader: FieldReader, _ known: Set<String>) {
        for (key, _) in reader.unknownKeys(known) {
            reader.report(key, "found an unknown member, expected \(alternatives(known.sorted()))")
        }
    }

    // MARK: What leads where

    private func check(_ topology: NodeTopology) {
        distinct("cpus", topology.cpus.map(\.id))
        distinct("numaNodes", topology.numaNodes.map(\.id))
        distinct("pcieSwitches", topology.pcieSwitches.map(\.id))
        distinct("gpus", topology.gpus.map(\.index))
        distinct("gpuLinks", topology.gpuLinks.map { $0.first << 16 | $0.second }) {
            "the link of GPU \($0 >> 16) and GPU \($0 & 0xFFFF)"
        }
        let numaNodes = Set(topology.numaNodes.map(\.id))
        let switches = Set(topology.pcieSwitches.map(\.id))
        let gpus = Set(topology.gpus.map(\.index))
        leads("cpus", "NUMA node", topology.cpus.map(\.numaNode), numaNodes)
        leads("pcieSwitches", "NUMA node", topology.pcieSwitches.compactMap(\.numaNode), numaNodes)
        leads("gpus", "NUMA node", topology.gpus.compactMap(\.numaNode), numaNodes)
        leads("nics", "NUMA node", topology.nics.compactMap(\.numaNode), numaNodes)
        leads("pcieSwitches", "PCIe switch", topology.pcieSwitches.compactMap(\.parent), switches)
        leads("gpus", "PCIe switch", topology.gpus.compactMap(\.pcieSwitch), switches)
        leads("nics", "PCIe switch", topology.nics.compactMap(\.pcieSwitch), switches)
        leads("gpuLinks", "GPU", topology.gpuLinks.flatMap { [$0.first, $0.second] }, gpus)
        for node in topology.numaNodes
        where !node.distances.isEmpty && node.distances.count != topology.numaNodes.count {
            object.report(
                "numaNodes",
                "found \(node.distances.count) distances of NUMA node \(node.id), expected \(topology.numaNodes.count)"
            )
        }
        for link in topology.gpuLinks where link.first == link.second {
            object.report("gpuLinks", "found a link of GPU \(link.first) with itself, expected another GPU")
        }
        // A walk upwards must end: each switch stands below one of a smaller number.
        for pcieSwitch in topology.pcieSwitches {
            if let parent = pcieSwitch.parent, parent >= pcieSwitch.id {
                object.report(
                    "pcieSwitches",
                    "found switch \(pcieSwitch.id) below switch \(parent), expected one of a smaller number")
            }
        }
    }

    private func distinct(_ key: String, _ ids: [Int], _ name: (Int) -> String = { "number \($0)" }) {
        var known: Set<Int> = []
        for id in ids where !known.insert(id).inserted {
            object.report(key, "found \(name(id)) twice, expected it once")
        }
    }

    private func leads(_ key: String, _ kind: String, _ ids: [Int], _ known: Set<Int>) {
        if let lost = ids.first(where: { !known.contains($0) }) {
            object.report(key, "found \(kind) \(lost), expected one that the topology has")
        }
    }
}
