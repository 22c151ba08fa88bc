public import Documents
public import Fragmentation

/// A trace as policies see it: requests in place of rows, GPU models by number.
public struct PackingTrace: Sendable {
    /// The trace.
    public let trace: OpenBTrace
    /// The nodes in the order of the list.
    public let nodes: [DeviceNode]
    /// What each task asks for, in the order of the list; memory in mebibytes.
    public let requests: [DeviceRequest]
    /// The class of each task.
    public let classes: [PodClass]

    /// Tasks and nodes in the order of their names, byte by byte, which draws go by.
    let tasksByName: [Int]
    let nodesByName: [Int]

    /// The most pods on a node.
    static let podsPerNode = 1_001

    /// Prepares a trace.
    ///
    /// - Returns: `nil` if there are problems: a node with more GPUs, or more models, than can be told apart.
    public init?(_ trace: OpenBTrace, nodesFile: String, sink: ProblemSink) {
        var models: [String: Int] = [:]
        for node in trace.nodes where models[node.model] == nil { models[node.model] = models.count }
        if models.count > ModelSet.capacity {
            sink.report(
                Problem(
                    file: nodesFile, line: 0, field: "model",
                    message: "found \(models.count) models, expected at most \(ModelSet.capacity)"))
            return nil
        }
        for node in trace.nodes where node.gpus > Int64(NodeDevices.most) {
            sink.report(
                Problem(
                    file: nodesFile, line: 0, field: "gpu",
                    message: "found \(node.gpus) GPUs on \(node.name), expected at most \(NodeDevices.most)"))
            return nil
        }
        self.trace = trace
        nodes = trace.nodes.map { node in
            DeviceNode(
                milliCPU: node.milliCPU, memory: node.memoryMiB, pods: Self.podsPerNode,
                devices: Int(node.gpus), model: models[node.model] ?? 0)
        }
        let requests = trace.tasks.map { task in
            // A model that no node has is allowed to no purpose.
            let allowed = task.models.isEmpty ? .any : ModelSet(task.models.compactMap { models[$0] })
            return DeviceRequest(
                milliCPU: task.milliCPU, memory: task.memoryMiB, devices: Int(task.gpus),
                milliGPU: task.milliGPU, models: allowed)
        }
        classes = zip(trace.tasks, requests).map { task, request in
            PodClass(request, constraint: task.models.joined(separator: "|"))
        }
        self.requests = requests
        tasksByName = trace.tasks.indices.sorted { trace.tasks[$0].name.precedes(trace.tasks[$1].name) }
        nodesByName = trace.nodes.indices.sorted { trace.nodes[$0].name.precedes(trace.nodes[$1].name) }
    }

    /// Thousandths of all GPUs.
    public var capacityMilliGPU: Int64 { nodes.reduce(0) { $0 + Int64($1.devices) * 1000 } }

    /// The workload that policies expect: the most frequent classes of the whole trace.
    public func typicalWorkload(percent: Int) -> TargetWorkload {
        TargetWorkload(typicalOf: classes, percent: percent)
    }
}

extension String {
    fileprivate func precedes(_ other: String) -> Bool { utf8.lexicographicallyPrecedes(other.utf8) }
}
