import ClusterModel
import Glibc
import SchedulingLoop

/// The machine's time of day, in milliseconds.
struct WallClock: Sendable {
    let milliseconds: Int64

    static var now: WallClock {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return WallClock(milliseconds: Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000)
    }

    var loopTime: LoopTime { LoopTime(milliseconds: milliseconds) }

    var timestamp: Timestamp { loopTime.timestamp }

    /// `2026-01-31T12:00:00.123Z`.
    var text: String {
        let fraction = milliseconds % 1_000
        let digits = fraction < 10 ? "00\(fraction)" : fraction < 100 ? "0\(fraction)" : "\(fraction)"
        return "\(timestamp.description.dropLast()).\(digits)Z"
    }
}
