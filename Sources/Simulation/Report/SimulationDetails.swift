public import ClusterModel
public import SchedulingPolicy

/// What of a run is drawn and listed.
public struct SimulationDetails: Sendable, Equatable {
    /// A gang that is drawn with its runs.
    public struct Gang: Sendable, Equatable {
        /// Namespace and name.
        public var key: ObjectKey
        /// The queue.
        public var queue: String
        /// GPUs that all of its pods ask for.
        public var gpus: Int64
        /// When it was submitted, in milliseconds since the start.
        public var submitted: Int64
        /// When it was done or cancelled; `nil` if it was not.
        public var ended: Int64?
        /// The times in which it ran.
        public var runs: [JobOutcome.Run]
    }

    /// A job as it is listed.
    public struct Job: Sendable, Equatable {
        /// Namespace and name.
        public var key: ObjectKey
        /// The queue.
        public var queue: String
        /// Who submitted it.
        public var user: String
        /// The instance type.
        public var instanceType: String
        /// Pods.
        public var pods: Int
        /// GPUs that all of its pods ask for.
        public var gpus: Int64
        /// How far it got.
        public var state: JobOutcome.State
        /// When it was submitted, in milliseconds since the start.
        public var submitted: Int64
        /// When its minimum first ran.
        public var started: Int64?
        /// When it was done or cancelled.
        public var ended: Int64?
        /// How long it runs with all of its pods, in milliseconds.
        public var runTime: Int64
        /// How long it waited for its first start, in milliseconds; so far, if it has not started.
        public var wait: Int64
        /// Time in the system over run time.
        public var slowdown: Double?
        /// How often it lost its place by the scheduler's decision.
        public var evictions: Int
        /// How often it lost its place otherwise.
        public var failures: Int
        /// Milliseconds of work that it had to do again.
        public var lostWork: Int64
        /// GPU-milliseconds that its pods held GPUs.
        public var gpuTime: Int64
        /// When it was expected to start as of its first cycle.
        public var expectedStart: Int64?
        /// Why it waited last.
        public var lastReason: PendingReason?
        /// Where its pods were placed last, by their names.
        public var nodes: [String: String]
    }

    /// A pod of the snapshot, of a gang that had begun, that was started since.
    public struct Resident: Sendable, Equatable {
        /// Namespace and name.
        public var key: ObjectKey
        /// When it first ran, in milliseconds since the start.
        public var started: Int64
        /// Where it was started last.
        public var node: String
    }

    /// The cluster over time.
    public var series: SimulationSeries
    /// How long the run took, in milliseconds.
    public var duration: Int64
    /// Waits of the jobs that started, from the shortest to the longest, in milliseconds: all of them, or so many evenly spaced ranks.
    public var waits: [Int64]
    /// Which GPUs were in use at some times.
    public var pictures: [OccupancyPicture]
    /// The largest gangs by GPUs, then by submission.
    public var gangs: [Gang]
    /// All submitted jobs in the order of the plan; `nil` where they were not kept.
    public var jobs: [Job]?
    /// Pods of the snapshot that are no job's, and were started, by name; `nil` where jobs were not kept.
    public var residents: [Resident]?

    /// How many gangs are drawn.
    static let mostGangs = 36
    /// How many waits draw a distribution.
    static let mostWaits = 401
}

extension SimulationDetails {
    /// Takes from a run what is drawn, and, if asked to, its jobs.
    public init(_ plan: SimulationPlan, _ outcome: SimulationOutcome, jobs keepsJobs: Bool) {
        series = outcome.series
        duration = outcome.duration
        pictures = outcome.pictures
        let gpus = plan.shapes.map { $0.total(.nvidiaGPU) }
        let pods = plan.shapes.map(\.podCount)
        var waits: [Int64] = []
        var jobs: [Job] = []
        var candidates: [(gpus: Int64, index: Int)] = []
        for (index, (job, result)) in zip(plan.jobs, outcome.jobs).enumerated()
        where result.state != .notSubmitted {
            let figures = JobFigures(job, gpus: gpus[job.shape], result, end: outcome.duration)
            if result.started != nil { waits.append(figures.wait) }
            // One GPU makes no gang, however few there are.
            if figures.gpus > 1 { candidates.append((figures.gpus, index)) }
            guard keepsJobs else { continue }
            jobs.append(
                Job(
                    key: job.key, queue: job.queue, user: job.user,
                    instanceType: plan.shapes[job.shape].instanceType,
                    pods: pods[job.shape], gpus: figures.gpus, state: result.state, submitted: job.submitted,
                    started: result.started, ended: result.ended, runTime: job.runTime, wait: figures.wait,
                    slowdown: figures.slowdown, evictions: result.evictions, failures: result.failures,
                    lostWork: result.lostWork, gpuTime: result.gpuTime, expectedStart: result.expectedStart,
                    lastReason: result.lastReason, nodes: result.nodes))
        }
        self.waits = OrderStatistics(waits).quantiles(Self.mostWaits)
        self.jobs = keepsJobs ? jobs : nil
        residents =
            keepsJobs
            ? outcome.residentStarts.sorted { $0.key < $1.key }.map {
                Resident(key: $0.key, started: $0.value.time, node: $0.value.node)
            } : nil
        candidates.sort { ($1.gpus, $0.index) < ($0.gpus, $1.index) }
        gangs = candidates.prefix(Self.mostGangs).map { candidate in
            let (job, result) = (plan.jobs[candidate.index], outcome.jobs[candidate.index])
            return Gang(
                key: job.key, queue: job.queue, gpus: candidate.gpus, submitted: job.submitted,
                ended: result.ended,
                runs: result.runs)
        }
    }
}
