import SyntheticClusters

extension BenchmarkCase {
    /// The allocator that looks at every node for every pod, on the same gangs in the same run.
    static let scan = BenchmarkCase(
        "scan", "place/mixed by plain loops over all nodes, for comparison"
    ) { settings in
        var measurements: [Measurement] = []
        for nodes in settings.isQuick ? [100] : [1_000, 5_000] {
            let variant = "\(nodes) nodes"
            let workload = try GangWorkload(.mixed(nodes: nodes), seed: settings.seed)
            let scanned = settings.samples(atMost: 3) {
                var placer = workload.scanningPlacer()
                return Sample.of { placer.place(workload.gangs) }
            }
            let indexed = settings.samples {
                var placer = workload.indexedPlacer()
                return Sample.of { placer.place(workload.gangs) }
            }
            let scanRate = Measurement.rate("pods placed by scanning", variant, scanned)
            let indexRate = Measurement.rate("pods placed by index", variant, indexed)
            measurements += [
                scanRate, indexRate,
                .ratio("index to scan", variant, of: indexRate, to: scanRate, better: .higher),
            ]
        }
        return measurements
    }
}
