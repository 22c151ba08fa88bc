import ClusterModel
import Recording
import SchedulingLoop

/// What a shadow keeps beside what every scheduler keeps.
struct Shadow {
    /// Holds its decisions against those of the scheduler beside it.
    var ledger: ShadowLedger
    /// Pods that no cycle has looked at since they came.
    private var untried: Set<ObjectKey> = []
    /// Pods that the other scheduler has bound already, as they were shown, and when that was first.
    private var held: [ObjectKey: (pod: Observed, seen: LoopTime)] = [:]
    /// How long a pod is held back at most: cycles may be long.
    private static let longestHold: Int64 = 5_000

    /// Nothing unless decisions are only to be compared.
    init?(_ options: SchedulerOptions) {
        guard let patience = options.shadowPatience else { return nil }
        ledger = ShadowLedger(
            schedulerNames: options.schedulerNames, patience: patience.wholeMilliseconds)
    }

    /// Whether the loop is not to know yet of what a pod has become.
    ///
    /// The other scheduler may bind a pod before the next cycle here is due. That cycle still gets to see it waiting, as
    /// the other one did; else whoever is quicker by a millisecond would leave nothing to compare.
    mutating func holdsBack(_ observed: Observed, _ pod: Pod, isKnown: Bool, at time: LoopTime) -> Bool {
        if let before = held[pod.key] {
            held[pod.key] = (observed, before.seen)
            return true
        }
        if pod.nodeName == nil {
            if !isKnown, pod.isPending { untried.insert(pod.key) }
            return false
        }
        guard untried.contains(pod.key) else { return false }
        held[pod.key] = (observed, time)
        return true
    }

    /// Forgets a pod that is gone.
    mutating func forget(_ key: ObjectKey) {
        untried.remove(key)
        held[key] = nil
    }

    /// The pods that were held back, now that a cycle has seen them waiting.
    ///
    /// - Parameter still: those that it could not try, since the rest of their gangs had yet to come. Of these, the ones that are
    ///   bound before the next cycle are held back once more.
    mutating func release(untried still: Set<ObjectKey>) -> [(pod: Observed, seen: LoopTime)] {
        untried.formIntersection(still.subtracting(held.keys))
        return exchange(&held, with: [:]).sorted { $0.key < $1.key }.map(\.value)
    }

    /// Whether something is held back for longer than a cycle is waited for.
    func isOverdue(at time: LoopTime) -> Bool {
        held.values.contains { $0.seen.advanced(by: Self.longestHold) < time }
    }
}
