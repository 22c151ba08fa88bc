import Documents
import Simulation

/// `gangwright simulate-merge`: the parts of a sweep as one report.
struct SimulateMergeCommand {
    static let command = Command(
        "simulate-merge", abstract: "Put the parts of a sweep together",
        discussion: """
            Reads what gangwright simulate --shard I/N -o json has printed for each I, and says what the whole sweep would \
            have said in one process: the same figures, differences and drawings. Parts must be of one scenario with the \
            same variants and seeds, and no run may come twice. Lists of jobs are not kept.

            Exits with 1 when runs are missing, after having told of those that there are.
            """,
        examples: [
            Command.Example(
                "Compare the variants of a sweep that ran as an Indexed Job",
                "gangwright simulate-merge parts/*.json --report sweep.html")
        ],
        options: SimulationOutput.options, positionals: [
            Positional("FILE", help: "a part's result, as JSON, or - for standard input", repeatable: true)
        ])

    private let arguments: Arguments
    private let style: Style

    init(_ arguments: Arguments, style: Style) {
        self.arguments = arguments
        self.style = style
    }

    /// The text with blanks in place of the lines before the document: a container's log begins with what was said besides.
    ///
    /// Lines keep their numbers.
    static func document(_ bytes: [UInt8]) -> [UInt8] {
        var start = bytes.startIndex
        while start < bytes.endIndex, bytes[start] != UInt8(ascii: "{") {
            guard let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) else { return bytes }
            start = end + 1
        }
        return bytes[..<start].map { $0 == UInt8(ascii: "\n") ? $0 : UInt8(ascii: " ") } + bytes[start...]
    }

    func run(_ outcome: inout CommandOutcome) throws(CommandFailure) {
        var documents: [Value] = []
        var problems: [Problem] = []
        for path in arguments.positionals("FILE") {
            let name = ConfigurationInput.name(path)
            let bytes: [UInt8]
            do { bytes = try FileAccess.read(path) } catch {
                throw CommandFailure(.badInput, "\(error)")
            }
            let parsed = DocumentParser.parseJSON(Self.document(bytes), file: name)
            documents += parsed.documents
            problems += parsed.problems
        }
        let sink = ProblemSink()
        let report = problems.isEmpty ? SimulationReport.read(documents, sink: sink) : nil
        guard let report else { throw CommandFailure(problems + sink.problems) }
        try SimulationOutput(arguments, style: style).write(report, to: &outcome)
        let missing = report.missing
        for run in missing.prefix(10) {
            outcome.note("missing: \(SimulationReport.title(ofVariant: run.variant)) with seed \(run.seed)")
        }
        if missing.count > 10 { outcome.note("missing: \(missing.count - 10) more") }
        if !missing.isEmpty { outcome.exitCode = .no }
    }
}
