import ClusterModel
import SchedulingPolicy

/// Which GPUs of which node pods have, and how well those are joined that work on one job.
///
/// A pod has the GPUs that are written on it, as a device plugin would give it that heeds them; any other has the free ones of
/// the smallest numbers, as device plugins give them out.
struct JoinedGPUs {
    /// What pods of one job have on one node.
    private struct Holding {
        let slot: Int
        let job: Int
        let set: UInt64
    }

    private let layouts: [String: GPULayout]
    /// By the node's position, what is taken there.
    private var holdings: [Int: [Holding]] = [:]
    /// The points of all pairs that came together, and what they could have been at most.
    private(set) var points: Int64 = 0
    private(set) var mostPoints: Int64 = 0

    /// Nobody holds anything.
    init(_ cluster: ClusterSnapshot) {
        var known: [NodeTopology: GPULayout] = [:]
        var layouts: [String: GPULayout] = [:]
        for published in cluster.numatopologies {
            guard let topology = published.topology else { continue }
            let layout = known[topology] ?? GPULayout(topology)
            known[topology] = layout
            layouts[published.name] = layout
        }
        self.layouts = layouts
    }

    /// Whether nothing is known of any machine.
    var isEmpty: Bool { layouts.isEmpty }

    /// Gives a pod its GPUs.
    ///
    /// - Parameters:
    ///   - job: pods of the same work together; negative for one that works alone.
    ///   - numbers: those that are written on it; `nil` for the first that are free.
    mutating func take(
        _ count: Int, _ slot: Int, of job: Int, on node: Int, named name: String, numbers: CPUSet?
    ) {
        guard count > 0, let layout = layouts[name] else { return }
        let there = holdings[node] ?? []
        let taken = there.reduce(0) { $0 | $1.set }
        var set = numbers.map(layout.set(of:)) ?? 0
        var free = layout.all & ~taken & ~set
        while set.nonzeroBitCount < count, free != 0 {
            set |= free & (~free &+ 1)
            free &= free - 1
        }
        holdings[node, default: []].append(Holding(slot: slot, job: job, set: set))
        let near = there.filter { $0.job == job && job >= 0 }.reduce(0) { $0 | $1.set } & ~set
        let size = Int64(set.nonzeroBitCount)
        let pairs = size * (size - 1) / 2 + size * Int64(near.nonzeroBitCount)
        points += layout.points(of: set) + layout.points(between: set, and: near)
        mostPoints += pairs * GPULayout.mostPoints
    }

    /// Takes a pod's GPUs back.
    mutating func give(_ slot: Int, on node: Int) {
        if holdings.isEmpty { return }
        holdings[node]?.removeAll { $0.slot == slot }
    }
}

extension SimulatedCluster {
    /// Notes which GPUs a pod has that has got a place.
    func noteGPUs(of slot: Int, on node: Int) {
        if joining.isEmpty { return }
        let written =
            written[slot]?["gangwright.io/gpu-indices"]
            ?? residents[slot]?.annotations["gangwright.io/gpu-indices"]
        joining.take(
            Int(take(of: slot).milliGPU / 1000), slot, of: Int(slots[slot].job), on: node,
            named: nodes.entries[node].node.name, numbers: written.flatMap { CPUSet($0) })
    }
}
