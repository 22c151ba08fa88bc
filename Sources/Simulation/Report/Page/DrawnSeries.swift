/// A series in few enough points to draw, times in seconds.
struct DrawnSeries {
    /// When each point ends; the first begins at 0.
    let ends: [Double]
    /// The points: means over their time.
    let points: [SimulationSeries.Point]
    let queues: [String]

    /// More points than this no screen shows.
    static let mostPoints = 160

    var isEmpty: Bool { points.isEmpty }

    init(_ details: SimulationDetails) {
        let series = details.series
        queues = series.queues
        let group = max(1, (series.points.count + Self.mostPoints - 1) / Self.mostPoints)
        let hours = SeriesFigures.hours(of: series, duration: details.duration)
        var (ends, points): ([Double], [SimulationSeries.Point]) = ([], [])
        for begin in stride(from: 0, to: series.points.count, by: group) {
            let range = begin..<min(begin + group, series.points.count)
            ends.append(Double(min(Int64(range.upperBound) * series.span, details.duration)) / 1_000)
            points.append(Self.mean(series.points[range], hours[range]))
        }
        self.ends = ends
        self.points = points
    }

    /// The mean of points, each as heavy as it is long.
    private static func mean(
        _ points: ArraySlice<SimulationSeries.Point>, _ hours: ArraySlice<Double>
    ) -> SimulationSeries.Point {
        let total = hours.reduce(0, +)
        guard points.count > 1, total > 0, var mean = points.first else {
            return points.first ?? SimulationSeries.Point()
        }
        for (_, path) in SimulationSeries.columns {
            mean[keyPath: path] = zip(points, hours).reduce(0.0) { $0 + $1.0[keyPath: path] * $1.1 } / total
        }
        for (_, path) in SimulationSeries.columnsByQueue {
            mean[keyPath: path] = mean[keyPath: path].indices.map { index in
                zip(points, hours).reduce(0.0) { $0 + $1.0[keyPath: path][index] * $1.1 } / total
            }
        }
        return mean
    }

    /// A value of each point.
    func values(_ value: (SimulationSeries.Point) -> Double) -> [Double] { points.map(value) }
}
