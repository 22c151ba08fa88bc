public import Allocator
public import ClusterModel

/// All that the scheduler knows and does: nodes, pods, gangs, queues and the allocator, in step.
///
/// ```swift
/// let session = try Session(snapshot: snapshot, configuration: .default)
/// let result = session.runCycle()          // what to bind, what waits and why
/// try session.update(pod)                  // the cluster changes, one object at a time …
/// let next = session.runCycle()            // … and the next cycle sees it
/// ```
///
/// A session lives as long as its scheduler. Changes are applied in place and cost what they touch; a cycle costs what
/// waits and what has changed, not what runs. It is a pure function of what it was told: the same changes, in any order
/// between two cycles, give the same decisions.
///
/// Every change of a pod's state goes through `place`, `unplace` and `commit`, or comes from outside through
/// `update`; so node columns, gang counts and queue shares can never disagree.
public final class Session {
    /// What the plugins and actions are.
    public internal(set) var configuration: SchedulerConfiguration {
        didSet { (plugins, nodeDescriptions) = (configuration.plugins, configuration.nodeDescriptions) }
    }
    /// The plugins with their arguments read, and what they demand of nodes: made once for all cycles.
    private(set) var plugins: [ConfiguredPlugin]
    private(set) var nodeDescriptions: NodeDescriptions
    /// The schedulers whose pods are placed; `nil` means all.
    let schedulerNames: Set<String>?
    /// How much results say of what waits.
    let detail: ReportDetail
    /// Who says what nodes really use; `nil` where nobody does.
    let nodeUsage: (any NodeUsageProvider)?
    /// Who answers for the plugin `extender`; `nil` where nobody does.
    let extender: (any SchedulerExtender)?
    /// When pods started and what they may use, where somebody says what nodes really use, by pod.
    var loads: [Int: PodLoad] = [:]
    /// The gang that nodes are locked for, from cycle to cycle.
    var nodeLocks = NodeLocks()
    /// What the plugins contribute to the cycle that is open.
    var points = ExtensionPoints([], nodes: NodeDescriptions())
    /// Where pods can go.
    let allocator: ChosenAllocator
    /// Names and columns of the resources, as the allocator has them.
    var resources: ResourceTable

    /// The nodes by name, and the pods on each.
    var nodes = NodeTable()
    /// The pods; a free slot has no gang, no node and no key.
    var tasks: [TaskState] = []
    var taskIndex = SlotIndex()
    var freeTasks: [Int] = []
    /// What a slot that no pod has takes.
    let noRequest: RequestID
    /// The gang that was looked up last: the pods of one come one after the other.
    var lastJob: (key: ObjectKey, job: Int)?
    /// The host ports that pods use.
    var hostPorts = HostPortTable()
    /// Which pods are expected, where fragments of GPUs are counted.
    var fragments = FragmentState()
    /// The cards that pods share.
    var devices = DeviceTable()
    /// Nodes (by entry) that Volcano 1.5 passes over since more is bound there than they have.
    var overfullNodes: Set<Int> = []
    /// What pods want of each other, and who is where.
    var neighbours = NeighbourTable()
    /// The GPUs and processors that pods have been given, and what is known of nodes' insides.
    var pins = PinTable()
    /// The volumes that pods use.
    var volumes = VolumeTable()
    /// Pods that wait and are in no gang that could be placed.
    var strays: Set<Int> = []
    /// What few pods have and nobody compares: gates, the scheduler asked for, the nominated node.
    var notes: [Int: TaskNotes] = [:]
    /// What few gangs say in annotations.
    var gangNotes: [Int: GangNotes] = [:]
    /// What is written on pods that this session has bound, until the API server shows them on their nodes.
    var assumedAnnotations: [Int: [String: String]] = [:]
    /// The pods that say for how long they are to be left where they are.
    var cooldowns: [Int: Cooldown] = [:]
    /// Pods that this session has evicted and that the API server still shows as staying.
    var evictedTasks: Set<Int> = []
    /// The nodes that have a label which a plugin asked for, until nodes change.
    var labelledNodes: [String: [Int: String]] = [:]
    /// How pods that say so themselves want nodes ranked, by pod.
    var resourceStrategies: [Int: [ScoreKernel.ResourceStrategy]] = [:]
    /// The task topologies of gangs that ask for one, by gang.
    var topologies: [Int: TaskTopology] = [:]
    /// The gangs.
    var jobs: [JobState] = []
    var jobIDs: [ObjectKey: Int] = [:]
    var freeJobs: [Int] = []
    /// What pods take, by request.
    var amounts = RequestAmounts()
    /// What each gang's ready and promised pods take.
    var jobAllocated: AmountTable
    /// What each gang's ready and waiting pods ask for.
    var jobRequest: AmountTable
    /// What admission reserves for each gang.
    var jobMinimum: AmountTable
    /// What gated pods ask for, by gang: not to be reserved yet. Few gangs have any.
    var gatedRequests: [Int: [Int64]] = [:]
    /// What only some plugins look at.
    var objects = ClusterObjects()
    /// What gangs need that are placed by domains of the network.
    var topology = TopologyState()
    /// The queues.
    var queues: [QueueShare] = []
    var queueIDs: [String: Int] = [:]
    /// The classes that priorities come from.
    var priorityClasses: [String: PriorityClass] = [:]
    var priorities = PriorityResolver(classes: [])

    /// Sums that must not overflow: of pods and gangs, and of nodes.
    var podSums = AmountGuard()
    var nodeSums = AmountGuard()
    /// What the nodes that count offer together, and what is used of it, by column.
    var offered: [Int64]
    var taken: [Int64]
    /// The queues that exist, by name, as of the opening.
    var queueOrder: [Int] = []
    /// Gangs of which something waits.
    var activeJobs: [Int] = []
    /// Gangs that have changed since the queues were summed up.
    var unsettledJobs: [Int] = []
    /// What admission has promised to settled gangs, as `overcommit` counts it, by column.
    var settledAdmitted: [Int64]
    /// What may have made room, and what has changed.
    var roomVersion = RoomVersion()
    /// The state of the nodes in which plans of evictions have failed last, and its number among those in which any did.
    var planRound = (version: RoomVersion(), number: UInt32(0))
    /// What is known of who may leave, while evictions are planned.
    var victimTable: VictimTable?

    /// The time of the cycle that is open, or was last; `nil` if none was given.
    var now: Timestamp?
    /// How far local time is ahead of universal time.
    let utcOffsetSeconds: Int64
    /// When a plugin's answer may change though nothing happens; `nil` if none has said so.
    public internal(set) var nextChange: Timestamp?
    /// When pods were last taken off revocable nodes.
    var lastTimeDivision: Timestamp?
    /// The number of the cycle that is open, or was last.
    var cycle = 0
    /// True until the next change from outside: places that were only held are still held.
    var isOpen = false
    /// What all nodes that count offer together, as of the opening.
    var total: [Double] = []
    /// What is used on them, leaving pods included, as of the opening.
    var used: [Double] = []
    /// The minimum resources of admitted gangs, as `overcommit` counts them.
    var admitted: [Int64] = []
    /// The gangs of the cycle, oldest first.
    var cycleJobs: [Int] = []
    /// Those that have changed, oldest first: what the cycle reports.
    var reportedJobs: [Int] = []
    /// Pods to try, gang by gang.
    var worksheet: [Int] = []
    /// Binds in the order of their commits.
    var binds: [Int] = []
    /// Evictions in the order of their commits.
    var evictions: [Eviction] = []
    /// Bound pods that count as running in this cycle, since their eviction was taken back.
    var boundAgain: [Int] = []
    /// By gang, for which gangs pods of it were evicted, and in which cycle.
    var evictedFor: [ObjectKey: [ObjectKey: Int]] = [:]
    /// Places that are kept for gangs in this cycle.
    var reservations: [Reservation] = []
    /// The pods whose places are booked for them at the moment.
    var reservedTasks: Set<Int> = []
    /// For whom places were kept in the last cycle, until when, and on which nodes.
    var keptBefore: [[Int]] = []
    /// Running pods in the order in which they were expected to leave when that was last asked.
    var departureOrder: [Int] = []
    /// How long pods run.
    var runTimes = RunTimes()
    /// Pods that hold a place which others have to leave first.
    var nominated: Set<Int> = []
    /// Places that are held and were not committed.
    var held: Set<Int> = []
    /// What nodes had to say when a pod found none; failures name them by number.
    var refusals: [[NodeRefusal: Int]] = []
    /// How many nodes the constraints of each shape rule out, until nodes change.
    var constraintRefusals: [ShapeID: [NodeRefusal: Int]] = [:]
    /// Shapes for which no node was left, until something is given back.
    var exhausted: [ShapeID: Int32] = [:]
    /// Those of them that were found out in the open statement.
    var exhaustedInStatement: [ShapeID] = []
    /// Places that the open statement has taken.
    var placesInStatement = 0
    /// What limits a shape on the nodes once what is free is full of it, found out once a cycle.
    var roomLimits: [ShapeID: Int32] = [:]
    /// The pods that were bound and held resources when the cycle opened.
    var boundBefore = 0
    /// Pods that are bound and hold resources.
    var boundCount = 0

    /// An empty cluster.
    public init(configuration: SchedulerConfiguration, options: SessionOptions = SessionOptions()) {
        self.configuration = configuration
        plugins = configuration.plugins
        nodeDescriptions = configuration.nodeDescriptions
        runTimes.keepsStarts = CandidateLimits(configuration.actionArguments[.preempt]) != nil
        schedulerNames = options.schedulerNames
        detail = options.detail
        utcOffsetSeconds = Int64(min(max(options.utcOffsetSeconds, -86_400), 86_400))
        nodeUsage = options.nodeUsage
        extender = options.extender
        allocator = ChosenAllocator(options.allocator, nodeDescriptions)
        resources = allocator.resources
        hostPorts.areChecked = nodeDescriptions.checksHostPorts
        devices.settings = nodeDescriptions.devices
        noRequest = allocator.internRequest(of: Pod(key: ObjectKey(namespace: "", name: "")))
        _ = amounts.add(noRequest, from: allocator)
        let none = [Int64](repeating: 0, count: resources.count)
        jobAllocated = AmountTable(columns: resources.count)
        jobRequest = AmountTable(columns: resources.count)
        jobMinimum = AmountTable(columns: resources.count)
        (offered, taken, settledAdmitted) = (none, none, none)
        for name in Self.builtInQueues { update(builtInQueue: name) }
    }

    /// The cluster of a snapshot.
    ///
    /// - Throws: `ResourceOverflow` when amounts do not add up within 63 bits.
    public convenience init(
        snapshot: ClusterSnapshot, configuration: SchedulerConfiguration,
        options: SessionOptions = SessionOptions()
    ) throws(ResourceOverflow) {
        self.init(configuration: configuration, options: options)
        try update(snapshot)
    }

    /// Whose semantics hold.
    var compatibility: Compatibility { configuration.compatibility }

    /// What the nodes offer and what is left as of now.
    public var cluster: ClusterState { allocator.cluster }

    /// Gives every row the columns that have come since.
    func syncColumns() {
        let count = allocator.resourceCount
        if count == resources.count { return }
        resources = allocator.resources
        jobAllocated.widen(to: count)
        jobRequest.widen(to: count)
        jobMinimum.widen(to: count)
        for queue in queues.indices { queues[queue].widen(to: count) }
        for job in gatedRequests.keys { gatedRequests[job] = Self.widened(gatedRequests[job] ?? [], count) }
        offered = Self.widened(offered, count)
        taken = Self.widened(taken, count)
        settledAdmitted = Self.widened(settledAdmitted, count)
    }

    private static func widened(_ row: [Int64], _ count: Int) -> [Int64] {
        row + [Int64](repeating: 0, count: count - row.count)
    }
}

/// What few pods have and nobody compares.
struct TaskNotes: Sendable {
    /// Names of the scheduling gates.
    var gates: [String] = []
    /// The scheduler that a pod asks for which is not ours.
    var schedulerName = ""
    /// The node on which room has been made for the pod.
    var nominatedNode: String?
}

/// What a caller may choose about a session, besides the configuration.
public struct SessionOptions: Sendable {
    /// The schedulers whose pods are placed; `nil` means all.
    public var schedulerNames: Set<String>?
    /// Which allocator places pods.
    public var allocator: AllocatorKind
    /// How many seconds local time is ahead of universal time, a day at most: rules that name a time of day mean the
    /// local one.
    public var utcOffsetSeconds: Int

    /// How much a cycle's result says of what waits.
    public var detail = ReportDetail.everything
    /// Who says what nodes really use, for the plugin `usage`; what it says is a part of the input.
    public var nodeUsage: (any NodeUsageProvider)?
    /// Who answers for the plugin `extender`; its answers are a part of the input.
    public var extender: (any SchedulerExtender)?

    /// Options; by default every pending pod is placed, local time is universal time, and nobody outside is asked.
    public init(
        schedulerNames: Set<String>? = nil, allocator: AllocatorKind = .indexed, utcOffsetSeconds: Int = 0,
        nodeUsage: (any NodeUsageProvider)? = nil, extender: (any SchedulerExtender)? = nil
    ) {
        self.schedulerNames = schedulerNames
        self.allocator = allocator
        self.utcOffsetSeconds = utcOffsetSeconds
        self.nodeUsage = nodeUsage
        self.extender = extender
    }
}

/// How much a cycle's result says of what waits.
public enum ReportDetail: Sendable {
    /// Each gang and pod that waits, and why in a sentence, in every cycle.
    case everything
    /// Of each gang, and of each pod that is its own, only the reason, and only where it may be another than before: for
    /// a caller that keeps what it was told, and counts rather than reads. Gangs stand for their pods.
    case reasons
}

/// Which allocator places pods. Both decide the same.
public enum AllocatorKind: String, Sendable, CaseIterable {
    /// By index: the one to use.
    case indexed
    /// By plain loops over all nodes: the specification, for comparison.
    case reference
}
