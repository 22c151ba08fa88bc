import SyntheticClusters

extension BenchmarkCase {
    /// One instance type, gangs of eight, from an empty cluster to one that is 95 % full.
    static let placeUniform = BenchmarkCase(
        "place/uniform", "one instance type, gangs of 8, empty to 95 % full"
    ) { settings in
        try settings.growingNodes.flatMap { nodes in
            try settings.placing(
                .uniform(nodes: nodes), "\(nodes) nodes", target: nodes == settings.nodes ? 10_000_000 : nil
            ).map { $0.direction == .none ? $0 : $0.growing(.nodes, nodes) }
        }
    }

    /// Twenty instance types with selectors, gangs of 1 to 64, binpack, from an empty cluster to one that is 95 % full.
    static let placeMixed = BenchmarkCase(
        "place/mixed", "20 instance types with selectors, gangs of 1 to 64, binpack, empty to 95 % full"
    ) { settings in
        let nodes = settings.nodes
        return try settings.placing(.mixed(nodes: nodes), "\(nodes) nodes", target: 2_000_000)
    }
}

/// Samples of placing all gangs of a workload.
///
/// A new allocator meets every state of a node for the first time. One in use has placed the same gangs before and
/// given all back, which is what a process that lives on comes to.
struct PlacingTimes {
    var first: [Sample]
    var again: [Sample]
    /// How many pods got a place.
    var placed: Int
}

extension BenchmarkSettings {
    /// Places all gangs of a workload, by new allocators and by one in use.
    func placingTwice(_ workload: borrowing GangWorkload, atMost limit: Int = .max) -> PlacingTimes {
        var placed = 0
        let first = samples(atMost: limit) {
            var placer = workload.indexedPlacer()
            return Sample.of {
                placed = placer.place(workload.gangs)
                return placed
            }
        }
        var placer = workload.indexedPlacer()
        let again = samples(atMost: limit) {
            let sample = Sample.of { placer.place(workload.gangs) }
            placer.giveBack(downTo: 0)
            return sample
        }
        return PlacingTimes(first: first, again: again, placed: placed)
    }

    /// Figures of placing all gangs of a recipe. The target is for new allocators.
    fileprivate func placing(_ recipe: SyntheticCluster, _ variant: String, target: Double?) throws
        -> [Measurement]
    {
        let workload = try GangWorkload(recipe, seed: seed)
        let times = placingTwice(workload)
        return [
            .rate("pods placed, new allocator", variant, times.first, target: target),
            .rate("pods placed, allocator in use", variant, times.again),
            .figure(
                "part of the pods that found a place", variant,
                Double(times.placed) / Double(workload.podCount), unit: .ratio, better: .none),
        ]
    }
}
