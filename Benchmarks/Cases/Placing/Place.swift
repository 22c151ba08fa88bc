import SyntheticClusters

extension BenchmarkCase {
    /// One instance type, gangs of eight, from an empty cluster to one that is 95 % full.
    static let placeUniform = BenchmarkCase(
        "place/uniform", "one instance type, gangs of 8, empty to 95 % full"
    ) { settings in
        let nodes = settings.isQuick ? 500 : 10_000
        return try settings.placing(.uniform(nodes: nodes), "\(nodes) nodes", target: 10_000_000)
    }

    /// Twenty instance types with selectors, gangs of 1 to 64, binpack, from an empty cluster to one that is 95 % full.
    static let placeMixed = BenchmarkCase(
        "place/mixed", "20 instance types with selectors, gangs of 1 to 64, binpack, empty to 95 % full"
    ) { settings in
        let nodes = settings.isQuick ? 500 : 10_000
        return try settings.placing(.mixed(nodes: nodes), "\(nodes) nodes", target: 2_000_000)
    }
}

extension BenchmarkSettings {
    /// Places all gangs of a recipe, by an allocator that is new and by one that has done so before.
    ///
    /// The target is for the new one. The other is what a process that lives on gets: it knows all states that occur.
    func placing(_ recipe: SyntheticCluster, _ variant: String, target: Double) throws -> [Measurement] {
        let workload = try GangWorkload(recipe, seed: seed)
        var placed = 0
        let first = samples {
            var placer = workload.indexedPlacer()
            return Sample.of {
                placed = placer.place(workload.gangs)
                return placed
            }
        }
        var placer = workload.indexedPlacer()
        let again = samples {
            let sample = Sample.of { placer.place(workload.gangs) }
            placer.giveBack(downTo: 0)
            return sample
        }
        return [
            .rate("pods placed, new allocator", variant, first, target: target),
            .rate("pods placed, allocator in use", variant, again),
            .figure(
                "pods that found a place", variant, Double(placed) / Double(workload.podCount), unit: .ratio,
                better: .none),
        ]
    }
}
