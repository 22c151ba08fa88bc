import SyntheticClusters

extension BenchmarkCase {
    /// Gangs that cannot fit, on a cluster in which nothing changes in between.
    static let refuse = BenchmarkCase("refuse", "gangs that cannot fit, 20 instance types") { settings in
        try settings.growingNodes.flatMap { try settings.refusing(nodes: $0) }
    }
}

extension BenchmarkSettings {
    fileprivate func refusing(nodes: Int) throws -> [Measurement] {
        let rounds = size(1_000, quick: 10)
        let workload = try GangWorkload(.mixed(nodes: nodes), seed: seed)
        var placer = workload.indexedPlacer()
        placer.fill(workload.templates.indices)

        let single = workload.templates.indices.map { GangWorkload.Gang(template: $0, size: 8) }
        let full = samples {
            Sample.of {
                for _ in 0..<rounds { precondition(placer.place(single) == 0, "the cluster is full") }
                return rounds * single.count
            }
        }
        // The pods that were placed last go, so that a few of every kind would fit, and no gang of 512.
        placer.giveBack(downTo: placer.journal.count - 100)
        let large = workload.templates.indices.map { GangWorkload.Gang(template: $0, size: 512) }
        let tooLarge = samples {
            Sample.of {
                for _ in 0..<max(1, rounds / 100) {
                    precondition(placer.place(large) == 0, "there is no room for 512")
                }
                return max(1, rounds / 100) * large.count
            }
        }
        return [
            .rate("gangs refused, no room for one pod", "\(nodes) nodes, full", full, target: 1_000_000)
                .growing(.nodes, nodes),
            .rate(
                "gangs of 512 refused, room for a few", "\(nodes) nodes, almost full", tooLarge,
                target: 1_000_000
            ).growing(.nodes, nodes),
        ]
    }
}
