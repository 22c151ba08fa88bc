import SyntheticClusters

extension BenchmarkCase {
    /// How the cost of a placement grows with the cluster.
    static let scale = BenchmarkCase("scale", "place/mixed by number of nodes: cost per pod") { settings in
        let sizes = settings.isQuick ? [200, 1_000] : [1_000, 3_000, 10_000, 30_000, 100_000]
        var firsts: [Measurement] = []
        var agains: [Measurement] = []
        for nodes in sizes {
            let variant = "\(nodes) nodes"
            let workload = try GangWorkload(.mixed(nodes: nodes), seed: settings.seed)
            let times = settings.placingTwice(workload, atMost: 5)
            firsts.append(.cost("cost per pod, new allocator", variant, times.first).growing(.nodes, nodes))
            agains.append(
                .cost("cost per pod, allocator in use", variant, times.again).growing(.nodes, nodes))
        }
        let last = sizes.count - 1
        let variant = "\(sizes[last]) to \(sizes[0]) nodes"
        return firsts + agains + [
            .ratio("growth, new allocator", variant, of: firsts[last], to: firsts[0], better: .lower),
            .ratio(
                "growth, allocator in use", variant, of: agains[last], to: agains[0], better: .lower,
                target: 2),
        ]
    }
}
