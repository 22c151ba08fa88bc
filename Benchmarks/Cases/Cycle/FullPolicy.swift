import SchedulingPolicy
import SyntheticClusters

extension BenchmarkCase {
    /// A whole scheduling cycle with the plugins of the default configuration.
    static let cycle = BenchmarkCase(
        "cycle/full-policy", "pods come to a session, and a cycle with the default configuration decides all"
    ) { settings in
        let nodes = settings.nodes
        let pods = settings.size(100_000, quick: 2_000)
        var mixed = SyntheticCluster.mixed(nodes: nodes)
        mixed.pending = .pods(pods)
        var measurements = try settings.firstCycle(
            mixed, "mixed, \(nodes) nodes, \(pods) pods", target: 500_000)
        // As many pods to each node, on clusters of all sizes; and ever more pods to the same nodes.
        for size in settings.growingNodes {
            let pods = pods / nodes * size
            mixed = .mixed(nodes: size)
            mixed.pending = .pods(pods)
            var figures = try settings.laterCycles(mixed, "mixed, \(size) nodes, \(pods) pods")
                .map { $0.growing(.nodes, size) }
            if size == nodes { figures = figures.map { $0.growing(.pods, pods) } }
            measurements += figures
        }
        for pods in settings.isQuick ? [500] : [10_000, 300_000] {
            mixed = .mixed(nodes: nodes)
            mixed.pending = .pods(pods)
            measurements += try settings.laterCycles(mixed, "mixed, \(nodes) nodes, \(pods) pods")
                .map { $0.growing(.pods, pods) }
        }
        let uniform = SyntheticCluster.uniform(nodes: nodes)
        return try measurements
            + settings.firstCycle(uniform, "uniform, \(nodes) nodes, 95 % full after", target: nil)
            + settings.laterCycles(uniform, "uniform, \(nodes) nodes, 95 % full after")
    }
}

extension BenchmarkSettings {
    /// The first cycle of sessions that have just been loaded. Rates count all pods, whether they find a place or not.
    fileprivate func firstCycle(_ recipe: SyntheticCluster, _ conditions: String, target: Double?) throws
        -> [Measurement]
    {
        let workload = SessionWorkload(recipe, seed: seed)
        var bound = 0
        var running: [Sample] = []
        for number in 0...count(atMost: 5) {
            let session = try workload.loadedSession()
            let sample = Sample.of {
                bound = session.runCycle().binds.count
                return workload.pods.count
            }
            if number > 0 { running.append(sample) }
        }
        return [
            .rate("pods decided, new session", conditions, running, target: target),
            .figure(
                "part of the pods bound", conditions, Double(bound) / Double(workload.pods.count),
                unit: .ratio, better: .none),
        ]
    }

    /// Cycles of a session that lives on: the pods come, are decided and go, again and again.
    func laterCycles(_ recipe: SyntheticCluster, _ conditions: String) throws -> [Measurement] {
        try laterCycles(SessionWorkload(recipe, seed: seed), conditions)
    }

    /// The same for gangs that are ready.
    func laterCycles(_ workload: SessionWorkload, _ conditions: String) throws -> [Measurement] {
        let session = try workload.session()
        var arriving: [Sample] = []
        var running: [Sample] = []
        var leaving: [Sample] = []
        let pods = workload.pods.count
        for number in 0...count(atMost: pods > 200_000 ? 3 : 5) {
            let arrived = try Sample.of {
                try workload.arriveAll(session)
                return pods
            }
            let ran = Sample.of {
                _ = session.runCycle()
                return pods
            }
            let left = Sample.of {
                workload.leaveAll(session)
                return pods
            }
            if number == 0 { continue }
            arriving.append(arrived)
            running.append(ran)
            leaving.append(left)
        }
        let whole = zip(arriving, running).map { arrived, ran in
            var elapsed = arrived.elapsed
            elapsed += ran.elapsed
            return Sample(operations: pods, elapsed: elapsed)
        }
        return [
            .rate("pods decided", conditions, running), .rate("pods arriving and decided", conditions, whole),
            .cost("a pod arrives", conditions, arriving), .cost("a pod leaves", conditions, leaving),
        ]
    }
}
