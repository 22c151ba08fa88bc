import ClusterModel
import Documents
import KubernetesAPI
import SchedulingPolicy
import SyntheticClusters

/// Reads the section `cluster` of a scenario.
enum ClusterSectionReader {
    static func read(_ cluster: FieldReader) -> ScenarioDocument.ClusterSection {
        var section = ScenarioDocument.ClusterSection()
        section.place = cluster.place
        cluster.refuseUnknownKeys([
            "files", "objects", "pools", "queues", "priorityClasses", "instanceTypes", "traces",
            "defaultInstanceType",
        ])
        section.files = files(cluster)
        section.objects = objects(cluster)
        section.pools = cluster.objects("pools").compactMap(pool)
        section.queues = cluster.objects("queues").compactMap(queue)
        section.instanceTypes = cluster.objects("instanceTypes").compactMap(instanceType)
        section.traces = cluster.objects("traces").compactMap(trace)
        if let classes = cluster.object("priorityClasses") {
            for (name, _) in classes.value.members {
                guard let value = classes.integer(name, in: -2_147_483_648...1_000_000_000) else { continue }
                section.priorityClasses.append(PriorityClass(name: name, value: Int32(value)))
            }
        }
        section.defaultInstanceType =
            cluster.word("defaultInstanceType", BuiltInInstanceType.self) ?? .azureml2022
        refuseRepeated(section.pools.map(\.name), "pools", cluster)
        refuseRepeated(section.queues.map(\.name), "queues", cluster)
        refuseRepeated(section.instanceTypes.map(\.name), "instanceTypes", cluster)
        return section
    }

    /// Paths of files and folders, as they are written.
    static func files(_ section: FieldReader) -> [Located<String>] {
        guard section.value("files") != nil else { return [] }
        return section.oneOrMoreStrings("files").map { Located(value: $0, place: section.place("files")) }
    }

    /// Kubernetes objects that stand in the scenario itself.
    static func objects(_ section: FieldReader) -> [Located<Value>] {
        section.objects("objects").map { Located(value: $0.value, place: $0.place) }
    }

    private static func refuseRepeated(_ names: [String], _ key: String, _ cluster: FieldReader) {
        var seen: Set<String> = []
        for name in names where !seen.insert(name).inserted {
            cluster.report(key, "found \(name.debugDescription) a second time, expected each name once")
        }
    }

    // MARK: Pools

    /// More than any cluster has; it keeps a slip of the finger from filling the memory.
    private static let mostNodes: Int64 = 200_000

    private static func pool(_ pool: FieldReader) -> ScenarioDocument.PoolSection? {
        pool.refuseUnknownKeys([
            "name", "count", "allocatable", "gpuModel", "labels", "taints", "podsPerNode", "pricePerHour",
            "topology", "machine",
        ])
        if pool.value("count") == nil { pool.report("count", "found nothing, expected a number of nodes") }
        guard let name = pool.requiredString("name") else { return nil }
        if pool.value("allocatable") == nil {
            pool.report(
                "allocatable",
                "found nothing, expected amounts such as {cpu: 96, memory: 900Gi, nvidia.com/gpu: 8}")
        }
        var allocatable = pool.resourceList("allocatable") ?? [:]
        if allocatable[.pods] == nil {
            allocatable[.pods] = pool.integer("podsPerNode", in: 1...1_000_000) ?? 110
        }
        var labels = pool.stringMap("labels")
        if let model = pool.string("gpuModel") { labels[NodePool.gpuModelLabel] = model }
        return ScenarioDocument.PoolSection(
            name: name, count: Int(pool.integer("count", in: 0...mostNodes) ?? 0), allocatable: allocatable,
            labels: labels, taints: pool.objects("taints").compactMap(taint),
            pricePerHour: pool.nonNegative("pricePerHour") ?? 0, topology: topology(pool),
            machine: machine(pool, gpus: allocatable.wholeGPUs), place: pool.place)
    }

    private static func taint(_ taint: FieldReader) -> Taint? {
        taint.refuseUnknownKeys(["key", "value", "effect"])
        guard let key = taint.requiredString("key") else { return nil }
        return Taint(
            key: key, value: taint.string("value") ?? "",
            effect: taint.word("effect", Taint.Effect.self) ?? .noSchedule)
    }

    /// What nodes are made of, which have as many GPUs as pods may use.
    private static func machine(_ pool: FieldReader, gpus: Int) -> ScenarioDocument.MachineSection? {
        guard let machine = pool.object("machine") else { return nil }
        machine.refuseUnknownKeys([
            "numaNodes", "coresPerNUMANode", "threadsPerCore", "gpusPerSwitch", "link", "linkedGPUs",
            "linkCount", "nicsPerSwitch", "topologyPolicy",
        ])
        var shape = MachineShape(gpus: gpus)
        func number(_ key: String, _ range: ClosedRange<Int64>, _ keyPath: WritableKeyPath<MachineShape, Int>)
        {
            if let number = machine.integer(key, in: range) { shape[keyPath: keyPath] = Int(number) }
        }
        number("numaNodes", 1...16, \.numaNodes)
        number("coresPerNUMANode", 1...1024, \.coresPerNUMANode)
        number("threadsPerCore", 1...8, \.threadsPerCore)
        number("gpusPerSwitch", 0...64, \.gpusPerSwitch)
        number("linkedGPUs", 2...64, \.linkedGPUs)
        number("linkCount", 1...64, \.linkCount)
        number("nicsPerSwitch", 0...16, \.nicsPerSwitch)
        shape.link = machine.word("link", NodeTopology.GPULink.Kind.self)
        shape.gpuModel = pool.string("gpuModel") ?? ""
        if gpus > GPULayout.most {
            pool.report(
                "machine",
                "found one with \(gpus) GPUs, as allocatable says, expected \(GPULayout.most) at most")
            return nil
        }
        return ScenarioDocument.MachineSection(
            shape: shape, policy: machine.word("topologyPolicy", TopologyPolicy.self))
    }

    private static func topology(_ pool: FieldReader) -> [ScenarioDocument.TopologyLevel] {
        guard let levels = pool.object("topology") else { return [] }
        return levels.value.members.compactMap { name, value in
            let label = name == "zone" ? NodePool.zoneLabel : name
            if value.kind == .sequence {
                let names = levels.strings(name)
                if names.isEmpty {
                    levels.report(name, "found an empty list, expected the names of domains")
                    return nil
                }
                return ScenarioDocument.TopologyLevel(name: name, label: label, domains: .named(names))
            }
            guard let size = levels.integer(name, in: 1...mostNodes) else { return nil }
            return ScenarioDocument.TopologyLevel(name: name, label: label, domains: .nodesEach(Int(size)))
        }
    }

    // MARK: Queues and types

    static let queueKeys = [
        "name", "weight", "parent", "priority", "capability", "deserved", "guarantee", "reclaimable", "state",
    ]

    /// Reads what is said of a queue, in a cluster or in an event.
    static func queue(_ queue: FieldReader) -> ScenarioDocument.QueueSection? {
        queue.refuseUnknownKeys(queueKeys)
        guard let name = queue.requiredString("name") else { return nil }
        var section = ScenarioDocument.QueueSection(name: name)
        section.weight = queue.integer("weight", in: 1...65_535)
        section.parent = queue.string("parent")
        section.priority = queue.integer("priority", in: 0...Int64(Int32.max)).map { Int32($0) }
        section.capability = queue.resourceList("capability")
        section.deserved = queue.resourceList("deserved")
        section.guarantee = queue.resourceList("guarantee")
        section.isReclaimable = queue.bool("reclaimable")
        section.state = queue.word("state", Queue.State.self)
        return section
    }

    private static func instanceType(_ type: FieldReader) -> InstanceType? {
        type.refuseUnknownKeys(["name", "nodeSelector", "requests", "limits"])
        guard let name = type.requiredString("name") else { return nil }
        if type.value("requests") == nil, type.value("limits") == nil {
            type.report("requests", "found nothing, expected amounts such as {cpu: 12, nvidia.com/gpu: 1}")
        }
        let limits = type.resourceList("limits") ?? [:]
        return InstanceType(
            name: name, nodeSelector: type.stringMap("nodeSelector"),
            requests: type.resourceList("requests") ?? [:], limits: limits)
    }

    private static func trace(_ trace: FieldReader) -> ScenarioDocument.ClusterTrace? {
        trace.refuseUnknownKeys(["format", "file", "pricePerHour"])
        let file = trace.requiredString("file")
        if trace.value("format") == nil {
            trace.report("format", "found nothing, expected one of openb, recording")
        }
        guard let format = trace.word("format", ScenarioDocument.ClusterTrace.Format.self), let file else {
            return nil
        }
        return ScenarioDocument.ClusterTrace(
            format: format, file: Located(value: file, place: trace.place("file")),
            pricePerHour: trace.nonNegative("pricePerHour") ?? 0)
    }
}
