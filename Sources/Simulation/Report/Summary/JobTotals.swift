/// The figures of a run that come from its jobs one by one.
struct JobTotals {
    private var (submitted, started, done, running, waiting, cancelled) = (0, 0, 0, 0, 0, 0)
    private var (evictions, failures) = (0, 0)
    private var gpuTime: Double = 0
    private var waits: [Int64] = []
    /// Thousandths, so that they can be put in order exactly.
    private var slowdowns: [Int64] = []
    private var slowdownSum: Double = 0
    private var firstSubmission: Int64?
    private var lastEnd: Int64 = 0
    private var (toldStarts, expectedStarts) = (0, 0)
    private var startErrorSum: Double = 0

    mutating func add(_ job: SimulatedJob, _ figures: JobFigures, _ outcome: JobOutcome) {
        submitted += 1
        switch outcome.state {
        case .succeeded: done += 1
        case .running: running += 1
        case .waiting: waiting += 1
        case .cancelled: cancelled += 1
        case .notSubmitted: preconditionFailure("only submitted jobs are added up")
        }
        if outcome.started != nil { started += 1 }
        evictions += outcome.evictions
        failures += outcome.failures
        gpuTime += Double(outcome.gpuTime)
        waits.append(figures.wait)
        if let slowdown = figures.slowdown {
            slowdowns.append(Int64(min(slowdown * 1_000, 9e15).rounded()))
            slowdownSum += slowdown
        }
        firstSubmission = min(firstSubmission ?? job.submitted, job.submitted)
        lastEnd = max(lastEnd, outcome.ended ?? 0)
        // Who starts at once has been told nothing that could be wrong.
        if figures.wait >= JobFigures.slowdownFloor, let error = figures.startError,
            let isExpected = figures.beganAsExpected(job, outcome)
        {
            toldStarts += 1
            startErrorSum += Double(error.magnitude)
            if isExpected { expectedStarts += 1 }
        }
    }

    var metrics: [SimulationMetric: Double] {
        var metrics: [SimulationMetric: Double] = [
            .jobsSubmitted: Double(submitted), .jobsStarted: Double(started), .jobsDone: Double(done),
            .jobsRunning: Double(running), .jobsWaiting: Double(waiting), .jobsCancelled: Double(cancelled),
            .jobEvictions: Double(evictions), .jobFailures: Double(failures), .gpuHours: gpuTime / 3_600_000,
        ]
        if let firstSubmission, running == 0, waiting == 0 {
            metrics[.makespan] = Double(lastEnd - firstSubmission) / 1_000
        }
        let waits = OrderStatistics(waits)
        metrics[.waitMean] = waits.mean.map { $0 / 1_000 }
        for (metric, percent) in [(SimulationMetric.waitP50, 50), (.waitP90, 90), (.waitP99, 99), (.waitMax, 100)] {
            metrics[metric] = waits.percentile(percent).map { Double($0) / 1_000 }
        }
        if !slowdowns.isEmpty { metrics[.slowdownMean] = slowdownSum / Double(slowdowns.count) }
        let slowdowns = OrderStatistics(slowdowns)
        metrics[.slowdownP50] = slowdowns.percentile(50).map { Double($0) / 1_000 }
        metrics[.slowdownP99] = slowdowns.percentile(99).map { Double($0) / 1_000 }
        if toldStarts > 0 {
            metrics[.startErrorMean] = startErrorSum / Double(toldStarts) / 1_000
            metrics[.startsAsExpected] = Double(expectedStarts) / Double(toldStarts) * 100
        }
        return metrics
    }
}
