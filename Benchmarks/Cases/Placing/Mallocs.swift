import SyntheticClusters

extension BenchmarkCase {
    /// Allocations a placement, once an allocator has seen the states that occur.
    static let mallocs = BenchmarkCase(
        "mallocs", "allocations per placement in the steady state"
    ) { settings in
        guard let count = settings.allocationCount else { return [] }
        let nodes = settings.isQuick ? 500 : 10_000
        let recipes: [(String, SyntheticCluster)] = [
            ("uniform, \(nodes) nodes", .uniform(nodes: nodes)),
            ("mixed, \(nodes) nodes", .mixed(nodes: nodes)),
        ]
        return try recipes.map { variant, recipe in
            let workload = try GangWorkload(recipe, seed: settings.seed)
            var placer = workload.indexedPlacer()
            _ = placer.place(workload.gangs)
            placer.giveBack(downTo: 0)
            let before = count()
            let placed = placer.place(workload.gangs)
            let allocations = count() - before
            return .figure(
                "allocations a pod", variant, Double(allocations) / Double(placed), unit: .count,
                better: .lower, target: 0)
        }
    }
}
