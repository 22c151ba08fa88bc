/// What a run of benchmarks found out, and on what machine.
public struct BenchmarkReport: Equatable, Sendable {
    /// What it ran on.
    public var machine: Machine
    /// The seed of the synthetic clusters.
    public var seed: UInt64
    /// Whether sizes were small: such figures say nothing about speed.
    public var isQuick: Bool
    /// The figures, in the order of the cases.
    public var measurements: [Measurement]

    /// The figures in aligned columns, and how costs grow.
    public var table: String {
        var columns = FigureTable([
            .left("CASE"), .left("CONDITIONS"), .left("QUANTITY"), .right("MEDIAN"), .right("BEST"),
            .right("SPREAD"), .right("BY CPU TIME"), .right("TARGET"), .left(""),
        ])
        for measurement in measurements {
            let isRepeated = measurement.values.count > 1
            columns.add([
                measurement.caseName, measurement.conditions, measurement.quantity,
                FigureText.text(measurement.median, unit: measurement.unit),
                isRepeated ? FigureText.text(measurement.best, unit: measurement.unit) : "",
                isRepeated ? FigureText.percent(measurement.spread) : "",
                measurement.cpuMedian.map { FigureText.text($0, unit: measurement.unit) } ?? "",
                measurement.target.map { FigureText.text($0, unit: measurement.unit) } ?? "",
                measurement.reachesTarget.map { $0 ? "ok" : "MISSED" } ?? "",
            ])
        }
        var text =
            "\(machine.line)\nseed \(seed)\(isQuick ? ", quick: sizes too small to say how fast" : "")\n\n"
        text += columns.text
        let growth = GrowthTable(measurements).text
        return growth.isEmpty ? text : text + "\n" + growth
    }
}
