import ClusterModel

extension SyntheticCluster {
    private static let gibibyte: Int64 = 1 << 30

    /// Nodes of eight A100 GPUs, and gangs of eight pods that ask for one GPU each.
    public static func uniform(nodes: Int) -> SyntheticCluster {
        let pool = NodePool(
            count: nodes, milliCPU: 96_000, memoryBytes: 900 * gibibyte, gpus: 8,
            gpuModel: "NVIDIA-A100-SXM4-80GB")
        let type = InstanceType(
            name: "gpu-1", requests: [.cpu: 11_000, .memory: 100 * gibibyte, .nvidiaGPU: 1],
            limits: [.cpu: 11_000, .memory: 100 * gibibyte, .nvidiaGPU: 1])
        let gangsOfEight = [Weighted(8, weight: 1)]
        return SyntheticCluster(
            pools: [pool],
            jobs: [Weighted(JobTemplate(instanceType: type, gangSizes: gangsOfEight), weight: 1)])
    }

    /// Four GPU models and CPU nodes in two zones, 20 instance types with selectors, gangs of 1 to 64.
    ///
    /// Of the nodes 15 % have eight H100, 40 % eight A100 in two zones, 15 % four V100, 15 % four T4, the rest no GPU.
    /// The jobs ask for each model in proportion to its GPUs, so that all pools fill alike. Nodes with GPUs have a taint
    /// that jobs with GPUs tolerate.
    public static func mixed(nodes: Int) -> SyntheticCluster {
        SyntheticCluster(
            pools: mixedPools(nodes: nodes), jobs: mixedJobs,
            queues: [
                Weighted(Queue(name: "default", weight: 1), weight: 1),
                Weighted(Queue(name: "research", weight: 4), weight: 5),
                Weighted(Queue(name: "production", weight: 8), weight: 3),
            ],
            priorityClasses: [
                Weighted(nil, weight: 6), Weighted(PriorityClass(name: "low", value: -100), weight: 2),
                Weighted(PriorityClass(name: "high", value: 1_000), weight: 2),
            ])
    }

    private static let gpuTaint = Taint(key: "sku", value: "gpu", effect: .noSchedule)

    private static func mixedPools(nodes: Int) -> [NodePool] {
        func labels(_ pool: String, zone: String) -> [String: String] {
            ["agentpool": pool, NodePool.zoneLabel: zone]
        }
        let others = [
            NodePool(
                count: nodes * 15 / 100, milliCPU: 96_000, memoryBytes: 1_900 * gibibyte, gpus: 8,
                gpuModel: Model.h100.rawValue, labels: labels("h100", zone: "zone-1"), taints: [gpuTaint]),
            NodePool(
                count: nodes * 20 / 100, milliCPU: 96_000, memoryBytes: 900 * gibibyte, gpus: 8,
                gpuModel: Model.a100.rawValue, labels: labels("a100b", zone: "zone-2"), taints: [gpuTaint]),
            NodePool(
                count: nodes * 15 / 100, milliCPU: 48_000, memoryBytes: 448 * gibibyte, gpus: 4,
                gpuModel: Model.v100.rawValue, labels: labels("v100", zone: "zone-2"), taints: [gpuTaint]),
            NodePool(
                count: nodes * 15 / 100, milliCPU: 64_000, memoryBytes: 440 * gibibyte, gpus: 4,
                gpuModel: Model.t4.rawValue, labels: labels("t4", zone: "zone-1"), taints: [gpuTaint]),
            NodePool(
                count: nodes * 15 / 100, milliCPU: 64_000, memoryBytes: 256 * gibibyte,
                labels: labels("cpu", zone: "zone-2")),
        ]
        // What the percentages leave over is A100, so that there is no rounding to nothing in a cluster of a few nodes.
        let rest = nodes - others.reduce(0) { $0 + $1.count }
        let first = NodePool(
            count: rest, milliCPU: 96_000, memoryBytes: 900 * gibibyte, gpus: 8,
            gpuModel: Model.a100.rawValue, labels: labels("a100a", zone: "zone-1"), taints: [gpuTaint])
        return [first] + others
    }

    private enum Model: String {
        case h100 = "NVIDIA-H100-80GB-HBM3"
        case a100 = "NVIDIA-A100-SXM4-80GB"
        case v100 = "Tesla-V100-SXM2-16GB"
        case t4 = "Tesla-T4"
    }

    /// Weight times GPUs adds up to 120 for the H100, 320 for the A100, 60 for the V100 and the T4: the pools' ratio.
    private static var mixedJobs: [Weighted<JobTemplate>] {
        [
            gpuJobs("h100-1", .h100, gpus: 1, memoryGiB: 220, weight: 24),
            gpuJobs("h100-2", .h100, gpus: 2, memoryGiB: 220, weight: 12),
            gpuJobs("h100-4", .h100, gpus: 4, memoryGiB: 220, weight: 6),
            gpuJobs("h100-8", .h100, gpus: 8, memoryGiB: 220, weight: 6),
            gpuJobs("a100-1", .a100, gpus: 1, memoryGiB: 100, weight: 64),
            gpuJobs("a100-2", .a100, gpus: 2, memoryGiB: 100, weight: 32),
            gpuJobs("a100-4", .a100, gpus: 4, memoryGiB: 100, weight: 16),
            gpuJobs("a100-8", .a100, gpus: 8, memoryGiB: 100, weight: 8),
            gpuJobs("a100-8-zone-1", .a100, gpus: 8, memoryGiB: 100, zone: "zone-1", weight: 4),
            gpuJobs("a100-8-zone-2", .a100, gpus: 8, memoryGiB: 100, zone: "zone-2", weight: 4),
            gpuJobs("v100-1", .v100, gpus: 1, memoryGiB: 100, weight: 20),
            gpuJobs("v100-2", .v100, gpus: 2, memoryGiB: 100, weight: 10),
            gpuJobs("v100-4", .v100, gpus: 4, memoryGiB: 100, weight: 5),
            gpuJobs("t4-1", .t4, gpus: 1, memoryGiB: 100, weight: 20),
            gpuJobs("t4-2", .t4, gpus: 2, memoryGiB: 100, weight: 10),
            gpuJobs("t4-4", .t4, gpus: 4, memoryGiB: 100, weight: 5),
            cpuJobs("cpu-small", milliCPU: 2_000, memoryGiB: 8, weight: 20),
            cpuJobs("cpu-medium", milliCPU: 8_000, memoryGiB: 32, weight: 10),
            cpuJobs("cpu-large", milliCPU: 32_000, memoryGiB: 128, weight: 5),
            Weighted(
                JobTemplate(
                    instanceType: BuiltInInstanceType.azureml2022.instanceType,
                    gangSizes: [Weighted(1, weight: 1)]),
                weight: 10),
        ]
    }

    private static let gangSizes = [
        Weighted(1, weight: 30), Weighted(2, weight: 15), Weighted(4, weight: 20), Weighted(8, weight: 20),
        Weighted(16, weight: 10), Weighted(32, weight: 4), Weighted(64, weight: 1),
    ]

    private static func gpuJobs(
        _ name: String, _ model: Model, gpus: Int64, memoryGiB: Int64, zone: String? = nil, weight: Int
    ) -> Weighted<JobTemplate> {
        var selector = [NodePool.gpuModelLabel: model.rawValue]
        if let zone { selector[NodePool.zoneLabel] = zone }
        let amounts: ResourceList = [
            .cpu: gpus * 11_000, .memory: gpus * memoryGiB * gibibyte, .nvidiaGPU: gpus,
        ]
        let type = InstanceType(name: name, nodeSelector: selector, requests: amounts, limits: amounts)
        let toleration = Toleration(key: gpuTaint.key, value: gpuTaint.value, effect: gpuTaint.effect)
        return Weighted(
            JobTemplate(instanceType: type, gangSizes: gangSizes, tolerations: [toleration]), weight: weight)
    }

    private static func cpuJobs(
        _ name: String, milliCPU: Int64, memoryGiB: Int64, weight: Int
    ) -> Weighted<JobTemplate> {
        let amounts: ResourceList = [.cpu: milliCPU, .memory: memoryGiB * gibibyte]
        let type = InstanceType(
            name: name, nodeSelector: ["agentpool": "cpu"], requests: amounts, limits: amounts)
        return Weighted(JobTemplate(instanceType: type, gangSizes: gangSizes), weight: weight)
    }
}
