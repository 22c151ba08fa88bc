public import ClusterModel
import Glibc

/// Where the client takes time from, so that tests need not wait.
public protocol TimeSource: Sendable {
    /// Time since some fixed moment; never goes back.
    var elapsed: Duration { get }
    /// The time of day, in whole seconds.
    var timeOfDay: Timestamp { get }
    /// Waits.
    ///
    /// - Throws: `CancellationError` when the task is cancelled meanwhile.
    func sleep(for duration: Duration) async throws
}

/// The machine's clocks.
public struct SystemTime: TimeSource {
    private static let start = ContinuousClock.now

    /// The machine's clocks.
    public init() {}

    /// Time since the first use in this process.
    public var elapsed: Duration { ContinuousClock.now - Self.start }

    /// The time of day.
    public var timeOfDay: Timestamp { Timestamp(secondsSinceEpoch: Int64(time(nil))) }

    /// Waits.
    public func sleep(for duration: Duration) async throws {
        try await Task.sleep(for: duration)
    }
}
