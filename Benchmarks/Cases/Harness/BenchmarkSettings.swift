/// How benchmarks are run.
public struct BenchmarkSettings: Sendable {
    /// Only cases whose name contains one of these texts; empty for all.
    public var filters: [String] = []
    /// Small sizes and few repetitions: to see that everything works, not how fast.
    public var isQuick = false
    /// How often each case is measured; `nil` for a number that suits the size.
    public var repetitions: Int?
    /// Where the synthetic clusters come from.
    public var seed: UInt64 = 42
    /// How many blocks the thread has allocated so far; `nil` in a program that does not count them.
    public var allocationCount: (@Sendable () -> UInt64)?

    /// The default settings: all cases, full size.
    public init() {}

    /// Whether a case was asked for.
    func selects(_ name: String) -> Bool { filters.isEmpty || filters.contains { name.contains($0) } }

    /// The repetitions of a case, the first for warming up not counted.
    var samples: Int { repetitions ?? (isQuick ? 2 : 11) }

    /// What one sample should last at least, in seconds: the clocks' own cost must not show.
    var shortestSample: Double { isQuick ? 0.001 : 0.05 }
}
