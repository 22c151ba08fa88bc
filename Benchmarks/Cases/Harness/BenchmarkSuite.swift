/// Runs cases one after the other.
public struct BenchmarkSuite: Sendable {
    private let settings: BenchmarkSettings

    /// A suite with the given settings.
    public init(_ settings: BenchmarkSettings) { self.settings = settings }

    /// The cases that were asked for and that this program can measure.
    public var cases: [BenchmarkCase] { selected.filter { !$0.needsHeap || settings.heap != nil } }

    /// The names of the cases that were asked for and that only a program with the heap's books can measure.
    var left: [String] { selected.filter { $0.needsHeap && settings.heap == nil }.map(\.name) }

    private var selected: [BenchmarkCase] { BenchmarkCase.all.filter { settings.selects($0.name) } }

    /// Runs the cases that were asked for.
    ///
    /// - Parameter progress: is told what comes next.
    /// - Throws: what a case throws whose input is broken.
    public func run(progress: (String) -> Void) throws -> BenchmarkReport {
        var report = BenchmarkReport(
            machine: Machine.current(), seed: settings.seed, isQuick: settings.isQuick, measurements: [])
        for benchmark in cases {
            progress("\(benchmark.name): \(benchmark.summary)")
            for var measurement in try benchmark.measure(settings) {
                measurement.caseName = benchmark.name
                report.measurements.append(measurement)
            }
        }
        return report
    }
}
