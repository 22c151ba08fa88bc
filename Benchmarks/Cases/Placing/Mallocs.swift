import SyntheticClusters

extension BenchmarkCase {
    /// Allocations a placement, once an allocator has seen the states that occur.
    static let mallocs = BenchmarkCase(
        "mallocs", "allocations per placement in the steady state", needsHeap: true
    ) { settings in
        guard let heap = settings.heap else { return [] }
        let nodes = settings.size(10_000, quick: 500)
        let recipes: [(String, SyntheticCluster)] = [
            ("uniform, \(nodes) nodes", .uniform(nodes: nodes)),
            ("mixed, \(nodes) nodes", .mixed(nodes: nodes)),
        ]
        return try recipes.map { variant, recipe in
            let workload = try GangWorkload(recipe, seed: settings.seed)
            var placer = workload.indexedPlacer()
            _ = placer.place(workload.gangs)
            placer.giveBack(downTo: 0)
            let before = heap.allocations()
            let placed = placer.place(workload.gangs)
            let allocations = heap.allocations() - before
            return .figure(
                "allocations a pod", variant, Double(allocations) / Double(placed), unit: .count,
                better: .lower, target: 0)
        }
    }
}
