import ClusterModel
import SchedulingPolicy
import TestSupport
import Testing

/// Runs one cycle at a time, with both allocators, over a snapshot with any kind of objects.
func schedule(
    _ configuration: SchedulerConfiguration, _ snapshot: ClusterSnapshot, at now: Timestamp?,
    utcOffsetSeconds: Int = 0
) throws -> CycleResult {
    let results = try AllocatorKind.allCases.map { kind in
        let options = SessionOptions(allocator: kind, utcOffsetSeconds: utcOffsetSeconds)
        return try Session(snapshot: snapshot, configuration: configuration, options: options)
            .runCycle(now: now)
    }
    #expect(results[0].binds == results[1].binds, "the allocators differ")
    #expect(results[0].evictions == results[1].evictions, "the allocators differ")
    return results[0]
}

extension Timestamp {
    /// A time of the tests' day.
    static func at(_ hour: Int64, _ minute: Int64 = 0, _ second: Int64 = 0) -> Timestamp {
        .second(hour * 3_600 + minute * 60 + second)
    }
}
