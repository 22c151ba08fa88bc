internal import ClusterModel
internal import Documents

/// Reads `nodeinfo.volcano.sh` Numatopology objects.
enum NumatopologyReader {
    static func read(_ object: FieldReader, _ metadata: ObjectMetadata) -> Numatopology {
        var published = Numatopology(name: metadata.name)
        if let text = metadata.annotations[NodeTopology.annotation] {
            published.topology = topology(text, object)
        }
        guard let spec = object.object("spec") else { return published }
        let policies = spec.stringMap("policies")
        published.cpuManagerPolicy = policies["CPUManagerPolicy"] ?? ""
        published.topologyManagerPolicy = policies["TopologyManagerPolicy"] ?? ""
        published.reservedMilliCPU = spec.resourceList("resReserved", where: { $0 == "cpu" })?[.cpu] ?? 0
        published.allocatableCPUs = allocatable(spec)
        published.cpus = cpus(spec)
        published.podAllocations = spec.objects("podAllocations").map { pod in
            Numatopology.PodAllocation(
                uid: pod.string("uid") ?? "",
                key: ObjectKey(namespace: pod.string("namespace") ?? "", name: pod.string("name") ?? ""))
        }
        return published
    }

    /// A text that nobody understands counts as none, with a warning: what Volcano's exporter says holds all the same.
    private static func topology(_ text: String, _ object: FieldReader) -> NodeTopology? {
        let sink = ProblemSink()
        if let topology = NodeTopology(annotationText: text, file: NodeTopology.annotation, sink: sink) {
            return topology
        }
        let reason = sink.problems.first.map { ": \($0)" } ?? ""
        object.object("metadata")?.report(
            "annotations", "\(NodeTopology.annotation) is passed over\(reason)", severity: .warning)
        return nil
    }

    private static func allocatable(_ spec: FieldReader) -> CPUSet? {
        guard let cpu = spec.object("numares")?.object("cpu"), let text = cpu.string("allocatable") else {
            return nil
        }
        guard let set = CPUSet(text) else {
            cpu.report(
                "allocatable", "found \(text.debugDescription), expected a set of numbers such as 0-3,8")
            return nil
        }
        return set
    }

    /// Exporters leave out numbers that are 0, and count cores anew in every socket.
    private static func cpus(_ spec: FieldReader) -> [NodeTopology.CPU] {
        struct Core: Hashable {
            let socket: Int
            let core: Int
        }
        guard let details = spec.object("cpuDetail") else { return [] }
        let numbers = 0...Int64(CPUSet.greatestID)
        var cpus: [(id: Int, numaNode: Int, core: Core)] = []
        for (name, _) in details.value.members {
            guard let id = Int(name), (0...CPUSet.greatestID).contains(id) else {
                details.report(name, "expected the number of a processor, from 0 to \(CPUSet.greatestID)")
                continue
            }
            guard let detail = details.object(name) else { continue }
            cpus.append(
                (
                    id, Int(detail.integer("numa", in: numbers) ?? 0),
                    Core(
                        socket: Int(detail.integer("socket", in: numbers) ?? 0),
                        core: Int(detail.integer("core", in: numbers) ?? 0))
                ))
        }
        cpus.sort { $0.id < $1.id }
        var cores: [Core: Int] = [:]
        return cpus.map { cpu in
            let core = cores[cpu.core] ?? cores.count
            cores[cpu.core] = core
            return NodeTopology.CPU(
                id: cpu.id, core: core, package: cpu.core.socket, numaNode: cpu.numaNode)
        }
    }
}
