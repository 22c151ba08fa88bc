import Documents

/// Runs what a command line asks for: the whole program but its streams.
public struct BenchmarkProgram: Sendable {
    /// What to print, and whether something has become worse.
    public struct Outcome: Sendable {
        /// For standard output.
        public var text: String
        /// True when a comparison found a figure worse than noise explains.
        public var isWorse = false
    }

    private let options: BenchmarkOptions

    /// A program with the given options.
    public init(_ options: BenchmarkOptions) { self.options = options }

    /// Runs the cases.
    ///
    /// - Parameter progress: is told what comes next.
    /// - Throws: `BenchmarkFailure` when there is nothing to run, or no baseline to be read.
    public func run(progress: (String) -> Void) throws -> Outcome {
        let suite = BenchmarkSuite(options.settings)
        if suite.cases.isEmpty {
            throw BenchmarkFailure(
                "no case has \(options.settings.filters.joined(separator: " or ")) in its name")
        }
        if options.lists {
            var table = FigureTable([.left("CASE"), .left("MEASURES")])
            for benchmark in suite.cases { table.add([benchmark.name, benchmark.summary]) }
            return Outcome(text: table.text)
        }
        let report = try suite.run(progress: progress)
        let text = options.format == .json ? report.document.json() + "\n" : report.table
        return Outcome(text: text)
    }
}

/// Why benchmarks could not run.
public struct BenchmarkFailure: Error, CustomStringConvertible {
    /// The sentence for people.
    public let description: String

    init(_ description: String) { self.description = description }
}
