import ClusterModel
import SchedulingPolicy
import SyntheticClusters
import Testing

@testable import Simulation

@Suite("A run comes to figures that can be checked by hand") struct SimulationSummaryTests {
    /// Jobs of one pod with so many GPUs, one an entry: when it came, and how long it runs, in seconds.
    private static func plan(_ jobs: [(submitted: Int64, runTime: Int64, gpus: Int64)]) -> SimulationPlan {
        var plan = SimulationPlan()
        for (index, job) in jobs.enumerated() {
            let pod = Pod(key: ObjectKey(namespace: "", name: ""), requests: [.nvidiaGPU: job.gpus])
            plan.shapes.append(JobShape(podGroup: nil, pods: [JobShape.PodSet(pod: pod, count: 1)]))
            plan.jobs.append(
                SimulatedJob(
                    key: ObjectKey(namespace: "ns", name: "job-\(index)"), shape: index,
                    submitted: job.submitted * 1_000, runTime: job.runTime * 1_000))
        }
        return plan
    }

    private static func outcome(_ jobs: [(started: Int64?, ended: Int64?)], end: Int64) -> SimulationOutcome {
        var outcome = SimulationOutcome()
        outcome.duration = end * 1_000
        outcome.jobs = jobs.map { started, ended in
            var job = JobOutcome()
            job.state = ended != nil ? .succeeded : started != nil ? .running : .waiting
            job.started = started.map { $0 * 1_000 }
            job.ended = ended.map { $0 * 1_000 }
            return job
        }
        return outcome
    }

    @Test("waits, slowdowns and makespan of three jobs") func threeJobs() {
        let plan = Self.plan([(10, 100, 1), (20, 4, 1), (30, 50, 1)])
        let outcome = Self.outcome([(10, 110), (60, 64), (110, 160)], end: 200)
        let summary = SimulationSummary(plan, outcome)
        #expect(summary[.waitMean] == 40)
        #expect(summary[.waitP50] == 40)
        #expect(summary[.waitMax] == 80)
        // 100 s of 100 s; 44 s of 10 s, which is the floor; 130 s of 50 s.
        #expect(summary[.slowdownMean] == (1 + 4.4 + 2.6) / 3)
        #expect(summary[.slowdownP50] == 2.6)
        #expect(summary[.makespan] == 150)
        #expect(summary[.jobsDone] == 3)
        #expect(summary[.goodput] == nil)
        #expect(summary[.cost] == nil)
    }

    @Test("a job that never starts counts with what it has waited, and leaves no makespan") func unfinished() {
        let plan = Self.plan([(0, 100, 1), (50, 100, 8), (900, 5, 1)])
        var outcome = Self.outcome([(0, nil), (nil, nil), (nil, nil)], end: 80)
        outcome.jobs[2].state = .notSubmitted
        let summary = SimulationSummary(plan, outcome)
        #expect(summary[.jobsSubmitted] == 2)
        #expect(summary[.jobsRunning] == 1)
        #expect(summary[.jobsWaiting] == 1)
        #expect(summary[.waitMax] == 30)
        #expect(summary[.slowdownP99] == 1.3)
        #expect(summary[.makespan] == nil)
        let size = summary.breakdown(.gangSize)?.rows.first { $0.name == "2–8 GPUs" }
        #expect(size?[.backlogJobs] == 1)
        #expect(size?[.backlogGPUs] == 8)
    }

    @Test("allocation, fragments and goodput are of the GPU time that there was") func overTime() {
        var outcome = Self.outcome([], end: 5_400)
        outcome.usefulGPUTime = 6 * 3_600_000
        outcome.series.span = 3_600_000
        var point = SimulationSeries.Point()
        (point.gpuCapacity, point.gpuAllocated, point.gpuFragmented, point.waitingGPUs) = (8, 8, 0, 4)
        outcome.series.points.append(point)
        // Half as long, with half of the GPUs gone.
        (point.gpuCapacity, point.gpuAllocated, point.gpuFragmented, point.waitingGPUs) = (4, 1, 2, 0)
        outcome.series.points.append(point)
        let summary = SimulationSummary(SimulationPlan(), outcome)
        #expect(summary[.gpuAllocation] == 85)
        #expect(summary[.gpuAllocationUnderDemand] == 100)
        #expect(summary[.gpuFragmentation] == 10)
        #expect(summary[.goodput] == 60)
        #expect(summary.gpus == 10 / 1.5)
        #expect(summary.mostGPUs == 8)
    }

    @Test("fairness looks at what queues are due, and at nothing that they borrow") func fairness() {
        func index(_ queues: [(held: Double, waiting: Double, deserved: Double)]) -> Double? {
            var outcome = Self.outcome([], end: 60)
            outcome.series.span = 60_000
            outcome.series.queues = queues.indices.map { "queue-\($0)" }
            var point = SimulationSeries.Point()
            point.queueAllocated = queues.map(\.held)
            point.queueWaiting = queues.map(\.waiting)
            point.queueDeserved = queues.map(\.deserved)
            outcome.series.points = [point]
            return SimulationSummary(SimulationPlan(), outcome)[.fairness]
        }
        // Each has what it is due, or all that it wants.
        #expect(index([(8, 0, 4), (2, 0, 4)]) == 1)
        // One has all, the other waits for all.
        #expect(index([(8, 0, 4), (0, 8, 4)]) == 0.5)
        // Both have half of what they are due.
        #expect(index([(2, 8, 4), (2, 8, 4)]) == 1)
        // Satisfied to 1 and to 1/2: (3/2)² / (2 · 5/4).
        #expect(index([(4, 0, 4), (2, 8, 4)]) == 0.9)
        // Who wants nothing is not asked, and who is due nothing neither.
        #expect(index([(4, 0, 4), (0, 0, 4)]) == nil)
        #expect(index([(4, 0, 0), (0, 9, 0)]) == nil)
    }

    @Test("expected starts are held to the jobs that waited") func expectedStarts() {
        let plan = Self.plan([(0, 10, 1), (0, 10, 1), (0, 10, 1)])
        var outcome = Self.outcome([(1, 11), (200, 210), (900, 910)], end: 1_000)
        outcome.jobs[0].expectedStart = 0
        outcome.jobs[1].expectedStart = 215_000
        outcome.jobs[2].expectedStart = 800_000
        let summary = SimulationSummary(plan, outcome)
        #expect(summary[.startErrorMean] == 57.5)
        #expect(summary[.startsAsExpected] == 50)
    }

    @Test("piles of each property add up to the whole", arguments: 1...8 as ClosedRange<UInt64>)
    func breakdowns(seed: UInt64) {
        let run = MadeUpRuns(seed: seed).run()
        let summary = run.summary
        for dimension in [SimulationBreakdown.Dimension.queue, .instanceType, .user, .gangSize] {
            let rows = summary.breakdown(dimension)?.rows ?? []
            let what = "\(dimension) of seed \(seed)"
            #expect(rows.reduce(0) { $0 + ($1[.jobs] ?? 0) } == summary[.jobsSubmitted], "\(what)")
            #expect(rows.reduce(0) { $0 + ($1[.jobsDone] ?? 0) } == summary[.jobsDone], "\(what)")
            #expect(rows.reduce(0) { $0 + ($1[.backlogJobs] ?? 0) } == summary[.jobsWaiting], "\(what)")
            let hours = rows.reduce(0) { $0 + ($1[.gpuHours] ?? 0) }
            #expect(abs(hours - (summary[.gpuHours] ?? 0)) < 1e-6, "\(what)")
            let waited = rows.reduce(0) { $0 + ($1[.waitMean] ?? 0) * ($1[.jobs] ?? 0) }
            #expect(abs(waited - (summary[.waitMean] ?? 0) * (summary[.jobsSubmitted] ?? 0)) < 1e-3, "\(what)")
        }
        let models = summary.breakdown(.gpuModel)?.rows ?? []
        #expect(models.map(\.name) == ["not named", "A100", "H100"])
    }

    @Test("every figure of a full run is finite, and within its bounds", arguments: 1...8 as ClosedRange<UInt64>)
    func bounds(seed: UInt64) {
        let summary = MadeUpRuns(seed: seed).run().summary
        for (metric, value) in summary.metrics {
            #expect(value.isFinite && value >= 0, "\(metric) of seed \(seed): \(value)")
            if metric.unit == .percent { #expect(value <= 100.000_001, "\(metric) of seed \(seed): \(value)") }
            if metric.unit == .index { #expect(value <= 1.000_001, "\(metric) of seed \(seed): \(value)") }
        }
        let (p50, p90, p99) = (summary[.waitP50] ?? 0, summary[.waitP90] ?? 0, summary[.waitP99] ?? 0)
        #expect(p50 <= p90 && p90 <= p99 && p99 <= summary[.waitMax] ?? 0, "seed \(seed)")
    }
}
