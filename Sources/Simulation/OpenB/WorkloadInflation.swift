/// What of a trace arrives, and in which order: all of it shuffled, then more drawn from it until so much has been asked for.
///
/// Of a trace that asks for more than that, pods are taken out at random instead.
///
/// Source: the simulator of Weng et al., USENIX ATC 2023 (its "tuning"), draw for draw.
public struct WorkloadInflation: Sendable {
    /// Rows of the pod list in the order in which they arrive; drawn ones occur again.
    public let arrivals: [Int]
    /// Which node wins a tie: the rank of each row of the node list, 0 before all others.
    public let nodeRanks: [Int]

    /// Arrivals and ranks that are known.
    public init(arrivals: [Int], nodeRanks: [Int]) {
        self.arrivals = arrivals
        self.nodeRanks = nodeRanks
    }

    /// Draws the arrivals and ranks of a seed.
    ///
    /// - Parameter arrivedPercent: How many thousandths of GPUs are asked for in all, in percent of those that the nodes have.
    public init(_ trace: OpenBTrace, arrivedPercent: Int, seed: Int64) {
        var random = GoGenerator(seed: seed)
        _ = random.int63()
        let demand = trace.tasks.map(\.totalMilliGPU)
        let byName = trace.tasks.indices.sorted { trace.tasks[$0].name.precedes(trace.tasks[$1].name) }
        var arrivals = byName
        random.shuffle(&arrivals)
        let capacity = trace.nodes.reduce(0) { $0 + $1.gpus * 1000 }
        let target = capacity * Int64(arrivedPercent) / 100
        var asked = demand.reduce(0, +)
        if asked > target {
            while asked > target {
                let gone = arrivals.remove(at: random.integer(below: arrivals.count))
                asked -= demand[gone]
            }
        } else if asked > 0 {
            // The check is by GPU, whatever their number: the last pod may pass the target.
            while true {
                let row = byName[random.integer(below: byName.count)]
                if asked + trace.tasks[row].milliGPU > target { break }
                arrivals.append(row)
                asked += demand[row]
            }
        }
        // The simulator's scheduler draws ten numbers while it starts.
        for _ in 0..<10 { _ = random.int63() }
        let ranks = random.permutation(trace.nodes.count)
        var nodeRanks = ranks
        let nodesByName = trace.nodes.indices.sorted { trace.nodes[$0].name.precedes(trace.nodes[$1].name) }
        for (position, node) in nodesByName.enumerated() { nodeRanks[node] = ranks[position] }
        self.arrivals = arrivals
        self.nodeRanks = nodeRanks
    }
}

extension OpenBTrace.Task {
    /// Thousandths of GPUs in all.
    var totalMilliGPU: Int64 { gpus * milliGPU }
}

extension String {
    fileprivate func precedes(_ other: String) -> Bool { utf8.lexicographicallyPrecedes(other.utf8) }
}
