public import ClusterModel
public import SchedulingPolicy

/// What came of a run: what happened to each job, and how the cluster did over time.
public struct SimulationOutcome: Sendable, Equatable {
    /// Jobs in the order of the plan: one for each.
    public var jobs: [JobOutcome] = []
    /// The pods of the snapshot that have started since, by name: those that waited, or had to leave and were made again.
    public var residentStarts: [ObjectKey: ResidentStart] = [:]
    /// The cluster over time.
    public var series = SimulationSeries()
    /// Which GPUs were in use at the times that the plan asks for.
    public var pictures: [OccupancyPicture] = []
    /// How long gangs waited in all, in milliseconds, by the reason that was given for it at the time.
    public var waitByReason: [PendingReason: Int64] = [:]
    /// How long the run took in virtual time, in milliseconds.
    public var duration: Int64 = 0
    /// Things that happened: pods that were created, bound, started, ended, evicted, or left for another reason; planned events.
    public var events = 0
    /// Scheduling cycles.
    public var cycles = 0
    /// Pods that were bound.
    public var binds = 0
    /// Pods that were evicted by decision of the scheduler.
    public var evictions = 0
    /// GPU-milliseconds that work ran which was lost again: by evictions, failures, drains.
    public var lostGPUTime: Int64 = 0
    /// GPU-milliseconds of work that counts: done and not lost.
    public var usefulGPUTime: Int64 = 0
    /// How well GPUs that worked on one job on one node were joined, of what they could be at most, from 0 to 1; `nil` where nobody
    /// knows.
    public var gpuJoining: Double?
    /// The starts of jobs of several pods in one domain of the network's narrowest tier, of all such starts; `nil` where nobody has
    /// said what is near.
    public var gangsTogether: Double?
    /// What the nodes cost in all, at the plan's prices.
    public var cost: Double = 0

    /// An outcome in which nothing has happened.
    public init() {}
}

/// When and where a pod started that the snapshot had.
public struct ResidentStart: Sendable, Equatable {
    /// When it first ran, in milliseconds since the start of the simulation.
    public var time: Int64
    /// Where it was last started.
    public var node: String

    /// A start at a time, on a node.
    public init(time: Int64, node: String) {
        self.time = time
        self.node = node
    }
}

/// What happened to a job.
public struct JobOutcome: Sendable, Equatable {
    /// How far a job has got.
    public enum State: String, Sendable, CaseIterable {
        /// It would have been submitted after the end of the run.
        case notSubmitted
        /// It waits, or has lost its place and waits again.
        case waiting
        /// It runs.
        case running
        /// It is done.
        case succeeded
        /// It was cancelled.
        case cancelled
    }

    /// A time in which a job ran, and where.
    public struct Run: Sendable, Equatable {
        /// When its minimum ran, in milliseconds since the start of the simulation.
        public var start: Int64
        /// When it stopped; for a job that still runs, the end of the simulation.
        public var end: Int64
        /// The pods that ran at the beginning.
        public var pods: Int

        /// A time in which so many pods ran.
        public init(start: Int64, end: Int64, pods: Int) {
            self.start = start
            self.end = end
            self.pods = pods
        }
    }

    /// How far it got.
    public var state = State.notSubmitted
    /// When its minimum first ran, in milliseconds since the start; `nil` if it never did.
    public var started: Int64?
    /// When it was done or cancelled; `nil` if it was not.
    public var ended: Int64?
    /// The times in which it ran.
    public var runs: [Run] = []
    /// How often it lost its place by the scheduler's decision.
    public var evictions = 0
    /// How often it lost its place otherwise: failed and drained nodes.
    public var failures = 0
    /// Milliseconds of work that it had to do again.
    public var lostWork: Int64 = 0
    /// GPU-milliseconds that its pods held GPUs.
    public var gpuTime: Int64 = 0
    /// When the scheduler expected it to start, as of its first cycle, in milliseconds since the start: the time of that cycle if it
    /// was bound there; `nil` where nobody could say.
    public var expectedStart: Int64?
    /// Why it waited last; `nil` if it never did.
    public var lastReason: PendingReason?
    /// Where its pods were placed last, by their names; empty unless the plan asks for it.
    public var nodes: [String: String] = [:]

    /// A job that has not been submitted.
    public init() {}
}

/// Which GPUs of which nodes are in use at one time.
public struct OccupancyPicture: Sendable, Equatable {
    /// A node with GPUs.
    public struct Node: Sendable, Equatable {
        /// Its name.
        public var name: String
        /// Its model, if its labels say; otherwise empty.
        public var model: String
        /// Its GPUs.
        public var gpus: Int64
        /// Those that pods hold.
        public var used: Int64
        /// Whether it takes pods.
        public var isUp: Bool

        /// A node that takes pods.
        public init(name: String, model: String = "", gpus: Int64, used: Int64, isUp: Bool = true) {
            self.name = name
            self.model = model
            self.gpus = gpus
            self.used = used
            self.isUp = isUp
        }
    }

    /// When, in milliseconds since the start.
    public var time: Int64
    /// Nodes with GPUs, by name.
    public var nodes: [Node]

    /// A picture taken so many milliseconds after the start.
    public init(time: Int64, nodes: [Node]) {
        self.time = time
        self.nodes = nodes
    }
}
