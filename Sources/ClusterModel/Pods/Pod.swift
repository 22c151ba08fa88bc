/// A pod, as far as scheduling is concerned with it.
public struct Pod: Equatable, Sendable {
    /// How far the kubelet has got with a pod.
    public enum Phase: String, Sendable, CaseIterable {
        /// Not all containers have started; the pod may not even have a node.
        case pending = "Pending"
        /// Bound, and at least one container runs.
        case running = "Running"
        /// All containers ended well.
        case succeeded = "Succeeded"
        /// All containers ended, one of them badly.
        case failed = "Failed"
        /// The node has not been heard of.
        case unknown = "Unknown"
    }

    /// Namespace and name.
    public var key: ObjectKey
    /// The UID, empty for objects written by hand.
    public var uid: String
    /// When the pod was created; `nil` counts as oldest.
    public var created: Timestamp?
    /// True when a deletion time stamp is set: the pod is about to leave its node.
    public var isTerminating: Bool
    /// Labels.
    public var labels: [String: String]
    /// Annotations.
    public var annotations: [String: String]
    /// The owners' references.
    public var owners: [OwnerReference]
    /// The name of the pod's gang in its own namespace, a `GangName`; `nil` for a pod without one.
    public var podGroup: String?
    /// The pod's role in its gang (Volcano's task name), empty if it has none.
    public var role: String

    /// The scheduler that the pod asks for.
    public var schedulerName: String
    /// The node that the pod is bound to.
    public var nodeName: String?
    /// The node on which a preemption has made room for this pod.
    public var nominatedNodeName: String?
    /// How far the pod has got.
    public var phase: Phase
    /// Why it is in its phase, in one word: a kubelet that refused it says `OutOfcpu`, for instance; empty for most pods.
    public var statusReason = ""
    /// When the kubelet took it; `nil` before.
    public var started: Timestamp?
    /// When its last container ended; `nil` before.
    public var finished: Timestamp?
    /// When it was given its node, as its condition `PodScheduled` says; `nil` before.
    public var scheduledTime: Timestamp?
    /// True when a condition says that it is about to be taken off its node.
    public var isDisruptionTarget: Bool
    /// How long it may run once it has started; `nil` for as long as it likes.
    public var activeDeadlineSeconds: Int64?
    /// The pod's priority, `nil` when neither set nor derived.
    public var priority: Int32?
    /// The name of the pod's priority class, empty if it has none.
    public var priorityClassName: String
    /// True when the pod may take nobody's place, whatever its priority.
    public var preemptsNever: Bool
    /// Names of the gates that keep the pod from being scheduled.
    public var schedulingGates: [String]

    /// What the pod asks for as a whole, computed as Kubernetes computes it, without the `pods` slot.
    public var requests: ResourceList
    /// What the pod may use at most, computed likewise; a resource that is not named has no limit.
    public var limits: ResourceList
    /// What it asks for, where containers without a CPU or memory request count as 100 millicores and 200 MB.
    public var nonZeroRequests: NonZeroRequests
    /// Labels that the node must have.
    public var nodeSelector: [String: String]
    /// Node affinity.
    public var nodeAffinity: NodeAffinity
    /// The taints that the pod tolerates.
    public var tolerations: [Toleration]
    /// The images of the pod's containers, as written.
    public var images: [String]
    /// The ports of its node that the pod uses.
    public var hostPorts: [HostPort]
    /// Constraints that the pod states and that are not evaluated; it is left pending with this reason.
    public var unsupportedConstraints: [UnsupportedConstraint]
    /// What each container may use of devices that Volcano shares out (`volcano.sh/…`); empty if none asks for any.
    public var containerDevices: [ResourceList]
    /// The containers of a pod that gets what it asks for and no more; empty for any other.
    public var guaranteedContainers: [GuaranteedContainer] = []
    private var boxedConstraints: BoxedPodConstraints?
    /// What the pod asks of its place besides; `nil` for most pods, and for one that asks nothing.
    public var constraints: PodConstraints? {
        get { boxedConstraints?.value }
        set { boxedConstraints = BoxedPodConstraints(newValue) }
    }

    /// A pending pod that asks for nothing unless told otherwise.
    public init(
        key: ObjectKey, uid: String = "", created: Timestamp? = nil, isTerminating: Bool = false,
        labels: [String: String] = [:], annotations: [String: String] = [:], owners: [OwnerReference] = [],
        podGroup: String? = nil, role: String = "", schedulerName: String = "default-scheduler",
        nodeName: String? = nil,
        nominatedNodeName: String? = nil, phase: Phase = .pending, started: Timestamp? = nil,
        finished: Timestamp? = nil,
        scheduledTime: Timestamp? = nil, isDisruptionTarget: Bool = false,
        activeDeadlineSeconds: Int64? = nil, priority: Int32? = nil,
        priorityClassName: String = "", preemptsNever: Bool = false,
        schedulingGates: [String] = [], requests: ResourceList = [:], limits: ResourceList = [:],
        nonZeroRequests: NonZeroRequests? = nil, nodeSelector: [String: String] = [:],
        nodeAffinity: NodeAffinity = NodeAffinity(), tolerations: [Toleration] = [], images: [String] = [],
        hostPorts: [HostPort] = [],
        unsupportedConstraints: [UnsupportedConstraint] = [],
        containerDevices: [ResourceList] = [], constraints: PodConstraints? = nil
    ) {
        self.key = key
        self.uid = uid
        self.created = created
        self.isTerminating = isTerminating
        self.labels = labels
        self.annotations = annotations
        self.owners = owners
        self.podGroup = podGroup
        self.role = role
        self.schedulerName = schedulerName
        self.nodeName = nodeName
        self.nominatedNodeName = nominatedNodeName
        self.phase = phase
        self.started = started
        self.finished = finished
        self.scheduledTime = scheduledTime
        self.isDisruptionTarget = isDisruptionTarget
        self.activeDeadlineSeconds = activeDeadlineSeconds
        self.priority = priority
        self.priorityClassName = priorityClassName
        self.preemptsNever = preemptsNever
        self.schedulingGates = schedulingGates
        self.requests = requests
        self.limits = limits
        self.nonZeroRequests = nonZeroRequests ?? NonZeroRequests(of: requests)
        self.nodeSelector = nodeSelector
        self.nodeAffinity = nodeAffinity
        self.tolerations = tolerations
        self.images = images
        self.hostPorts = hostPorts
        self.unsupportedConstraints = unsupportedConstraints
        self.containerDevices = containerDevices
        boxedConstraints = BoxedPodConstraints(constraints)
    }

    /// True when the pod has ended and holds nothing any more.
    public var isTerminal: Bool { phase == .succeeded || phase == .failed }

    /// True when the pod has no node and has not ended, whatever its phase says.
    public var isPending: Bool { nodeName == nil && !isTerminal }
}

/// A constraint of the pod specification that this version reads but does not evaluate.
///
/// Placing such a pod as if it had not asked would break a promise silently; it stays pending with this reason.
public enum UnsupportedConstraint: String, Sendable, CaseIterable {
    /// `resourceClaims`
    case resourceClaims = "DRA resource claims"
}

/// CPU and memory for scoring, where a container that asks for nothing counts as asking for a little.
///
/// Source: kube-scheduler's `NonMissingContainerRequests`; 100 millicores and 200 MB (200 × 1024²).
public struct NonZeroRequests: Hashable, Sendable {
    /// Millicores.
    public var milliCPU: Int64
    /// Bytes.
    public var memory: Int64

    /// Millicores that count for a container without a CPU request.
    public static let defaultMilliCPU: Int64 = 100
    /// Bytes that count for a container without a memory request.
    public static let defaultMemory: Int64 = 200 * 1024 * 1024

    /// The two amounts.
    public init(milliCPU: Int64, memory: Int64) {
        self.milliCPU = milliCPU
        self.memory = memory
    }

    /// The amounts of a pod with one container.
    public init(of requests: ResourceList) {
        milliCPU = requests[.cpu] ?? Self.defaultMilliCPU
        memory = requests[.memory] ?? Self.defaultMemory
    }
}
