public import ClusterModel

/// Which allocator places pods. Both decide the same.
public enum AllocatorKind: String, Sendable, CaseIterable {
    /// By index: the one to use.
    case indexed
    /// By plain loops over all nodes: the specification, for comparison.
    case reference
}

/// What a caller may choose about a cycle, besides the configuration.
public struct CycleOptions: Sendable {
    /// The schedulers whose pods are placed; `nil` means all.
    public var schedulerNames: Set<String>?
    /// The time of the cycle; `nil` means the newest time of the snapshot.
    public var now: Timestamp?
    /// Which allocator places pods.
    public var allocator: AllocatorKind

    /// Options; by default every pending pod is placed.
    public init(
        schedulerNames: Set<String>? = nil, now: Timestamp? = nil, allocator: AllocatorKind = .indexed
    ) {
        self.schedulerNames = schedulerNames
        self.now = now
        self.allocator = allocator
    }
}
