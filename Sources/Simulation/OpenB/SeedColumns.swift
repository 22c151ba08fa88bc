import Documents

/// A CSV file with a column of numbers for each seed, called `seedN`: orders of arrival, or ranks of nodes.
///
/// Columns may be of different lengths; the shorter ones end in empty fields.
struct SeedColumns {
    /// The numbers, by the position of the seed.
    private(set) var columns: [[Int]] = []
    private let file: String
    private let seeds: [Int64]

    init(_ bytes: [UInt8], file: String, seeds: [Int64], sink: ProblemSink) {
        self.file = file
        self.seeds = seeds
        var table = CSVTable(bytes, file: file)
        for seed in seeds {
            guard let column = table.requiredColumn("seed\(seed)") else { continue }
            var numbers: [Int] = []
            for row in table.rows where !row.fields[column].isEmpty {
                guard let number = table.integer(row, column, in: 0...1_000_000_000) else { break }
                numbers.append(Int(number))
            }
            columns.append(numbers)
        }
        for problem in table.problems { sink.report(problem) }
    }

    /// Reports numbers that are no rows of a list.
    func requireRows(below count: Int, sink: ProblemSink) {
        for (seed, numbers) in zip(seeds, columns) {
            guard let number = numbers.first(where: { $0 >= count }) else { continue }
            report(seed, "found \(number), expected a row of the pod list, from 0 to \(count - 1)", sink)
        }
    }

    /// Reports columns that are no order of so many nodes.
    func requirePermutations(of count: Int, sink: ProblemSink) {
        for (seed, numbers) in zip(seeds, columns) where numbers.sorted() != Array(0..<count) {
            report(seed, "found other numbers, expected each from 0 to \(count - 1) once", sink)
        }
    }

    private func report(_ seed: Int64, _ message: String, _ sink: ProblemSink) {
        sink.report(Problem(file: file, line: 1, field: "seed\(seed)", message: message))
    }
}
