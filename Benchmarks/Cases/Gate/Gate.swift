import Documents

/// Holds counts of instructions and allocations to limits: `Benchmarks/gate.sh` runs it.
public enum Gate {
    /// The names of the cases.
    public static var caseNames: [String] { GateCase.all.map(\.name) }

    /// Runs one case; says in one line how many operations it did and how many blocks it allocated.
    ///
    /// - Throws: `BenchmarkFailure` when there is no such case.
    public static func run(_ name: String, heap: HeapBooks) throws -> String {
        guard let gateCase = GateCase.all.first(where: { $0.name == name }) else {
            throw BenchmarkFailure("no gate has the name \(name)")
        }
        let body = try gateCase.prepare()
        let before = heap.allocations()
        let operations = GateSection.count(body)
        return "\(operations) \(heap.allocations() - before)\n"
    }

    /// Counts of one case, for each operation.
    struct Counts: Equatable {
        var instructions: Double
        var allocations: Double
    }

    /// Reads lines of `operations allocations instructions name`.
    ///
    /// - Throws: `BenchmarkFailure` for a line that is not of this form.
    static func counts(_ text: String) throws(BenchmarkFailure) -> [(name: String, counts: Counts)] {
        var found: [(name: String, counts: Counts)] = []
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ", maxSplits: 3)
            guard words.count == 4, let operations = Double(words[0]), operations > 0,
                let allocations = Double(words[1]), let instructions = Double(words[2])
            else { throw BenchmarkFailure("gate: cannot read the counts \"\(line)\"") }
            found.append(
                (
                    String(words[3]),
                    Counts(instructions: instructions / operations, allocations: allocations / operations)
                ))
        }
        return found
    }

    /// Compares counts with the limits of a thresholds file.
    ///
    /// - Parameters:
    ///   - counted: lines of `operations allocations instructions name`.
    ///   - thresholds: the path of the thresholds file.
    /// - Throws: `BenchmarkFailure` when either cannot be read.
    public static func check(_ counted: String, thresholds path: String) throws -> BenchmarkProgram.Outcome {
        guard let bytes = TextFile.bytes(path) else { throw BenchmarkFailure("\(path): cannot be read") }
        let sink = ProblemSink()
        let parsed = DocumentParser.parse(bytes, file: path)
        for problem in parsed.problems { sink.report(problem) }
        let root = parsed.documents.first.map { FieldReader($0, sink: sink) }
        guard let slack = root?.double("slack"), let cases = root?.object("cases"), !sink.hasErrors else {
            throw BenchmarkFailure(
                sink.problems.map(\.description).joined(separator: "\n") + "\(path): expected slack and cases"
            )
        }
        var outcome = BenchmarkProgram.Outcome()
        var table = FigureTable([
            .left("GATE"), .left("PER OPERATION"), .right("MEASURED"), .right("LIMIT"), .left(""),
        ])
        for (name, counts) in try Self.counts(counted) {
            let known = cases.object(name)
            let quantities: [(String, Double)] = [
                ("instructions", counts.instructions), ("allocations", counts.allocations),
            ]
            for (quantity, measured) in quantities {
                let limit = known?.double(quantity).map { $0 * (1 + slack) }
                let isWorse = limit.map { measured > $0 } ?? true
                outcome.isWorse = outcome.isWorse || isWorse
                table.add([
                    name, quantity, FigureText.decimal(measured, places: 3),
                    limit.map { FigureText.decimal($0, places: 3) } ?? "none given",
                    isWorse ? "EXCEEDED" : "ok",
                ])
            }
        }
        outcome.text = table.text
        return outcome
    }

    /// The thresholds file that would hold the counts where they are.
    ///
    /// - Throws: `BenchmarkFailure` when the counts cannot be read.
    public static func thresholds(_ counted: String) throws -> String {
        func rounded(_ value: Double) -> OutputValue { .number((value * 1000).rounded() / 1000) }
        let cases = try counts(counted).map { name, counts in
            (
                name,
                OutputValue.object([
                    ("instructions", rounded(counts.instructions)),
                    ("allocations", rounded(counts.allocations)),
                ])
            )
        }
        return OutputValue.object([("slack", 0.2), ("cases", .object(cases))]).json() + "\n"
    }
}
