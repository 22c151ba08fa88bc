import SyntheticClusters

extension BenchmarkCase {
    /// A gang that fails at its last pod, against the same gang placed.
    static let rollback = BenchmarkCase(
        "rollback", "a gang that fails at its last pod, against placing it"
    ) { settings in
        let eights = try settings.growingNodes.flatMap { nodes in
            try settings.rollingBack(8, nodes: nodes).map {
                $0.unit == .nanoseconds ? $0.growing(.nodes, nodes) : $0
            }
        }
        return try eights + settings.rollingBack(64, nodes: settings.nodes)
    }
}

extension BenchmarkSettings {
    fileprivate func rollingBack(_ size: Int, nodes: Int) throws -> [Measurement] {
        let variant = "gang of \(size), \(nodes) nodes"
        let workload = try GangWorkload(.uniform(nodes: nodes), seed: seed)
        let gang = GangWorkload.Gang(template: 0, size: size)
        var placer = workload.indexedPlacer()
        placer.fill([0])
        let capacity = placer.journal.count

        // A tenth of the cluster is left for gangs that fit.
        let count = capacity / 10 / size
        let placed = samples {
            placer.giveBack(downTo: capacity - count * size)
            return Sample.of {
                precondition(placer.place(repeatElement(gang, count: count)) == count * size, "they fit")
                return count
            }
        }
        // One place less than the gang needs.
        placer.giveBack(downTo: capacity - size + 1)
        let failed = samples {
            Sample.of {
                for _ in 0..<count { precondition(!placer.attempt(gang), "one place is missing") }
                return count
            }
        }
        let cost = Measurement.cost("gang placed", variant, placed)
        let failure = Measurement.cost("gang tried and rolled back", variant, failed)
        return [
            cost, failure,
            .ratio("rolled back to placed", variant, of: failure, to: cost, better: .lower, target: 3),
        ]
    }
}
