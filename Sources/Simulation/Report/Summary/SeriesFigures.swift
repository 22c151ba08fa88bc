/// The figures of a run that come from the cluster over time.
struct SeriesFigures {
    /// What a queue held and was due.
    struct QueueFigures {
        /// GPUs that its pods held, on average over the run.
        var allocated: Double = 0
        /// GPUs that it was entitled to, on average over the run.
        var deserved: Double = 0
        /// How much of what it was due it held, on average over the time in which it was due anything; 0 to 1.
        var satisfaction: Double?
    }

    /// GPUs on nodes that take pods, on average over the run.
    private(set) var capacity: Double = 0
    /// Those GPUs, times the hours of the run.
    private(set) var capacityHours: Double = 0
    /// Shares of the queues, in the order of the series.
    private(set) var queues: [QueueFigures] = []
    /// The names of the queues.
    let queueNames: [String]
    /// For each GPU model, by name: GPU-hours held, and GPU-hours there were.
    private(set) var models: [(name: String, heldHours: Double, capacityHours: Double)] = []
    /// The run's figures.
    private(set) var metrics: [SimulationMetric: Double] = [:]

    /// Adds up a series.
    init(_ series: SimulationSeries, duration: Int64) {
        queueNames = series.queues
        let hours = Self.hours(of: series, duration: duration)
        let total = hours.reduce(0, +)
        guard total > 0 else { return }
        var (held, fragmented) = (0.0, 0.0)
        var (heldUnderDemand, capacityUnderDemand) = (0.0, 0.0)
        for (point, hours) in zip(series.points, hours) {
            capacityHours += point.gpuCapacity * hours
            held += point.gpuAllocated * hours
            fragmented += point.gpuFragmented * hours
            // A job whose places are being bound waits as well; a span counts once a whole GPU was wanted on average.
            if point.waitingGPUs >= 1 {
                heldUnderDemand += point.gpuAllocated * hours
                capacityUnderDemand += point.gpuCapacity * hours
            }
        }
        capacity = capacityHours / total
        if capacityHours > 0 {
            metrics[.gpuAllocation] = held / capacityHours * 100
            metrics[.gpuFragmentation] = fragmented / capacityHours * 100
        }
        if capacityUnderDemand > 0 {
            metrics[.gpuAllocationUnderDemand] = heldUnderDemand / capacityUnderDemand * 100
        }
        addQueues(series, hours: hours, total: total)
        addModels(series, hours: hours)
    }

    /// How long each point of a series stands for: the last may be cut by the end of the run.
    static func hours(of series: SimulationSeries, duration: Int64) -> [Double] {
        series.points.indices.map { index in
            let begin = Int64(index) * series.span
            return Double(max(0, min(series.span, duration - begin))) / 3_600_000
        }
    }

    /// What a queue holds of what it is due at a point, from 0 to 1; `nil` where it is due nothing.
    ///
    /// Due is what it deserves, as far as it has jobs for it. What it holds beyond that takes nothing away from it and counts for
    /// nothing: GPUs that nobody else wants are there to be borrowed.
    static func satisfaction(ofQueue queue: Int, at point: SimulationSeries.Point) -> Double? {
        let wanted = point.queueAllocated[queue] + point.queueWaiting[queue]
        let due = min(point.queueDeserved[queue], wanted)
        return due > 0 ? min(1, point.queueAllocated[queue] / due) : nil
    }

    private mutating func addQueues(_ series: SimulationSeries, hours: [Double], total: Double) {
        queues = Array(repeating: QueueFigures(), count: series.queues.count)
        var satisfactionHours = [Double](repeating: 0, count: series.queues.count)
        var dueHours = [Double](repeating: 0, count: series.queues.count)
        var (fairness, fairnessHours) = (0.0, 0.0)
        for (point, hours) in zip(series.points, hours) {
            var (sum, squares, count) = (0.0, 0.0, 0.0)
            for queue in queues.indices {
                queues[queue].allocated += point.queueAllocated[queue] * hours / total
                queues[queue].deserved += point.queueDeserved[queue] * hours / total
                guard let satisfaction = Self.satisfaction(ofQueue: queue, at: point) else { continue }
                satisfactionHours[queue] += satisfaction * hours
                dueHours[queue] += hours
                sum += satisfaction
                squares += satisfaction * satisfaction
                count += 1
            }
            // Fairness is between queues: one alone, or none that holds anything, says nothing of it.
            if count > 1, squares > 0 {
                fairness += sum * sum / (count * squares) * hours
                fairnessHours += hours
            }
        }
        for queue in queues.indices where dueHours[queue] > 0 {
            queues[queue].satisfaction = satisfactionHours[queue] / dueHours[queue]
        }
        if fairnessHours > 0 { metrics[.fairness] = fairness / fairnessHours }
    }

    private mutating func addModels(_ series: SimulationSeries, hours: [Double]) {
        for (index, name) in series.models.enumerated() {
            var (held, capacity) = (0.0, 0.0)
            for (point, hours) in zip(series.points, hours) {
                held += point.modelAllocated[index] * hours
                capacity += point.modelCapacity[index] * hours
            }
            models.append((name, held, capacity))
        }
    }
}
