import SyntheticClusters

extension BenchmarkCase {
    /// How the cost of a placement changes while a cluster fills.
    static let growthByPods = BenchmarkCase(
        "growth/pods", "place/mixed by how far the cluster is filled: cost per pod"
    ) { settings in
        let nodes = settings.size(10_000, quick: 500)
        let workload = try GangWorkload(.mixed(nodes: nodes), seed: settings.seed)
        let parts = 5
        let bounds = (0...parts).map { workload.gangs.count * $0 / parts }
        var samples = [[Sample]](repeating: [], count: parts)
        var placer = workload.indexedPlacer()
        for number in 0...settings.count() {
            for part in 0..<parts {
                let gangs = workload.gangs[bounds[part]..<bounds[part + 1]]
                let sample = Sample.of { placer.place(gangs) }
                if number > 0 { samples[part].append(sample) }
            }
            placer.giveBack(downTo: 0)
        }
        var costs: [Measurement] = []
        for part in 0..<parts {
            let variant = "\(nodes) nodes, gangs \(100 * part / parts) to \(100 * (part + 1) / parts) %"
            costs.append(
                .cost("cost per pod", variant, samples[part]).growing(.fill, 100 * (part + 1) / parts))
        }
        return costs + [
            .ratio(
                "growth", "\(nodes) nodes, last gangs to first", of: costs[parts - 1], to: costs[0],
                better: .lower)
        ]
    }
}
