/// Collects problems while typed readers walk a tree.
///
/// For one thread: readers of one input share one sink, and the caller looks at it when they are done.
public final class ProblemSink {
    /// What was reported, in that order.
    public private(set) var problems: [Problem] = []

    /// Makes an empty sink.
    public init() {}

    /// Takes a problem in.
    public func report(_ problem: Problem) {
        problems.append(problem)
    }

    /// Whether any problem is more than a warning.
    public var hasErrors: Bool {
        problems.contains { $0.severity == .error }
    }
}
