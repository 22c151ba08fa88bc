public import ClusterModel

/// What a caller may choose about a cycle, besides the configuration.
public struct CycleOptions: Sendable {
    /// The schedulers whose pods are placed; `nil` means all.
    public var schedulerNames: Set<String>?
    /// The time of the cycle; `nil` means the newest time of the snapshot.
    public var now: Timestamp?

    /// Options; by default every pending pod is placed.
    public init(schedulerNames: Set<String>? = nil, now: Timestamp? = nil) {
        self.schedulerNames = schedulerNames
        self.now = now
    }
}
