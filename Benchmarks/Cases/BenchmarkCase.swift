/// One case: what it measures, and how.
public struct BenchmarkCase: Sendable {
    /// What it is called, such as `place/uniform`.
    public let name: String
    /// What it measures, in one line.
    public let summary: String
    /// True for one that needs the heap's books, which not every program keeps.
    let needsHeap: Bool
    let measure: @Sendable (borrowing BenchmarkSettings) throws -> [Measurement]

    init(
        _ name: String, _ summary: String, needsHeap: Bool = false,
        measure: @escaping @Sendable (borrowing BenchmarkSettings) throws -> [Measurement]
    ) {
        self.name = name
        self.summary = summary
        self.needsHeap = needsHeap
        self.measure = measure
    }
}
