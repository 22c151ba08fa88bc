extension BenchmarkCase {
    /// All cases, in the order in which they run.
    public static let all: [BenchmarkCase] = [
        .placeUniform, .placeMixed, .refuse, .rollback, .churn, .load, .memory, .mallocs, .scan, .cycle,
        .scale, .growthByPods, .growthByShapes,
    ]
}
