import ClusterModel
import SyntheticClusters

extension BenchmarkCase {
    /// How the cost of a placement grows with the number of shapes, all of which compete for the same nodes.
    static let growthByShapes = BenchmarkCase(
        "growth/shapes", "equal nodes, gangs of 8, by number of shapes: cost per pod"
    ) { settings in
        let nodes = settings.size(10_000, quick: 500)
        var firsts: [Measurement] = []
        var agains: [Measurement] = []
        for shapes in [1, 5, 20, 100] {
            let variant = "\(shapes) shapes, \(nodes) nodes"
            let workload = try GangWorkload(.manyShapes(shapes, nodes: nodes), seed: settings.seed)
            let times = settings.placingTwice(workload, atMost: 5)
            firsts.append(.cost("cost per pod, new allocator", variant, times.first))
            agains.append(.cost("cost per pod, allocator in use", variant, times.again))
        }
        return firsts + agains + [
            .ratio("growth, new allocator", "100 shapes to 1", of: firsts[3], to: firsts[0], better: .lower),
            .ratio(
                "growth, allocator in use", "100 shapes to 1", of: agains[3], to: agains[0], better: .lower),
        ]
    }
}

extension SyntheticCluster {
    /// Nodes of eight GPUs, and pods of one, two or four that differ in the CPU and memory they ask for.
    fileprivate static func manyShapes(_ count: Int, nodes: Int) -> SyntheticCluster {
        var recipe = SyntheticCluster.uniform(nodes: nodes)
        recipe.jobs = (0..<count).map { number in
            let gpus: Int64 = [1, 2, 4][number % 3]
            let amounts: ResourceList = [
                .cpu: gpus * (4_000 + 70 * Int64(number)), .memory: gpus << 36 + Int64(number) << 28,
                .nvidiaGPU: gpus,
            ]
            let type = InstanceType(name: "shape-\(number)", requests: amounts, limits: amounts)
            return Weighted(
                JobTemplate(instanceType: type, gangSizes: [Weighted(8, weight: 1)]), weight: 1)
        }
        return recipe
    }
}
