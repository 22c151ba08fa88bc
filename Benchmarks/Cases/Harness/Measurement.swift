/// What a benchmark found out: one quantity under one set of conditions, several times over.
public struct Measurement: Equatable, Sendable {
    /// Which way is better.
    public enum Direction: String, Sendable {
        /// More is better.
        case higher
        /// Less is better.
        case lower
        /// Neither: it describes the workload.
        case none
    }

    /// What is counted or timed.
    public enum Unit: String, Sendable, CaseIterable {
        /// Operations a second.
        case perSecond = "1/s"
        /// Nanoseconds.
        case nanoseconds = "ns"
        /// Bytes.
        case bytes = "B"
        /// A ratio of two figures of the same run.
        case ratio = "x"
        /// A plain number.
        case count = "count"
    }

    /// The case, such as `place/mixed`.
    public var caseName = ""
    /// The conditions, such as `10000 nodes`.
    public var conditions: String
    /// What it is a figure of, such as `pods placed`.
    public var quantity: String
    /// Its unit.
    public var unit: Unit
    /// Which way is better.
    public var direction: Direction
    /// Repeated figures, by wall time where time is in them.
    public var values: [Double]
    /// The same by processor time; empty where time is not in them.
    public var cpuValues: [Double]
    /// What the figure has to reach; `nil` where it is only reported.
    public var target: Double?
    /// The series that it is a part of, which show how costs grow.
    public var growth: [GrowthPoint] = []

    init(
        _ quantity: String, _ conditions: String, unit: Unit, better direction: Direction, values: [Double],
        cpuValues: [Double] = [], target: Double? = nil
    ) {
        self.conditions = conditions
        self.quantity = quantity
        self.unit = unit
        self.direction = direction
        self.values = values
        self.cpuValues = cpuValues
        self.target = target
    }

    /// Operations a second.
    static func rate(_ quantity: String, _ conditions: String, _ samples: [Sample], target: Double? = nil)
        -> Measurement
    {
        Measurement(
            quantity, conditions, unit: .perSecond, better: .higher,
            values: samples.map { Double($0.operations) / $0.elapsed.wall },
            cpuValues: samples.map { Double($0.operations) / $0.elapsed.cpu }, target: target)
    }

    /// Nanoseconds an operation.
    static func cost(_ quantity: String, _ conditions: String, _ samples: [Sample], target: Double? = nil)
        -> Measurement
    {
        Measurement(
            quantity, conditions, unit: .nanoseconds, better: .lower,
            values: samples.map { $0.elapsed.wall * 1e9 / Double($0.operations) },
            cpuValues: samples.map { $0.elapsed.cpu * 1e9 / Double($0.operations) }, target: target)
    }

    /// A single figure that no clock is in.
    static func figure(
        _ quantity: String, _ conditions: String, _ value: Double, unit: Unit, better direction: Direction,
        target: Double? = nil
    ) -> Measurement {
        Measurement(quantity, conditions, unit: unit, better: direction, values: [value], target: target)
    }

    /// What a figure is as a multiple of another one, sample by sample.
    static func ratio(
        _ quantity: String, _ conditions: String, of figure: Measurement, to other: Measurement,
        better direction: Direction, target: Double? = nil
    ) -> Measurement {
        Measurement(
            quantity, conditions, unit: .ratio, better: direction,
            values: zip(figure.values, other.values).map { $0 / $1 },
            cpuValues: zip(figure.cpuValues, other.cpuValues).map { $0 / $1 }, target: target)
    }

    /// The same figure as part of a series.
    func growing(_ axis: GrowthPoint.Axis, _ size: Int) -> Measurement {
        var measurement = self
        measurement.growth.append(GrowthPoint(axis: axis, size: size))
        return measurement
    }

    /// What tells measurements of one run apart, and finds the same one in another run.
    public var key: String { "\(caseName) | \(conditions) | \(quantity)" }

    /// The middle of the figures.
    public var median: Double { Self.median(values) }

    /// The middle of the figures by processor time; `nil` where time is not in them.
    public var cpuMedian: Double? { cpuValues.isEmpty ? nil : Self.median(cpuValues) }

    /// The best of the figures.
    public var best: Double { (direction == .lower ? values.min() : values.max()) ?? 0 }

    /// The median distance from the median, as a part of the median.
    public var spread: Double { Self.spread(values) }

    /// The median by processor time where it was taken.
    var steadyMedian: Double { cpuMedian ?? median }

    /// The spread by processor time where it was taken.
    var steadySpread: Double { cpuValues.isEmpty ? spread : Self.spread(cpuValues) }

    /// Whether the median reaches the target; `nil` without one.
    public var reachesTarget: Bool? {
        guard let target else { return nil }
        return direction == .lower ? median <= target : median >= target
    }

    private static func spread(_ values: [Double]) -> Double {
        let middle = median(values)
        if middle == 0 { return 0 }
        return median(values.map { abs($0 - middle) }) / abs(middle)
    }

    private static func median(_ values: [Double]) -> Double {
        if values.isEmpty { return 0 }
        let sorted = values.sorted()
        let middle = sorted.count / 2
        return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    }
}
