public import ClusterModel
public import SchedulingPolicy

/// Something that a scheduling loop is told: a list of inputs with their times is all that its decisions depend on.
public enum LoopInput: Sendable {
    /// The cluster has changed.
    case change(ClusterChange)
    /// The API server has accepted a binding.
    case bound(ObjectKey)
    /// The kubelet has started a pod that was bound: what a change of the pod to phase Running says, when nothing else about it
    /// is new.
    case started(ObjectKey, at: Timestamp)
    /// A pod has ended well and is gone: what a change to phase Succeeded and a removal say.
    case ended(ObjectKey, started: Timestamp, finished: Timestamp)
    /// The API server, or the kubelet, has refused a binding; the pod waits again.
    case bindRefused(ObjectKey)
    /// The API server has refused to evict a pod: a budget forbids it, say. The pod stays where it is.
    case evictionRefused(ObjectKey)
    /// A claim is to get its volume on none of these nodes for now, where it was tried in vain; empty ends that.
    case claimAvoids(ObjectKey, nodes: [String])
    /// Another configuration holds from now on.
    case configuration(SchedulerConfiguration)
}

/// A point in time as a shell's clock gives it, real or virtual.
public struct LoopTime: Comparable, Hashable, Sendable {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    public var milliseconds: Int64

    /// A point in time from its distance to 1970-01-01T00:00:00Z.
    public init(milliseconds: Int64) { self.milliseconds = milliseconds }

    /// The beginning of a second.
    public init(_ timestamp: Timestamp) { milliseconds = timestamp.secondsSinceEpoch * 1_000 }

    /// The second that it lies in.
    public var timestamp: Timestamp {
        let seconds = milliseconds / 1_000
        return Timestamp(secondsSinceEpoch: milliseconds % 1_000 < 0 ? seconds - 1 : seconds)
    }

    /// Later by so many milliseconds.
    public func advanced(by milliseconds: Int64) -> LoopTime {
        LoopTime(milliseconds: self.milliseconds + milliseconds)
    }

    /// Orders by time, earlier first.
    public static func < (left: LoopTime, right: LoopTime) -> Bool { left.milliseconds < right.milliseconds }
}

/// How soon a cycle follows on what has happened.
public struct LoopTiming: Equatable, Sendable {
    /// How long a change waits for others to come, in milliseconds: a gang's pods arrive one by one.
    public var debounce: Int64
    /// The longest time from one cycle to the next while something waits, in milliseconds: Volcano's `--schedule-period`.
    public var schedulePeriod: Int64

    /// A hundredth of a second, and Volcano's second, unless given.
    public init(debounce: Int64 = 10, schedulePeriod: Int64 = 1_000) {
        self.debounce = debounce
        self.schedulePeriod = schedulePeriod
    }
}
