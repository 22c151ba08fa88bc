import Fragmentation

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
    public init(_ trace: PackingTrace, arrivedPercent: Int, seed: Int64) {
        var random = GoGenerator(seed: seed)
        _ = random.int63()
        var arrivals = trace.tasksByName
        random.shuffle(&arrivals)
        let target = trace.capacityMilliGPU * Int64(arrivedPercent) / 100
        var asked = trace.requests.reduce(0) { $0 + $1.totalMilliGPU }
        if asked > target {
            while asked > target {
                let gone = arrivals.remove(at: random.integer(below: arrivals.count))
                asked -= trace.requests[gone].totalMilliGPU
            }
        } else if asked > 0 {
            // The check is by GPU, whatever their number: the last pod may pass the target.
            while true {
                let row = trace.tasksByName[random.integer(below: trace.tasksByName.count)]
                let request = trace.requests[row]
                if asked + request.milliGPU > target { break }
                arrivals.append(row)
                asked += request.totalMilliGPU
            }
        }
        // The simulator's scheduler draws ten numbers while it starts.
        for _ in 0..<10 { _ = random.int63() }
        let ranks = random.permutation(trace.nodes.count)
        var nodeRanks = ranks
        for (position, node) in trace.nodesByName.enumerated() { nodeRanks[node] = ranks[position] }
        self.arrivals = arrivals
        self.nodeRanks = nodeRanks
    }
}
