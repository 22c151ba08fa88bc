/// How costs grow: each figure of a series as a multiple of the one at the smallest size.
///
/// A rate counts as the time that one operation takes, so that more is worse in every row.
struct GrowthTable {
    /// One series.
    struct Row: Equatable {
        let caseName: String
        let quantity: String
        let axis: GrowthPoint.Axis
        /// The smallest size, and the cost there in the unit given.
        let smallest: Int
        let cost: Double
        let unit: Measurement.Unit
        /// The larger sizes in order, each with its multiple of the cost at the smallest.
        var multiples: [Multiple]
    }

    /// A size and what the cost there is a multiple by.
    struct Multiple: Equatable {
        let size: Int
        let factor: Double
    }

    private(set) var rows: [Row] = []

    /// The series among the figures, in the order of their first figures; one figure alone is no series.
    init(_ measurements: [Measurement]) {
        struct Series: Hashable {
            let caseName: String
            let quantity: String
            let axis: GrowthPoint.Axis
        }
        var order: [Series] = []
        var found: [Series: [(size: Int, measurement: Measurement)]] = [:]
        for measurement in measurements {
            for point in measurement.growth {
                let series = Series(
                    caseName: measurement.caseName, quantity: measurement.quantity, axis: point.axis)
                if found[series] == nil { order.append(series) }
                found[series, default: []].append((point.size, measurement))
            }
        }
        for series in order {
            let points = (found[series] ?? []).sorted { $0.size < $1.size }
            guard points.count > 1, let first = points.first else { continue }
            let cost = Self.cost(first.measurement)
            rows.append(
                Row(
                    caseName: series.caseName, quantity: series.quantity, axis: series.axis,
                    smallest: first.size, cost: cost.value, unit: cost.unit,
                    multiples: points.dropFirst().map {
                        Multiple(size: $0.size, factor: Self.cost($0.measurement).value / cost.value)
                    }))
        }
    }

    private static func cost(_ measurement: Measurement) -> (value: Double, unit: Measurement.Unit) {
        let median = measurement.steadyMedian
        return measurement.unit == .perSecond ? (1e9 / median, .nanoseconds) : (median, measurement.unit)
    }

    /// The rows in aligned columns; empty without any.
    var text: String {
        if rows.isEmpty { return "" }
        let width = rows.map(\.multiples.count).max() ?? 0
        var table = FigureTable(
            [.left("CASE"), .left("COST"), .left("BY"), .right("SMALLEST"), .right("")]
                + (0..<width).map { .right($0 == 0 ? "× THAT AT THE SMALLEST" : "") })
        for row in rows {
            let cells = row.multiples.map {
                "\($0.size): " + FigureText.text($0.factor, unit: .ratio)
            }
            table.add(
                [
                    row.caseName, row.quantity, row.axis.rawValue, "\(row.smallest):",
                    FigureText.text(row.cost, unit: row.unit),
                ] + cells + [String](repeating: "", count: width - cells.count))
        }
        return table.text
    }
}
