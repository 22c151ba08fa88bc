import ClusterModel
import Documents
import KubernetesAPI
import Recording
import SchedulingLoop
import SyntheticClusters

// Nodes, queues and classes.
extension PlanBuilder {
    /// 2026-01-01T00:00:00Z, when scenarios begin that say nothing else.
    private static let defaultStart: Int64 = 1_767_225_600_000

    mutating func readCluster() {
        var reader = ClusterReader(
            options: ReadingOptions(defaultInstanceType: document.cluster.defaultInstanceType))
        read(document.cluster.files, into: &reader)
        for object in document.cluster.objects { reader.read(object.value, path: object.place.field) }
        let shorthand = shorthandObjects
        if !shorthand.isEmpty {
            let list: OutputValue = ["apiVersion": "v1", "kind": "List", "items": .list(shorthand)]
            reader.read(Array(list.json(pretty: false).utf8), file: "\(sources.scenario) (cluster)")
        }
        for trace in document.cluster.traces { read(trace, into: &reader) }
        var start = document.start
        if start == nil, !document.cluster.files.isEmpty || !document.cluster.traces.isEmpty {
            // What comes with the workload may lie in the future.
            var cluster = reader
            start = cluster.finish().snapshot.newestTimestamp.map { $0.secondsSinceEpoch * 1_000 }
        }
        plan.start = LoopTime(milliseconds: start ?? Self.defaultStart)
        read(document.workload.files, into: &reader)
        for object in document.workload.objects { reader.read(object.value, path: object.place.field) }
        let result = reader.finish()
        problems += result.problems
        plan.cluster = result.snapshot
    }

    private mutating func read(_ files: [Located<String>], into reader: inout ClusterReader) {
        for file in files {
            do throws(ScenarioProblem) {
                for path in try sources.documents(file) {
                    let document = Located(value: path, place: file.place)
                    let bytes: [UInt8]
                    do { bytes = try sources.files.read(path) } catch {
                        throw ScenarioProblem(
                            document.place.problem("found \(path), which cannot be read (\(error.reason))"))
                    }
                    reader.read(bytes, file: path)
                }
            } catch {
                problems.append(error.problem)
            }
        }
    }

    /// Priority classes and instance types that the scenario states in short.
    private var shorthandObjects: [OutputValue] {
        document.cluster.priorityClasses.map { priorityClass in
            [
                "apiVersion": "scheduling.k8s.io/v1", "kind": "PriorityClass",
                "metadata": ["name": .string(priorityClass.name)],
                "value": .integer(Int64(priorityClass.value)),
            ]
        }
            + document.cluster.instanceTypes.map { type in
                var limits = type.limits
                for (name, amount) in type.requests.sorted where name.isExtended && limits[name] == nil {
                    limits[name] = amount
                }
                return [
                    "apiVersion": "amlarc.azureml.com/v1alpha1", "kind": "InstanceType",
                    "metadata": ["name": .string(type.name)],
                    "spec": [
                        "nodeSelector": .object(
                            type.nodeSelector.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) }),
                        "resources": ["requests": Self.output(type.requests), "limits": Self.output(limits)],
                    ],
                ]
            }
    }

    private static func output(_ amounts: ResourceList) -> OutputValue {
        .object(amounts.sorted.map { ($0.name.text, .string(Quantity.format($0.amount, of: $0.name))) })
    }

    private mutating func read(_ trace: ScenarioDocument.ClusterTrace, into reader: inout ClusterReader) {
        do throws(ScenarioProblem) {
            switch trace.format {
            case .openb:
                let (path, bytes) = try sources.read(trace.file)
                let (openb, found) = OpenBTrace.read(
                    nodes: bytes, nodesFile: path,
                    pods: Array("name,cpu_milli,memory_mib,num_gpu,gpu_milli\n".utf8), podsFile: path)
                problems += found
                let list: OutputValue = ["apiVersion": "v1", "kind": "List", "items": .list(openb.objects())]
                if !openb.nodes.isEmpty { reader.read(Array(list.json(pretty: false).utf8), file: path) }
                for node in openb.nodes where trace.pricePerHour > 0 {
                    plan.pricePerHour[node.name] = trace.pricePerHour
                }
            case .recording:
                let path = try sources.path(trace.file)
                try RecordedJobs.readCluster(path, into: &reader)
            }
        } catch {
            problems.append(error.problem)
        }
    }

    // MARK: Pools

    mutating func addPools() {
        var names = Set(plan.cluster.nodes.map(\.name))
        for pool in document.cluster.pools {
            for node in makeNodes(pool, count: pool.count) {
                if names.insert(node.name).inserted {
                    plan.cluster.nodes.append(node)
                } else {
                    report(
                        pool.place,
                        "found a second node called \(node.name), expected other names: rename the pool")
                    break
                }
            }
        }
    }

    /// The next nodes of a pool, in the domains that come next.
    mutating func makeNodes(_ pool: ScenarioDocument.PoolSection, count: Int) -> [Node] {
        let first = pools[pool.name]?.count ?? 0
        var nodes: [Node] = []
        for ordinal in first..<first + count {
            let name = numbered(pool.name, ordinal, digits: 4)
            var labels = pool.labels
            labels[NodePool.hostnameLabel] = name
            for level in pool.topology { labels[level.label] = level.domain(of: ordinal, in: pool) }
            nodes.append(
                Node(
                    name: name, labels: labels, taints: pool.taints, ready: .isTrue,
                    allocatable: pool.allocatable))
            if pool.pricePerHour > 0 { plan.pricePerHour[name] = pool.pricePerHour }
            // Also of a node that comes later: it is published of what exists, and of nothing else.
            if let machine = pool.machine {
                plan.cluster.numatopologies.append(machine.shape.published(as: name, policy: machine.policy))
            }
        }
        pools[pool.name, default: []] += nodes
        return nodes
    }

    // MARK: Queues

    mutating func addQueues() {
        for section in document.cluster.queues {
            if let known = plan.cluster.queues.firstIndex(where: { $0.name == section.name }) {
                section.apply(to: &plan.cluster.queues[known])
            } else {
                var queue = Queue(name: section.name)
                section.apply(to: &queue)
                plan.cluster.queues.append(queue)
            }
        }
    }
}

extension ScenarioDocument.TopologyLevel {
    /// The domain of a pool's node.
    func domain(of ordinal: Int, in pool: ScenarioDocument.PoolSection) -> String {
        switch domains {
        case .nodesEach(let size): return "\(pool.name)-\(name)-\(ordinal / size)"
        case .named(let names):
            // Nodes that come later go on round and round.
            guard ordinal < pool.count else { return names[ordinal % names.count] }
            return names[ordinal * names.count / pool.count]
        }
    }
}

extension ScenarioDocument.QueueSection {
    /// Changes what the scenario says of the queue.
    func apply(to queue: inout Queue) {
        if let weight { queue.weight = weight }
        if let parent { queue.parent = parent }
        if let priority { queue.priority = priority }
        if let capability { queue.capability = capability }
        if let deserved { queue.deserved = deserved }
        if let guarantee { queue.guarantee = guarantee }
        if let isReclaimable { queue.isReclaimable = isReclaimable }
        if let state { queue.state = state }
    }
}
