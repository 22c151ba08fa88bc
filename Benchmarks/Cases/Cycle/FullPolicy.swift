import ClusterModel
import SchedulingPolicy
import SyntheticClusters

extension BenchmarkCase {
    /// A whole scheduling cycle with the plugins of the default configuration.
    static let cycle = BenchmarkCase(
        "cycle/full-policy", "a scheduling cycle with the default configuration, all pods pending"
    ) { settings in
        let nodes = settings.size(10_000, quick: 200)
        var demanding = SyntheticCluster.mixed(nodes: nodes)
        demanding.pending = .pods(settings.size(100_000, quick: 2_000))
        return try settings.cycle(demanding, "mixed, \(nodes) nodes", target: 500_000)
            + settings.cycle(.uniform(nodes: nodes), "uniform, \(nodes) nodes", target: nil)
    }
}

extension BenchmarkSettings {
    /// Opens and runs cycles over a snapshot. Rates count all pending pods, whether they find a place or not.
    fileprivate func cycle(_ recipe: SyntheticCluster, _ variant: String, target: Double?) throws
        -> [Measurement]
    {
        let snapshot = recipe.snapshot(seed: seed)
        var opening: [Sample] = []
        var running: [Sample] = []
        var bound = 0
        for number in 0...count(atMost: 5) {
            let start = Stopwatch()
            let session = try Session(snapshot: snapshot, configuration: .default)
            let opened = start.elapsed()
            let run = Sample.of {
                bound = session.runCycle().binds.count
                return snapshot.pods.count
            }
            if number == 0 { continue }
            opening.append(Sample(operations: snapshot.pods.count, elapsed: opened))
            running.append(run)
        }
        let whole = zip(opening, running).map { opened, run in
            var elapsed = opened.elapsed
            elapsed += run.elapsed
            return Sample(operations: run.operations, elapsed: elapsed)
        }
        let conditions = "\(variant), \(snapshot.pods.count) pods"
        return [
            .rate("pods decided, running alone", conditions, running, target: target),
            .rate("pods decided, with opening", conditions, whole, target: target),
            .cost("opening, per pod", conditions, opening), .cost("running, per pod", conditions, running),
            .figure(
                "part of the pods bound", conditions, Double(bound) / Double(snapshot.pods.count),
                unit: .ratio,
                better: .none),
        ]
    }
}
