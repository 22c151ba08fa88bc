public import ClusterModel
public import SchedulingLoop
public import SchedulingPolicy

/// Everything that one run of a simulation depends on: the same plan gives the same outcome, on every machine.
///
/// Scenario files, traces and generators are turned into a plan before the first event; the engine reads nothing else.
/// All times within a run are whole milliseconds since its start.
public struct SimulationPlan: Sendable {
    /// The scenario's name.
    public var name = ""
    /// The name of the variant; empty for the scenario as it stands.
    public var variant = ""
    /// The seed from which jobs and events were drawn.
    public var seed: UInt64 = 0
    /// When the run begins. What the snapshot says of the past lies before it.
    public var start = LoopTime(milliseconds: 0)
    /// How long the run lasts, in milliseconds; `nil` until every job has ended or can never start.
    public var duration: Int64?
    /// The cluster at the start, with the pods and gangs that are there already.
    public var cluster = ClusterSnapshot()
    /// What the pods of the snapshot are known to run for from the start on, in milliseconds, by pod; others stay to the end.
    public var remainingRunTimes: [ObjectKey: Int64] = [:]
    /// What jobs are made of; a job names one by its position.
    public var shapes: [JobShape] = []
    /// Jobs by time of submission, then in the order in which they were written.
    public var jobs: [SimulatedJob] = []
    /// What else happens, by time.
    public var events: [PlannedEvent] = []
    /// The scheduler's configuration.
    public var configuration: SchedulerConfiguration = .default
    /// What a scheduler is given besides: scheduler names, for instance.
    public var options = SessionOptions()
    /// How long things take.
    public var delays = SimulatedDelays()
    /// What an hour of a node costs, by the node's name; nodes that are not named cost nothing.
    public var pricePerHour: [String: Double] = [:]
    /// When to take a picture of which GPUs are in use, in milliseconds since the start.
    public var pictures: [Int64] = []
    /// Whether to keep where each pod was placed last: `JobOutcome.nodes`.
    public var keepsNodes = false

    /// A plan for an empty cluster in which nothing happens.
    public init() {}
}

/// What the pods of a job look like; jobs of the same shape share one.
public struct JobShape: Sendable {
    /// Equal pods of a job.
    public struct PodSet: Sendable {
        /// One of them, without name, gang, creation time and node.
        public var pod: Pod
        /// How many there are.
        public var count: Int

        /// Equal pods.
        public init(pod: Pod, count: Int) {
            self.pod = pod
            self.count = count
        }
    }

    /// The gang, without name, queue, priority class and creation time; `nil` for pods that are each on their own.
    public var podGroup: PodGroup?
    /// The pods, role by role.
    public var pods: [PodSet]
    /// The instance type's name, for reports; empty if there is none.
    public var instanceType = ""
    /// Whether the gang and the pods are told to the scheduler as they stand, with their names, times of creation and all, and one pod a
    /// set: those of a snapshot, of which the scheduler is to think as it does of those in the cluster. Only one job has such a shape.
    public var isAsWritten = false

    /// A shape of pods that form a gang, or (`nil`) do not.
    public init(podGroup: PodGroup?, pods: [PodSet]) {
        self.podGroup = podGroup
        self.pods = pods
    }

    /// How many pods a job has.
    public var podCount: Int { pods.indices.reduce(0) { $0 + pods[$1].count } }

    /// The fewest pods with which a job makes progress.
    public var minimum: Int { podGroup.map { min(max($0.minMember, 1), podCount) } ?? 1 }

    /// What all pods of a job ask for of a resource, in the resource's unit.
    public func total(_ resource: ResourceName) -> Int64 {
        pods.reduce(0) { $0 + ($1.pod.requests[resource] ?? 0) * Int64($1.count) }
    }
}

/// A job: when it comes and how much there is to do.
public struct SimulatedJob: Sendable {
    /// Namespace and name, unique within a plan. Pods are called `NAME-ROLE-0` and so on.
    public var key: ObjectKey
    /// The position of its shape.
    public var shape: Int
    /// When it is submitted, in milliseconds since the start.
    public var submitted: Int64
    /// How long it runs with all of its pods, in milliseconds; with fewer it takes longer in proportion.
    public var runTime: Int64
    /// How long its owner says that it runs, which the scheduler may go by; `nil` where the owner says nothing.
    public var statedRunTime: Int64?
    /// The queue.
    public var queue = "default"
    /// The priority class, empty if none.
    public var priorityClassName = ""
    /// Who submitted it, for reports; empty if nobody is named.
    public var user = ""
    /// How often it saves its work, in milliseconds of running; 0 for always, `nil` for never.
    ///
    /// A job that loses pods goes on from the last time that it had saved.
    public var checkpointInterval: Int64?
    /// Whether the job goes on with fewer pods as long as its minimum runs, and takes more when there is room.
    public var isElastic = false

    /// A job of a shape.
    public init(key: ObjectKey, shape: Int, submitted: Int64, runTime: Int64) {
        self.key = key
        self.shape = shape
        self.submitted = submitted
        self.runTime = runTime
    }
}

/// Something that happens to the cluster at a time.
public struct PlannedEvent: Sendable {
    /// When, in milliseconds since the start.
    public var time: Int64
    /// What.
    public var event: ClusterEvent

    /// An event at a time.
    public init(at time: Int64, _ event: ClusterEvent) {
        self.time = time
        self.event = event
    }
}

/// What can happen to a cluster.
public enum ClusterEvent: Sendable, Equatable {
    /// Nodes break down: their pods fail at once, and they take no new ones before they return.
    case nodesFail([String])
    /// Nodes are emptied: they take no new pods, and those that they have are evicted.
    case nodesDrain([String])
    /// Nodes take no new pods; those that they have stay.
    case nodesCordon([String])
    /// Nodes that failed, were drained or cordoned are as before.
    case nodesReturn([String])
    /// Nodes come, or are changed.
    case nodesAdded([Node])
    /// Nodes go for good: their pods fail.
    case nodesRemoved([String])
    /// A queue comes, or is changed.
    case queue(Queue)
    /// A queue goes.
    case queueRemoved(String)
    /// A job is cancelled by its owner: what runs is deleted.
    case jobCancelled(ObjectKey)
}

/// How long things take in a simulated cluster, in milliseconds.
public struct SimulatedDelays: Sendable, Equatable {
    /// When cycles follow on what has happened, as in `gangwright run`.
    public var timing = LoopTiming()
    /// From a decision to the moment at which the API server has accepted the binding.
    public var binding: Int64 = 20
    /// From the binding to the moment at which the pod runs: images and volumes.
    public var podStartup: Int64 = 0
    /// From an eviction to the moment at which the pod has left its node: its grace period.
    public var eviction: Int64 = 1_000
    /// From a pod's end by failure or eviction to the moment at which its controller has made another one.
    public var recreation: Int64 = 1_000

    /// A fast cluster without images to pull.
    public init() {}
}
