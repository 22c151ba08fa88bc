public import ClusterModel
public import Recording
public import SchedulingLoop

/// How the scheduler of a cluster is to run.
public struct SchedulerOptions: Sendable {
    /// What happens to the rest of a gang when the API server refuses one of its bindings.
    public enum BindFailurePolicy: String, Sendable, CaseIterable {
        /// The pod that was refused is placed again, the others stay bound.
        case retry
        /// All of the gang that is bound gives its places back.
        case release
    }

    /// Pods that name one of these as their scheduler are placed.
    public var schedulerNames: Set<String> = ["gangwright"]
    /// How soon a cycle follows on what has happened.
    public var timing = LoopTiming()
    /// How many bindings are under way at a time.
    public var bindConcurrency = 32
    /// What happens to the rest of a gang when one of its bindings is refused.
    public var gangBindFailurePolicy = BindFailurePolicy.retry
    /// How long a gang may hold places for fewer pods than its minimum before it has to give them back; nil for ever.
    public var gangRepairTimeout: Duration? = .seconds(600)
    /// How many pods a second may be evicted in the long run.
    public var evictionsPerSecond = 10.0
    /// How long a pod whose eviction was refused, by a disruption budget say, is left alone.
    public var evictionCoolDown = Duration.seconds(30)
    /// How long a pod's binding waits to be tried again after it was refused, at first; it doubles up to a minute.
    public var bindRetryDelay = Duration.seconds(1)

    /// How often what is known of the cluster is compared with what the API server has; nil for never.
    public var comparePeriod: Duration? = .seconds(600)
    /// The Lease on which events about the scheduler itself are recorded; nil for none.
    public var lease: ObjectKey?
    /// What is recorded, and where; nil for nothing.
    public var recording: Recorder.Options?
    /// The version of the program, for whoever reads a recording.
    public var program = ""
    /// How long a decision is kept that nobody has followed; nil for a scheduler that carries out its decisions itself.
    public var shadowPatience: Duration?

    /// What `gangwright run` does without options.
    public init() {}
}
