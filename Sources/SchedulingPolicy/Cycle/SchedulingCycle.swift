public import Allocator
public import ClusterModel

/// One scheduling cycle over a snapshot: a pure function of snapshot, configuration and options.
///
/// ```swift
/// let cycle = try SchedulingCycle(snapshot: snapshot, configuration: .default)
/// let result = cycle.run()
/// ```
///
/// The same objects in any order give the same result. - Complexity: O(pods × nodes) with the reference allocator.
public final class SchedulingCycle {
    private let configuration: SchedulerConfiguration
    private let now: Timestamp?
    private var points = ExtensionPoints()
    let session: Session

    /// Opens a cycle: every plugin contributes what it wants.
    ///
    /// - Throws: `ResourceOverflow` when the amounts of the input do not add up within 63 bits.
    public init(
        snapshot: ClusterSnapshot, configuration: SchedulerConfiguration,
        options: CycleOptions = CycleOptions()
    ) throws(ResourceOverflow) {
        self.configuration = configuration
        now = options.now ?? snapshot.newestTimestamp
        var builder = SessionBuilder(
            snapshot: snapshot, compatibility: configuration.compatibility, options: options)
        let plugins = configuration.plugins
        session = try builder.build(&points, plugins: plugins)
        for plugin in plugins { plugin.open(session, &points) }
    }

    /// Runs the configured actions.
    public func run() -> CycleResult {
        for action in configuration.actions {
            switch action {
            case .enqueue: session.enqueue(points)
            case .allocate:
                session.allocate(
                    points,
                    cachesRoleFailures: configuration.actionArguments[.allocate]?.bool(
                        "predicateErrorCacheEnable")
                        ?? true,
                    flipsPending: !configuration.actions.contains(.enqueue))
            case .backfill: session.backfill(points)
            }
        }
        var result = CycleReport(session: session, points: points, hasGang: hasGang).result()
        result.now = now
        return result
    }

    /// True when some plugin enforces minima.
    private var hasGang: Bool { configuration.tiers.contains { $0.contains { $0.name == GangPlugin.name } } }

    /// What the nodes offer and what is left as of now.
    public var cluster: ClusterState { session.allocator.cluster }
}
