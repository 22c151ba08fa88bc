import Allocator
import ClusterModel

/// How many pods there are, by what they ask for.
struct PodTally: Equatable, Sendable {
    /// What a pod asks for.
    struct Demand: Hashable, Sendable {
        let request: RequestID
        /// Its part of a GPU; `nil` for most.
        let part: GPUPart?
    }

    /// Only what some pod asks for.
    private(set) var counts: [Demand: Int] = [:]

    /// Counts a pod in (`1`) or out (`-1`).
    mutating func count(_ demand: Demand, sign: Int) {
        let count = (counts[demand] ?? 0) + sign
        counts[demand] = count == 0 ? nil : count
    }
}

extension Session {
    /// Counts a pod that comes (`1`) or goes (`-1`), while somebody asks what pods there are.
    func countInTally(_ task: Int, sign: Int) {
        fragments.tally?.count(tallied(task), sign: sign)
    }

    /// The pods that there are. - Complexity: O(pods) when it is first asked for, O(1) from then on.
    func podTally() -> PodTally {
        if let known = fragments.tally { return known }
        let tally = countedPods()
        fragments.tally = tally
        return tally
    }

    /// The pods that there are, counted one by one.
    func countedPods() -> PodTally {
        var tally = PodTally()
        for task in tasks.indices where !tasks[task].key.name.isEmpty { tally.count(tallied(task), sign: 1) }
        return tally
    }

    private func tallied(_ task: Int) -> PodTally.Demand {
        PodTally.Demand(request: tasks[task].request, part: devices.demand(of: task)?.part)
    }
}
