import ClusterModel
public import SchedulingPolicy

/// What a run comes to: a small value, whatever the size of the run.
public struct SimulationSummary: Sendable, Equatable {
    /// Job-hours that were waited for one reason.
    public struct ReasonedWait: Sendable, Equatable {
        /// The reason.
        public var reason: PendingReason
        /// Hours, added up over jobs.
        public var jobHours: Double
    }

    /// How long the run took in virtual time, in seconds.
    public var duration: Double
    /// Nodes of the cluster at the start.
    public var nodes: Int
    /// GPUs on nodes that take pods, on average over the run.
    public var gpus: Double
    /// The same when there were most.
    public var mostGPUs: Double
    /// The figures; what cannot be said of the run is absent.
    public var metrics: [SimulationMetric: Double]
    /// What jobs waited for, most first.
    public var waitByReason: [ReasonedWait]
    /// The jobs by each property, in the order of the properties.
    public var breakdowns: [SimulationBreakdown]

    /// One of the figures.
    public subscript(_ metric: SimulationMetric) -> Double? { metrics[metric] }

    /// The jobs by one property.
    public func breakdown(_ dimension: SimulationBreakdown.Dimension) -> SimulationBreakdown? {
        breakdowns.first { $0.dimension == dimension }
    }
}

extension SimulationSummary {
    /// Adds up a run.
    ///
    /// - Precondition: The outcome is of that plan: it has one job for each of the plan's.
    /// - Complexity: O(*j* log *j* + *p* *q*) for *j* jobs, *p* points of the series and *q* queues.
    public init(_ plan: SimulationPlan, _ outcome: SimulationOutcome) {
        precondition(plan.jobs.count == outcome.jobs.count, "an outcome has one job for each of the plan's")
        let time = SeriesFigures(outcome.series, duration: outcome.duration)
        var jobs = JobTotals()
        var groups = BreakdownBuilder(plan, time: time)
        for (job, result) in zip(plan.jobs, outcome.jobs) where result.state != .notSubmitted {
            let figures = JobFigures(
                job, gpus: groups.gpus(ofShape: job.shape), result, end: outcome.duration)
            jobs.add(job, figures, result)
            groups.add(job, figures, result)
        }
        var metrics = jobs.metrics
        metrics.merge(time.metrics) { $1 }
        Self.addTotals(of: plan, outcome, time, to: &metrics)
        duration = Double(outcome.duration) / 1_000
        nodes = plan.cluster.nodes.count
        gpus = time.capacity
        mostGPUs = outcome.series.points.map(\.gpuCapacity).max() ?? 0
        self.metrics = metrics
        waitByReason =
            PendingReason.allCases.compactMap { reason in
                outcome.waitByReason[reason].map {
                    ReasonedWait(reason: reason, jobHours: Double($0) / 3_600_000)
                }
            }
            .filter { $0.jobHours > 0 }
            .sorted { ($1.jobHours, $0.reason.rawValue) < ($0.jobHours, $1.reason.rawValue) }
        breakdowns = groups.breakdowns
    }

    private static func addTotals(
        of plan: SimulationPlan, _ outcome: SimulationOutcome, _ time: SeriesFigures,
        to metrics: inout [SimulationMetric: Double]
    ) {
        let useful = Double(outcome.usefulGPUTime) / 3_600_000
        metrics[.podEvictions] = Double(outcome.evictions)
        metrics[.lostWork] = Double(outcome.lostGPUTime) / 3_600_000
        metrics[.usefulGPUHours] = useful
        if time.capacityHours > 0 { metrics[.goodput] = useful / time.capacityHours * 100 }
        if !plan.pricePerHour.isEmpty {
            metrics[.cost] = outcome.cost
            if useful > 0 { metrics[.costPerUsefulGPUHour] = outcome.cost / useful }
        }
        metrics[.gpuJoining] = outcome.gpuJoining.map { $0 * 100 }
        metrics[.gangsTogether] = outcome.gangsTogether.map { $0 * 100 }
        metrics[.binds] = Double(outcome.binds)
        metrics[.cycles] = Double(outcome.cycles)
        metrics[.events] = Double(outcome.events)
    }
}
