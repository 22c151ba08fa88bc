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
    /// The heap's books; `nil` in a program that does not keep them, where cases that need them measure nothing.
    public var heap: HeapBooks?

    /// The default settings: all cases, full size.
    public init() {}

    /// Whether a case was asked for.
    func selects(_ name: String) -> Bool { filters.isEmpty || filters.contains { name.contains($0) } }

    /// The repetitions of a case, without the first, which warms up.
    ///
    /// - Parameter limit: as many as will do for a case whose rounds are long, unless a number was asked for.
    func count(atMost limit: Int = .max) -> Int { repetitions ?? min(limit, isQuick ? 2 : 11) }

    /// One size or the other.
    func size(_ full: Int, quick: Int) -> Int { isQuick ? quick : full }

    /// The number of nodes that targets are for.
    var nodes: Int { size(10_000, quick: 500) }

    /// The numbers of nodes that show how a cost grows; `nodes` is one of them.
    var growingNodes: [Int] { isQuick ? [200, 500] : [1_000, 10_000, 100_000] }

    /// What one sample should last at least, in seconds: the clocks' own cost must not show.
    var shortestSample: Double { isQuick ? 0.005 : 0.05 }
}
