/// Adds up what the cluster looks like over time, into at most `mostPoints` equal spans.
///
/// Within a span all sums are whole numbers times milliseconds, so that no order of additions matters. When a run turns out longer
/// than its spans reach, neighbouring spans become one.
struct SeriesKeeper {
    /// What is added up: the values as they are now.
    struct Gauges {
        // GPUs in thousandths.
        var gpuCapacity: Int64 = 0
        var gpuAllocated: Int64 = 0
        var milliCPUCapacity: Int64 = 0
        var milliCPUAllocated: Int64 = 0
        var runningJobs: Int64 = 0
        var waitingJobs: Int64 = 0
        var waitingGPUs: Int64 = 0
        var queueAllocated: [Int64]
        var queueDeserved: [Int64]
        var queueWaiting: [Int64]
        var modelAllocated: [Int64]
        var modelCapacity: [Int64]

        init(queues: Int, models: Int) {
            queueAllocated = Array(repeating: 0, count: queues)
            queueDeserved = queueAllocated
            queueWaiting = queueAllocated
            modelAllocated = Array(repeating: 0, count: models)
            modelCapacity = modelAllocated
        }

        /// Adds so many times what another one holds.
        mutating func add(_ other: Gauges, times: Int64) {
            gpuCapacity += other.gpuCapacity * times
            gpuAllocated += other.gpuAllocated * times
            milliCPUCapacity += other.milliCPUCapacity * times
            milliCPUAllocated += other.milliCPUAllocated * times
            runningJobs += other.runningJobs * times
            waitingJobs += other.waitingJobs * times
            waitingGPUs += other.waitingGPUs * times
            for queue in queueAllocated.indices {
                queueAllocated[queue] += other.queueAllocated[queue] * times
                queueDeserved[queue] += other.queueDeserved[queue] * times
                queueWaiting[queue] += other.queueWaiting[queue] * times
            }
            for model in modelAllocated.indices {
                modelAllocated[model] += other.modelAllocated[model] * times
                modelCapacity[model] += other.modelCapacity[model] * times
            }
        }
    }

    /// The most points that are kept: an even number.
    static let mostPoints = 240

    /// The values as they are now.
    var gauges: Gauges
    private var sums: Gauges
    private let zero: Gauges
    private var series = SimulationSeries()
    /// Where the current span began.
    private var spanStart: Int64 = 0
    /// Up to when the gauges have been added up.
    private var time: Int64 = 0

    /// - Parameter duration: The length of the run in milliseconds, if it is known.
    init(queues: [String], models: [String], duration: Int64?) {
        zero = Gauges(queues: queues.count, models: models.count)
        gauges = zero
        sums = zero
        series.queues = queues
        series.models = models
        series.span =
            duration.map { max(1, ($0 + Int64(Self.mostPoints) - 1) / Int64(Self.mostPoints)) } ?? 1_000
    }

    /// Lets time pass with the gauges as they are.
    ///
    /// - Parameter fragments: Says how many idle GPUs the workload cannot use; asked once at the end of a stretch of spans.
    mutating func advance(to now: Int64, fragments: () -> Double) {
        var known: Double?
        while now >= spanStart + series.span {
            if series.points.count == Self.mostPoints {
                halve()
                continue
            }
            sums.add(gauges, times: spanStart + series.span - time)
            time = spanStart + series.span
            let value = known ?? fragments()
            known = value
            close(length: series.span, fragments: value)
            spanStart = time
        }
        if now > time {
            sums.add(gauges, times: now - time)
            time = now
        }
    }

    /// The points up to now. Call it once.
    mutating func finish(fragments: Double) -> SimulationSeries {
        if time > spanStart { close(length: time - spanStart, fragments: fragments) }
        return series
    }

    private mutating func close(length: Int64, fragments: Double) {
        series.points.append(Self.point(sums, length: length, fragments: fragments))
        sums = zero
    }

    private mutating func halve() {
        let points = series.points
        series.points = stride(from: 0, to: points.count, by: 2).map { Self.mean(points[$0], points[$0 + 1]) }
        series.span *= 2
    }

    private static func point(_ sums: Gauges, length: Int64, fragments: Double) -> SimulationSeries.Point {
        // Whole numbers up to here, so that thousandths of whole GPUs divide to the same figures.
        let milliLength = Double(length * 1_000)
        let length = Double(length)
        var point = SimulationSeries.Point()
        point.gpuCapacity = Double(sums.gpuCapacity) / milliLength
        point.gpuAllocated = Double(sums.gpuAllocated) / milliLength
        point.gpuFragmented = fragments
        point.cpuCapacity = Double(sums.milliCPUCapacity) / length / 1_000
        point.cpuAllocated = Double(sums.milliCPUAllocated) / length / 1_000
        point.runningJobs = Double(sums.runningJobs) / length
        point.waitingJobs = Double(sums.waitingJobs) / length
        point.waitingGPUs = Double(sums.waitingGPUs) / milliLength
        point.queueAllocated = sums.queueAllocated.map { Double($0) / milliLength }
        point.queueDeserved = sums.queueDeserved.map { Double($0) / length / 1_000 }
        point.queueWaiting = sums.queueWaiting.map { Double($0) / milliLength }
        point.modelAllocated = sums.modelAllocated.map { Double($0) / milliLength }
        point.modelCapacity = sums.modelCapacity.map { Double($0) / milliLength }
        return point
    }

    private static func mean(
        _ left: SimulationSeries.Point, _ right: SimulationSeries.Point
    ) -> SimulationSeries.Point {
        func mean(_ path: KeyPath<SimulationSeries.Point, Double>) -> Double {
            (left[keyPath: path] + right[keyPath: path]) / 2
        }
        func means(_ path: KeyPath<SimulationSeries.Point, [Double]>) -> [Double] {
            zip(left[keyPath: path], right[keyPath: path]).map { ($0 + $1) / 2 }
        }
        var point = SimulationSeries.Point()
        point.gpuCapacity = mean(\.gpuCapacity)
        point.gpuAllocated = mean(\.gpuAllocated)
        point.gpuFragmented = right.gpuFragmented
        point.cpuCapacity = mean(\.cpuCapacity)
        point.cpuAllocated = mean(\.cpuAllocated)
        point.runningJobs = mean(\.runningJobs)
        point.waitingJobs = mean(\.waitingJobs)
        point.waitingGPUs = mean(\.waitingGPUs)
        point.queueAllocated = means(\.queueAllocated)
        point.queueDeserved = means(\.queueDeserved)
        point.queueWaiting = means(\.queueWaiting)
        point.modelAllocated = means(\.modelAllocated)
        point.modelCapacity = means(\.modelCapacity)
        return point
    }
}
