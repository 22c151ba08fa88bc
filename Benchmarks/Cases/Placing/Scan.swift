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
            // A scan is slow enough for few samples to say all.
            var few = BenchmarkSettings()
            few.repetitions = min(3, settings.samples)
            few.isQuick = settings.isQuick
            let scanned = few.samples {
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
                .figure(
                    "index to scan", variant, indexRate.median / scanRate.median, unit: .ratio,
                    better: .higher),
            ]
        }
        return measurements
    }
}
