/// A gang: pods of which a minimum must run together.
public struct PodGroup: Equatable, Sendable {
    /// How far a pod group has got. Source: `scheduling.volcano.sh/v1beta1`.
    public enum Phase: String, Sendable, CaseIterable {
        /// Not admitted yet.
        case pending = "Pending"
        /// Admitted; its pods may be created and placed.
        case inqueue = "Inqueue"
        /// At least the minimum is bound or runs.
        case running = "Running"
        /// Some run, and the rest cannot be placed.
        case unknown = "Unknown"
        /// All pods have ended.
        case completed = "Completed"
    }

    /// Where a pod group comes from.
    public enum Origin: Equatable, Sendable {
        /// Volcano's PodGroup object.
        case object
        /// A PodGroup object of scheduler-plugins.
        case schedulerPlugins
        /// A PodGroup object of Kubernetes itself.
        case kubernetes
        /// A part of a Workload object of Kubernetes 1.35, as often as pods name it.
        case workload
        /// An `AmlJob` object, which gives the size; the pods name it as their owner.
        case amlJob
        /// An Azure ML CLI job file.
        case jobFile
        /// A pod that belongs to no group: a gang of one.
        case singlePod
    }

    /// Namespace and name: a `GangName`.
    public var key: ObjectKey
    /// The UID, empty for objects written by hand.
    public var uid = ""
    /// When it was created; `nil` counts as oldest.
    public var created: Timestamp?
    /// The queue that it waits in.
    public var queue: String
    /// The pods that must run together; 0 means that there is no gang.
    public var minMember: Int
    /// A minimum for each role, in byte-wise order of the roles.
    public var minTaskMember: [RoleMinimum]
    /// What admission reserves; `nil` means that admission asks nothing.
    public var minResources: ResourceList?
    /// What `minResources` says in the words of quotas: `requests.cpu`, `limits.memory`, `count/pods`.
    public var minQuotaResources: ResourceList
    /// How close together its pods are to run; `nil` if nothing is asked.
    public var networkTopology: NetworkTopology?
    /// The rules by which its pods form parts; the first that means a pod holds.
    public var subGroupPolicies: [SubGroupPolicy]
    /// The priority class, empty if none.
    public var priorityClassName: String
    /// The priority, where it is known without the class; `nil` leaves it to the class.
    public var priority: Int32?
    /// True when its pods may take nobody's place, whatever they say themselves.
    public var preemptsNever: Bool
    /// True when all of its pods leave if one has to, those beyond the minimum included.
    public var leavesWhole: Bool
    /// The phase as of the last write.
    public var phase: Phase
    /// What schedulers have said about it, one entry a type.
    public var conditions: [PodGroupCondition]
    /// Labels.
    public var labels: [String: String]
    /// Annotations.
    public var annotations: [String: String]
    /// Where it comes from.
    public var origin: Origin
    /// Why none of its pods can be placed at all, found while reading it: an unknown instance type, say.
    public var invalid: InvalidGang?

    /// A pending pod group of the queue `default`.
    public init(
        key: ObjectKey, created: Timestamp? = nil, queue: String = "default", minMember: Int = 1,
        minTaskMember: [RoleMinimum] = [], minResources: ResourceList? = nil,
        minQuotaResources: ResourceList = [:], networkTopology: NetworkTopology? = nil,
        subGroupPolicies: [SubGroupPolicy] = [], priorityClassName: String = "", priority: Int32? = nil,
        preemptsNever: Bool = false, leavesWhole: Bool = false,
        phase: Phase = .pending, conditions: [PodGroupCondition] = [], labels: [String: String] = [:],
        annotations: [String: String] = [:], origin: Origin = .object,
        invalid: InvalidGang? = nil
    ) {
        self.key = key
        self.created = created
        self.queue = queue
        self.minMember = minMember
        self.minTaskMember = minTaskMember
        self.minResources = minResources
        self.minQuotaResources = minQuotaResources
        self.networkTopology = networkTopology
        self.subGroupPolicies = subGroupPolicies
        self.priorityClassName = priorityClassName
        self.priority = priority
        self.preemptsNever = preemptsNever
        self.leavesWhole = leavesWhole
        self.phase = phase
        self.conditions = conditions
        self.labels = labels
        self.annotations = annotations
        self.origin = origin
        self.invalid = invalid
    }
}

/// What a scheduler has said about a pod group. Source: `scheduling.volcano.sh/v1beta1`.
public struct PodGroupCondition: Hashable, Sendable {
    /// What it is about: `Unschedulable` or `Scheduled`.
    public var type: String
    /// Whether it holds.
    public var status: ConditionStatus
    /// When `status` was last another; `nil` if not given.
    public var lastTransitionTime: Timestamp?
    /// Why, in one word; empty if not given.
    public var reason: String
    /// Why, in a sentence; empty if not given.
    public var message: String

    /// A condition by type and status.
    public init(
        type: String, status: ConditionStatus, lastTransitionTime: Timestamp? = nil, reason: String = "",
        message: String = ""
    ) {
        self.type = type
        self.status = status
        self.lastTransitionTime = lastTransitionTime
        self.reason = reason
        self.message = message
    }
}

/// The fewest pods of one role with which a gang may start.
public struct RoleMinimum: Hashable, Sendable {
    /// The role, a Volcano task's name.
    public var role: String
    /// The fewest pods of it.
    public var minimum: Int

    /// A minimum for a role.
    public init(role: String, minimum: Int) {
        self.role = role
        self.minimum = minimum
    }
}

/// A job that was read but can never be placed as it is written.
public struct InvalidGang: Hashable, Sendable {
    /// What kind of mistake it is.
    public enum Reason: String, Sendable {
        /// The job names an instance type that does not exist.
        case unknownInstanceType = "UnknownInstanceType"
    }

    /// The kind of mistake.
    public var reason: Reason
    /// The sentence for people.
    public var message: String

    /// A mistake and its sentence.
    public init(reason: Reason, message: String) {
        self.reason = reason
        self.message = message
    }
}
