extension BenchmarkCase {
    /// All cases, in the order in which they run.
    public static let all: [BenchmarkCase] = [.placeUniform, .placeMixed, .mallocs, .scan]
}
