import Synchronization

/// Until when this process may decide for the cluster; without a lease, for ever.
///
/// A process that was stopped for a while, by its machine say, finds its lease with somebody else. It looks here before it
/// sends what it decided before.
final class Tenure: Sendable {
    private let end = Mutex<ContinuousClock.Instant?>(nil)

    /// Whether somebody else may decide by now.
    var isOver: Bool { end.withLock { end in end.map { $0 <= .now } ?? false } }

    /// Sets its end, later or sooner than before.
    func last(until instant: ContinuousClock.Instant) { end.withLock { $0 = instant } }
}
