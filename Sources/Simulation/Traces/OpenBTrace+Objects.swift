import ClusterModel
public import Documents

extension OpenBTrace {
    /// Which tasks become pods.
    public enum GPURequests: String, Sendable, CaseIterable {
        /// All.
        case all
        /// Those that ask for whole GPUs or none; tasks that ask for a part of a GPU are left out.
        case wholeOnly
    }

    /// How a trace becomes Kubernetes objects.
    public struct ObjectOptions: Equatable, Sendable {
        /// Which tasks become pods.
        public var gpuRequests: GPURequests
        /// The most pods on a node; openb runs far more than the kubelet's usual 110.
        public var podsPerNode: Int64
        /// The pods' namespace.
        public var namespace: String

        /// All tasks, 1,000 pods a node, in the namespace `openb`.
        public init(gpuRequests: GPURequests = .all, podsPerNode: Int64 = 1000, namespace: String = "openb") {
            self.gpuRequests = gpuRequests
            self.podsPerNode = podsPerNode
            self.namespace = namespace
        }
    }

    /// The moment from which the trace counts its seconds: 2023-01-01T00:00:00Z, the trace itself names none.
    static let begin: Int64 = 1_672_531_200

    /// Node and Pod objects (`v1`), nodes first, each in the order of its list.
    ///
    /// All pods are pending: the trace is a workload to place, whatever had become of its tasks when it was taken.
    public func objects(_ options: ObjectOptions = ObjectOptions()) -> [OutputValue] {
        let chosen = tasks.filter { task in
            if case .part = task.gpuUse { return options.gpuRequests == .all }
            return true
        }
        return nodes.map { $0.object(options) } + chosen.map { $0.object(options) }
    }

    fileprivate static let gpuModelLabel = "nvidia.com/gpu.product"

    fileprivate static func cpuText(_ milliCPU: Int64) -> String {
        milliCPU % 1000 == 0 ? String(milliCPU / 1000) : "\(milliCPU)m"
    }
}

extension OpenBTrace.Node {
    fileprivate func object(_ options: OpenBTrace.ObjectOptions) -> OutputValue {
        var labels: [(String, OutputValue)] = [("kubernetes.io/hostname", .string(name))]
        var amounts: [(String, OutputValue)] = [
            ("cpu", .string(OpenBTrace.cpuText(milliCPU))),
            ("memory", "\(memoryMiB)Mi"),
            ("pods", "\(options.podsPerNode)"),
        ]
        if gpus > 0 {
            amounts.append((ResourceName.nvidiaGPU.text, "\(gpus)"))
            if !model.isEmpty { labels.append((OpenBTrace.gpuModelLabel, .string(model))) }
        }
        return [
            "apiVersion": "v1",
            "kind": "Node",
            "metadata": ["name": .string(name), "labels": .object(labels)],
            "status": ["capacity": .object(amounts), "allocatable": .object(amounts)],
        ]
    }
}

extension OpenBTrace.Task {
    fileprivate func object(_ options: OpenBTrace.ObjectOptions) -> OutputValue {
        var metadata: [(String, OutputValue)] = [
            ("name", .string(name)), ("namespace", .string(options.namespace)),
        ]
        if let creationSeconds {
            let created = Timestamp(secondsSinceEpoch: OpenBTrace.begin + creationSeconds)
            metadata.append(("creationTimestamp", .string(created.rfc3339)))
        }
        if !qos.isEmpty { metadata.append(("labels", ["openb/qos": .string(qos)])) }
        if case .part(let milliGPU) = gpuUse {
            metadata.append(("annotations", [GPUPart.milliAnnotation: "\(milliGPU)"]))
        }

        var spec: [(String, OutputValue)] = []
        if gpus > 0, !models.isEmpty { spec.append(("affinity", modelAffinity)) }
        spec.append(("containers", [["name": "task", "image": "openb-task", "resources": resources]]))
        return [
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": .object(metadata),
            "spec": .object(spec),
            "status": ["phase": "Pending"],
        ]
    }

    private var resources: OutputValue {
        let requests: OutputValue = [
            "cpu": .string(OpenBTrace.cpuText(milliCPU)), "memory": "\(memoryMiB)Mi",
        ]
        guard case .whole(let gpus) = gpuUse else { return ["requests": requests] }
        return ["requests": requests, "limits": [ResourceName.nvidiaGPU.text: "\(gpus)"]]
    }

    private var modelAffinity: OutputValue {
        let requirement: OutputValue = [
            "key": .string(OpenBTrace.gpuModelLabel), "operator": "In",
            "values": .list(models.map(OutputValue.string)),
        ]
        return [
            "nodeAffinity": [
                "requiredDuringSchedulingIgnoredDuringExecution": [
                    "nodeSelectorTerms": [["matchExpressions": [requirement]]]
                ]
            ]
        ]
    }
}
