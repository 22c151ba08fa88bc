extension BenchmarkCase {
    /// All cases, in the order in which they run.
    public static let all: [BenchmarkCase] = [
        .placeUniform, .placeMixed, .refuse, .rollback, .churn, .load, .delta, .memory, .mallocs, .scan,
        .scanPeer, .cycle, .steadyCycle, .idleCycle, .topologyCycle,
        .affinityCycle, .numaCycle, .scale, .growthByPods, .growthByShapes,
        .growthBySelectors, .simulatedFIFO,
    ]
}
