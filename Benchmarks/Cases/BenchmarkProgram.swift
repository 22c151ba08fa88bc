import Documents

/// Runs what a command line asks for: the whole program but its streams.
public struct BenchmarkProgram: Sendable {
    /// What to print, and whether something has become worse.
    public struct Outcome: Sendable {
        /// For standard output.
        public var text: String
        /// For standard error: what was left out, and a comparison where a report fills standard output.
        public var notes = ""
        /// True when a comparison found a figure worse than noise explains.
        public var isWorse = false

        /// An outcome that says something.
        public init(text: String = "", notes: String = "") {
            self.text = text
            self.notes = notes
        }
    }

    private let options: BenchmarkOptions

    /// A program with the given options.
    public init(_ options: BenchmarkOptions) { self.options = options }

    /// Runs the cases.
    ///
    /// - Parameter progress: is told what comes next.
    /// - Throws: `BenchmarkFailure` when there is nothing to run, or no baseline to be read.
    public func run(progress: (String) -> Void) throws -> Outcome {
        if let shown = options.shown { return Outcome(text: try Self.report(shown).table) }
        let suite = BenchmarkSuite(options.settings)
        if suite.cases.isEmpty, suite.left.isEmpty {
            throw BenchmarkFailure(
                "no case has \(options.settings.filters.joined(separator: " or ")) in its name")
        }
        if options.lists {
            var table = FigureTable([.left("CASE"), .left("MEASURES")])
            for benchmark in suite.cases { table.add([benchmark.name, benchmark.summary]) }
            return Outcome(text: table.text, notes: Self.note(suite.left))
        }
        let before = try options.baseline.map(Self.report)
        let report = try suite.run(progress: progress)
        let text = options.format == .json ? report.document.json() + "\n" : report.table
        var outcome = Outcome(text: text, notes: Self.note(suite.left))
        guard let before else { return outcome }
        let comparison = Comparison(now: report, before: before)
        outcome.isWorse = comparison.isWorse
        switch options.format {
        case .json: outcome.notes += comparison.table
        case .table: outcome.text += "\n" + comparison.table
        }
        return outcome
    }

    private static func note(_ left: [String]) -> String {
        left.isEmpty
            ? "" : "left out: \(left.joined(separator: ", ")); only gangwright-bench counts allocations\n"
    }

    private static func report(_ path: String) throws -> BenchmarkReport {
        guard let bytes = TextFile.bytes(path) else { throw BenchmarkFailure("\(path): cannot be read") }
        let sink = ProblemSink()
        guard let report = BenchmarkReport(json: bytes, file: path, sink: sink) else {
            throw BenchmarkFailure(sink.problems.map(\.description).joined(separator: "\n"))
        }
        return report
    }
}

/// Why benchmarks could not run.
public struct BenchmarkFailure: Error, CustomStringConvertible {
    /// The sentence for people.
    public let description: String

    init(_ description: String) { self.description = description }
}
