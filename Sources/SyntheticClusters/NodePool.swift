public import ClusterModel

/// Equal nodes of a synthetic cluster.
public struct NodePool: Equatable, Sendable {
    /// What node names begin with: `node` gives `node-00017`, counted through the whole cluster.
    public var namePrefix: String
    /// How many nodes there are.
    public var count: Int
    /// Millicores that pods may use on each node.
    public var milliCPU: Int64
    /// Bytes of memory that pods may use on each node.
    public var memoryBytes: Int64
    /// GPUs of each node; with 0 the node does not name `nvidia.com/gpu` at all.
    public var gpus: Int64
    /// The value of the label `nvidia.com/gpu.product`; `nil` for no such label.
    public var gpuModel: String?
    /// The most pods on each node.
    public var podsPerNode: Int64
    /// Labels beside the GPU model's and `kubernetes.io/hostname`.
    public var labels: [String: String]
    /// Taints of each node.
    public var taints: [Taint]

    /// Equal nodes, without labels and taints unless given.
    public init(
        namePrefix: String = "node", count: Int, milliCPU: Int64, memoryBytes: Int64, gpus: Int64 = 0,
        gpuModel: String? = nil, podsPerNode: Int64 = 110, labels: [String: String] = [:],
        taints: [Taint] = []
    ) {
        self.namePrefix = namePrefix
        self.count = count
        self.milliCPU = milliCPU
        self.memoryBytes = memoryBytes
        self.gpus = gpus
        self.gpuModel = gpuModel
        self.podsPerNode = podsPerNode
        self.labels = labels
        self.taints = taints
    }

    /// The label that names the GPU model, as NVIDIA's feature discovery writes it.
    public static let gpuModelLabel = "nvidia.com/gpu.product"
    /// The label that names the zone.
    public static let zoneLabel = "topology.kubernetes.io/zone"
    /// The label that names the node itself.
    public static let hostnameLabel = "kubernetes.io/hostname"

    /// What pods may use on each node.
    public var allocatable: ResourceList {
        var amounts: ResourceList = [.cpu: milliCPU, .memory: memoryBytes, .pods: podsPerNode]
        if gpus > 0 { amounts[.nvidiaGPU] = gpus }
        return amounts
    }

    /// The labels that all nodes of the pool share.
    var sharedLabels: [String: String] {
        var all = labels
        if let gpuModel { all[Self.gpuModelLabel] = gpuModel }
        return all
    }

    /// Whether a job's pods may be placed here, by labels and taints.
    func accepts(_ job: JobTemplate) -> Bool {
        let mine = sharedLabels
        return job.instanceType.nodeSelector.allSatisfy { mine[$0.key] == $0.value }
            && taints.allSatisfy { taint in
                taint.effect == .preferNoSchedule || job.tolerations.contains { $0.tolerates(taint) }
            }
    }
}
