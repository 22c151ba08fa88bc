public import Fragmentation
import SyntheticClusters

/// One run of a packing experiment: pods arrive one by one, are placed at once or never, and stay.
///
/// Source: the experiment of Weng et al., USENIX ATC 2023, section 6.
public struct PackingRun: Sendable {
    private let trace: PackingTrace
    private let inflation: WorkloadInflation
    private let scheduled: DeviceScheduler
    private let random: SeededGenerator
    private var result: PackingResult

    /// A run of a policy on the arrivals of a seed.
    public init(
        _ trace: PackingTrace, name: String, policy: DevicePolicy, seed: Int64,
        inflation: WorkloadInflation, workload: TargetWorkload, mix: TargetWorkload
    ) {
        self.trace = trace
        self.inflation = inflation
        // Policies take the first of equal nodes, so that nodes stand in the order of their ranks.
        var byRank = Array(repeating: 0, count: trace.nodes.count)
        for (node, rank) in inflation.nodeRanks.enumerated() { byRank[rank] = node }
        let cluster = DeviceCluster(nodes: byRank.map { trace.nodes[$0] })
        scheduled = DeviceScheduler(policy, cluster: cluster, workload: workload, mix: mix)
        random = SeededGenerator(seed: UInt64(bitPattern: seed))
        result = PackingResult(trace: name, policy: policy, seed: seed)
        result.capacityMilliGPU = trace.capacityMilliGPU
    }

    /// Runs it.
    public func run() -> PackingResult {
        var result = result
        var scheduler = scheduled
        var random = random
        var curve = PackingCurve(capacity: result.capacityMilliGPU)
        let drawsNodes = result.policy == .random
        for row in inflation.arrivals {
            let request = trace.requests[row]
            result.pods += 1
            result.demandMilliGPU += request.totalMilliGPU
            if scheduler.place(request, draw: drawsNodes ? random.next() : 0) != nil {
                result.allocatedMilliGPU += request.totalMilliGPU
                result.allocatedMilliCPU += request.milliCPU
                result.allocatedMemoryMiB += request.memory
            } else {
                result.failed += 1
                result.failures.count(request)
            }
            if curve.isAtStation(result.demandMilliGPU) {
                curve.add(
                    demand: result.demandMilliGPU, allocated: result.allocatedMilliGPU,
                    fragments: Self.idle(&scheduler).fragments)
            }
        }
        result.idle = Self.idle(&scheduler)
        for node in scheduler.cluster.free {
            for device in 0..<node.count where node[device] < 1000 { result.gpusTouched += 1 }
        }
        result.curve = curve.points
        return result
    }

    private static func idle(_ scheduler: inout DeviceScheduler) -> FragmentBuckets {
        var sum = FragmentBuckets()
        for node in scheduler.cluster.nodes.indices { sum += scheduler.fragmentation(of: node) }
        return sum
    }
}

extension PackingResult.Failures {
    fileprivate mutating func count(_ request: DeviceRequest) {
        if request.devices == 0 {
            withoutGPU += 1
        } else if request.isShare {
            share += 1
        } else {
            whole[request.devices, default: 0] += 1
        }
    }
}

/// Collects the curve of a run.
private struct PackingCurve {
    private let capacity: Int64
    /// For each station the percent before, its own, and the one after.
    private var bins: [[PackingResult.CurvePoint]]

    init(capacity: Int64) {
        self.capacity = capacity
        bins = PackingResult.stations.map { _ in Array(repeating: .init(), count: 3) }
    }

    /// The stations; where nothing arrived at one, its neighbours.
    var points: [PackingResult.CurvePoint] {
        bins.map { $0[1].arrivals > 0 ? $0[1] : $0[0] + $0[2] }
    }

    /// Whether what has been asked for rounds to a station or a neighbour.
    func isAtStation(_ demand: Int64) -> Bool { bin(demand) != nil }

    mutating func add(demand: Int64, allocated: Int64, fragments: Double) {
        guard let (station, bin) = bin(demand) else { return }
        bins[station][bin] =
            bins[station][bin]
            + .init(
                arrivals: 1, allocatedSum: Int((allocated * 20_000 / capacity + 1) / 2),
                fragmentSum: fragments)
    }

    private func bin(_ demand: Int64) -> (station: Int, bin: Int)? {
        if capacity == 0 { return nil }
        let percent = Int((demand * 200 / capacity + 1) / 2)
        return PackingResult.stations.firstIndex { abs($0 - percent) <= 1 }.map { station in
            (station, percent - PackingResult.stations[station] + 1)
        }
    }
}
