import ClusterAdapter
import Synchronization

/// What a log has been told.
final class Lines: Sendable {
    private let lines = Mutex<[String]>([])

    /// The log that tells it here.
    var log: Log { Log { line in self.lines.withLock { $0.append(line) } } }

    /// All lines so far, without their times.
    var all: [String] {
        lines.withLock { $0.map { String($0.drop { $0 != " " }.dropFirst()) } }
    }
}
