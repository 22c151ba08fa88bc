import ClusterModel
import SyntheticClusters

extension BenchmarkCase {
    /// How the cost of a placement grows with the number of shapes, all of which compete for the same nodes.
    static let growthByShapes = BenchmarkCase(
        "growth/shapes", "equal nodes, gangs of 8, by number of shapes: cost per pod"
    ) { settings in
        let nodes = settings.nodes
        var figures: [[Measurement]] = []
        for shapes in settings.isQuick ? [1, 20] : [1, 5, 20, 100] {
            figures.append(
                try settings.placingAndDeciding(
                    .manyShapes(shapes, nodes: nodes), "\(shapes) shapes, \(nodes) nodes",
                    GrowthPoint(axis: .shapes, size: shapes)))
        }
        return (0..<3).flatMap { quantity in figures.map { $0[quantity] } }
    }

    /// How the cost of a placement grows with the number of selectors.
    static let growthBySelectors = BenchmarkCase(
        "growth/selectors", "nodes in racks, gangs of 8 that select one, by number of racks: cost per pod"
    ) { settings in
        let nodes = settings.nodes
        var figures: [[Measurement]] = []
        for racks in settings.isQuick ? [1, 20] : [1, 10, 100, 1_000] {
            figures.append(
                try settings.placingAndDeciding(
                    .racks(racks, nodes: nodes), "\(racks) selectors, \(nodes) nodes",
                    GrowthPoint(axis: .selectors, size: racks)))
        }
        return (0..<3).flatMap { quantity in figures.map { $0[quantity] } }
    }
}

extension BenchmarkSettings {
    /// Costs per pod of a recipe: placed by the allocator alone, and decided by a cycle.
    fileprivate func placingAndDeciding(
        _ recipe: SyntheticCluster, _ conditions: String, _ point: GrowthPoint
    )
        throws -> [Measurement]
    {
        let times = placingTwice(try GangWorkload(recipe, seed: seed), atMost: 5)
        let decided = try laterCycles(recipe, conditions)[0]
        return [
            .cost("cost per pod, new allocator", conditions, times.first),
            .cost("cost per pod, allocator in use", conditions, times.again), decided,
        ].map { $0.growing(point.axis, point.size) }
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

    /// Equal nodes in so many racks, and pods of one GPU that select the nodes of one rack.
    fileprivate static func racks(_ count: Int, nodes: Int) -> SyntheticCluster {
        let uniform = SyntheticCluster.uniform(nodes: nodes)
        var recipe = uniform
        recipe.pools = (0..<count).flatMap { rack in
            uniform.pools.map { pool in
                var pool = pool
                pool.count = nodes / count
                pool.labels["rack"] = "rack-\(rack)"
                return pool
            }
        }
        recipe.jobs = (0..<count).flatMap { rack in
            uniform.jobs.map { job in
                var job = job
                job.value.instanceType.nodeSelector["rack"] = "rack-\(rack)"
                return job
            }
        }
        return recipe
    }
}
