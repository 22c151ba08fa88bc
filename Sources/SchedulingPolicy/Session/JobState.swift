import ClusterModel

/// Pods counted by what matters to a gang.
struct PodCounts: Equatable, Sendable {
    /// Pods that hold resources of their own.
    var allocated = 0
    /// Pods that ended well.
    var succeeded = 0
    /// Pods that are promised a place.
    var pipelined = 0
    /// Pods that wait.
    var pending = 0
    /// Of those that wait, the ones that ask for nothing.
    var pendingBestEffort = 0

    /// Members that count towards the minimum.
    var ready: Int { allocated + succeeded }
    /// Members that could count towards the minimum.
    var valid: Int { allocated + succeeded + pipelined + pending }

    /// Counts a pod in (`1`) or out (`-1`).
    mutating func count(_ status: TaskStatus, isBestEffort: Bool, by change: Int) {
        switch status {
        case .allocated, .binding, .bound, .running: allocated += change
        case .succeeded: succeeded += change
        case .pipelined: pipelined += change
        case .pending:
            pending += change
            if isBestEffort { pendingBestEffort += change }
        case .releasing, .failed, .unknown: break
        }
    }
}

/// A role of a gang.
struct RoleState: Sendable {
    /// The role's name, empty for pods without one.
    let name: String
    /// The fewest pods of it; 0 where the gang sets none.
    var minimum = 0
    /// Its pods.
    var counts = PodCounts()
    /// True once a pod of the role has found no node in this cycle.
    var hasFailed = false
}

/// Why a gang was passed over, found by an action.
enum JobRefusal: Equatable, Sendable {
    /// Its queue does not exist.
    case queueNotFound
    /// Its pods ask for another scheduler.
    case otherScheduler
    /// It can never be placed as it is written.
    case invalid(InvalidGang)
    /// Too few pods exist for the minimum.
    case notEnoughTasks(valid: Int)
    /// Too few pods of a role exist for its minimum.
    case notEnoughPodsOfTask(role: String, valid: Int, minimum: Int)
    /// Too few parts exist that a rule asks for.
    case notEnoughSubGroups(policy: String, found: Int, minimum: Int)
    /// The domains of the network form no tree; the sentence says why.
    case topologyNotReady(String)
    /// There is no domain that it could be placed in; the sentence says why.
    case noDomain(String)
    /// Admission did not let it in.
    case notEnqueued(message: String)
    /// Its queue uses all that it deserves.
    case queueOverused
}

/// A gang: Volcano's job. Its amounts are rows of the session's tables.
struct JobState {
    /// Namespace and name of the pod group; of a pod without one, the pod's own.
    let key: ObjectKey
    /// When it was created; `nil` counts as oldest.
    var created: Timestamp?
    /// Where it comes from; `nil` while pods name it and it does not exist.
    var origin: PodGroup.Origin?
    /// The queue that it names.
    var queueName = ""
    /// The queue's index in the session; `nil` when there is no such queue.
    var queue: Int?
    /// The class that its priority comes from.
    var priorityClassName = ""
    /// The priority that it was given whatever its class; `nil` if none was.
    var givenPriority: Int32?
    /// The priority that it was given, or else the value of its priority class.
    var priority: Int32 = 0
    /// The fewest pods that must run together; 0 means that there is no gang.
    var minMember = 0
    /// The sum of the roles' minima.
    var roleMinimum = 0
    /// True when admission reserves a minimum of resources for it.
    var hasMinResources = false
    /// What more there is to know of a gang that wishes for nearness, or whose pods form parts; `nil` for others.
    var topology: TopologyGang?
    /// Why none of its pods can be placed at all.
    var invalid: InvalidGang?
    /// The phase as of now.
    var phase = PodGroup.Phase.pending

    /// False for a gang that says that it must not be broken.
    var mayBeBroken = true
    /// True for a gang that wants to leave whole or not at all, whatever it could spare.
    var leavesWhole = false
    /// True for a gang for which nobody is to leave, whatever its pods say.
    var preemptsNever = false

    /// The pods, in the order in which they are tried once `isOrdered`.
    var tasks: [Int] = []
    /// False when pods have come or gone since they were last brought into order.
    var isOrdered = true
    /// The roles, in the order in which they were heard of.
    var roles: [RoleState] = []
    /// All its pods.
    var counts = PodCounts()
    /// Waiting pods that name it and ask for another scheduler.
    var foreignPods = 0

    /// True while the queue's sums have its part in them.
    var isSettled = false
    /// True while the list of unsettled gangs has it.
    var isListed = false
    /// True when something of it waits.
    var isActive = false
    /// True while the list of active gangs has it, which it may do for a while after.
    var isInActiveList = false
    /// Its place in the order of age among the gangs of this cycle.
    var rank = 0

    /// Why it was passed over.
    var refusal: JobRefusal?
    /// The gang that it would have evicted, had it not been evicted for that one before.
    var spared: ObjectKey?
    /// True once `allocate` has given it a turn.
    var wasTried = false
    /// True once its queue could not take one of its pods.
    var hasQueueShareFailure = false
    /// Pods still to be tried by `allocate`, as a part of the session's worksheet.
    var worksheet = 0..<0
    /// When it last failed for want of room alone, by the state of the nodes; `nil` if it has not.
    var failedAt: RoomFailure?

    /// Which actions have found no plan of evictions for it.
    var failedPlans = FailedPlans()

    /// Whether nothing has happened to it since its phase was found out.
    var isPhaseKnown = false

    /// The reason that was last told for a gang of which no pod has a place, where only reasons are told.
    var toldReason: PendingReason?

    /// What was said about it when it was last tried; `nil` if that no longer holds.
    var report: GangReport?

    init(key: ObjectKey) { self.key = key }

    /// True for a slot that nobody uses.
    var isUnused: Bool { origin == nil && tasks.isEmpty && foreignPods == 0 }

    /// True for a pod that is its own gang.
    var isSingle: Bool { origin == .singlePod }

    /// True for a gang that was found, before the cycle began, to be past placing.
    var isHopeless: Bool {
        switch refusal {
        case .queueNotFound, .otherScheduler, .invalid: true
        default: false
        }
    }

    /// Counts a pod of a role in or out.
    mutating func count(_ status: TaskStatus, in role: Int, isBestEffort: Bool, by change: Int) {
        counts.count(status, isBestEffort: isBestEffort, by: change)
        roles[role].counts.count(status, isBestEffort: isBestEffort, by: change)
    }

    /// The index of a role; a new one if nobody has named it before.
    mutating func role(named name: String) -> Int {
        if let known = roles.firstIndex(where: { $0.name == name }) { return known }
        roles.append(RoleState(name: name))
        return roles.count - 1
    }
}

/// A gang's failure for want of room.
struct RoomFailure: Sendable {
    /// What the state of the nodes was.
    let version: RoomVersion
    /// Whether all its pods that waited asked for the same, on any node, whatever else is there.
    var hasOneShape: Bool
}

/// How far the state of the nodes has come, as far as it can help a gang that found no room.
struct RoomVersion: Equatable, Sendable {
    /// Counts whatever may have made room.
    var freed: UInt64 = 0
    /// Counts whatever has changed.
    var changed: UInt64 = 0
}
