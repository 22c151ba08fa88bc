import Allocator
import ClusterModel
import SyntheticClusters

extension BenchmarkCase {
    /// What a peer does, beside the index on the same gangs in the same run.
    static let scanPeer = BenchmarkCase(
        "scan/peer", "place/mixed at half full, as peers place: plugins per pod and node, copies per cycle"
    ) { settings in
        let nodes = settings.size(5_000, quick: 100)
        let half = try HalfFull(nodes: nodes, seed: settings.seed)
        let pods = half.pods.reduce(0) { $0 + $1.count }
        let conditions = "\(nodes) nodes, \(pods) pods"
        func peer(samples: Bool) -> [Sample] {
            settings.samples(atMost: 3) {
                Sample.of {
                    let cluster = PeerCluster(copying: half.peerNodes, samples: samples)
                    return half.pods.reduce(0) { cluster.place($1) ? $0 + $1.count : $0 }
                }
            }
        }
        var placer = half.placer
        let start = placer.journal.count
        let indexed = settings.samples {
            let sample = Sample.of { placer.place(half.gangs) }
            placer.giveBack(downTo: start)
            return sample
        }
        let all = Measurement.rate("pods placed, peer's loop, all nodes", conditions, peer(samples: false))
        let part = Measurement.rate(
            "pods placed, peer's loop, part of the nodes", conditions, peer(samples: true))
        let index = Measurement.rate("pods placed by index", conditions, indexed)
        return [
            all, part, index,
            .ratio("index to peer's loop, all nodes", conditions, of: index, to: all, better: .higher),
            .ratio(
                "index to peer's loop, part of the nodes", conditions, of: index, to: part, better: .higher),
        ] + (try settings.publishedRatios(nodes: nodes))
    }
}

/// A cluster of which half is in use, and gangs that come next.
private struct HalfFull {
    /// The index, after half of the workload.
    let placer: GangPlacer<IndexedAllocator>
    /// The same nodes as a peer has them.
    let peerNodes: [PeerNode]
    /// What comes next, about a thousand pods.
    let gangs: [GangWorkload.Gang]
    /// The same as pods.
    let pods: [[Pod]]

    init(nodes: Int, seed: UInt64) throws {
        let workload = try GangWorkload(.mixed(nodes: nodes), seed: seed)
        var placer = workload.indexedPlacer()
        let half = workload.gangs.count / 2
        _ = placer.place(workload.gangs[..<half])
        peerNodes = (0..<placer.allocator.nodeCount).map { PeerNode(placer.allocator.node($0)) }
        for entry in placer.journal {
            guard let template = placer.shapes.firstIndex(of: entry.shape) else { continue }
            peerNodes[entry.placement.node].idle.add(
                PeerAmounts(workload.templates[template].requests), sign: -1)
        }
        var gangs: [GangWorkload.Gang] = []
        var count = 0
        for gang in workload.gangs[half...] where count < 1_000 {
            gangs.append(gang)
            count += gang.size
        }
        self.gangs = gangs
        pods = gangs.map { [Pod](repeating: workload.templates[$0.template], count: $0.size) }
        self.placer = placer
    }
}

/// What was measured of a peer elsewhere: a constant, not of any run of these benchmarks.
private struct PublishedRate {
    let what: String
    let podsPerSecond: Double

    /// Volcano 1.5.1's allocate action at 5,000 nodes with five plugins and no predicates, on two cores of a 2.5 GHz
    /// Xeon. Source: measured once for this project's issue 3, on pods of its own.
    static let volcano = [
        PublishedRate(what: "Volcano 1.5.1 sampling nodes", podsPerSecond: 572),
        PublishedRate(what: "Volcano 1.5.1 looking at all nodes", podsPerSecond: 55),
    ]
}

extension BenchmarkSettings {
    /// Rates of this run as multiples of constants.
    fileprivate func publishedRatios(nodes: Int) throws -> [Measurement] {
        let workload = try GangWorkload(.mixed(nodes: nodes), seed: seed)
        let placed = Measurement.rate("", "", placingTwice(workload, atMost: 5).first)
        var recipe = SyntheticCluster.mixed(nodes: nodes)
        recipe.pending = .pods(10 * nodes)
        let decided = try laterCycles(recipe, "").first
        let figures: [(String, Measurement?)] = [("place/mixed", placed), ("cycle/full-policy", decided)]
        return figures.flatMap { name, figure -> [Measurement] in
            guard let figure else { return [] }
            return PublishedRate.volcano.map { published in
                let rate = Int(published.podsPerSecond)
                return Measurement(
                    "\(name) to \(published.what)",
                    "\(nodes) nodes; \(rate) pods/s: a constant, not of this run",
                    unit: .ratio, better: .higher, values: figure.values.map { $0 / published.podsPerSecond },
                    cpuValues: figure.cpuValues.map { $0 / published.podsPerSecond })
            }
        }
    }
}
