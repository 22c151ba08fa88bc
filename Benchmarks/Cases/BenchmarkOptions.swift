/// What the command line of a benchmark program says.
public struct BenchmarkOptions: Sendable {
    /// How results are printed.
    public enum Format: String, Sendable, CaseIterable {
        /// Columns for people.
        case table
        /// One JSON object.
        case json
    }

    /// What to run, and how.
    public var settings = BenchmarkSettings()
    /// How results are printed.
    public var format = Format.table
    /// An earlier report to compare with.
    public var baseline: String?
    /// A report to print instead of measuring.
    public var shown: String?
    /// Whether to name the cases instead of running them.
    public var lists = false

    /// The default options.
    public init() {}
}
