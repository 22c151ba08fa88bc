public import ClusterModel

/// Why a pod or a gang waits: a closed list, for machines. Sentences for people stand beside it.
public enum PendingReason: String, Sendable, CaseIterable {
    /// A scheduling gate is set.
    case schedulingGated = "SchedulingGated"
    /// The pod states a constraint that is not evaluated: by this version, or by this configuration.
    case unsupportedConstraint = "UnsupportedConstraint"
    /// The pod asks for another scheduler.
    case otherScheduler = "OtherScheduler"
    /// The pod is being deleted.
    case terminating = "Terminating"
    /// The pod names a PodGroup that does not exist.
    case podGroupNotFound = "PodGroupNotFound"
    /// The gang names a queue that does not exist.
    case queueNotFound = "QueueNotFound"
    /// The job names an instance type that does not exist.
    case unknownInstanceType = "UnknownInstanceType"
    /// Admission did not let the gang in.
    case notEnqueued = "NotEnqueued"
    /// The queue uses all that it deserves.
    case queueOverused = "QueueOverused"
    /// The pod would take the queue beyond what it deserves, or the queue is not open.
    case queueShareExceeded = "QueueShareExceeded"
    /// Fewer pods exist than the gang's minimum.
    case notEnoughTasks = "NotEnoughTasks"
    /// Fewer pods of a role exist than its minimum.
    case notEnoughPodsOfTask = "NotEnoughPodsOfTask"
    /// The gang wishes for nearness, and the domains of the network form no tree.
    case networkTopologyNotReady = "NetworkTopologyNotReady"
    /// Places are kept for the gang until they are free.
    case reserved = "Reserved"
    /// No node takes the pod.
    case unschedulable = "Unschedulable"
    /// The pod would fit, and its gang does not come together.
    case gangNotReady = "GangNotReady"
    /// No action of the configuration tries such a pod.
    case notTried = "NotTried"
}

/// Why a pod waits: made once, shared by all pods that wait for the same.
public final class PendingExplanation: Equatable, Sendable {
    /// Why, for machines.
    public let reason: PendingReason
    /// Why, for people.
    public let message: String
    /// For each reason, the number of nodes that gave it when the pod was tried, most first.
    public let nodeReasons: [CycleResult.NodeReason]

    init(_ reason: PendingReason, _ message: String, _ nodeReasons: [CycleResult.NodeReason] = []) {
        self.reason = reason
        self.message = message
        self.nodeReasons = nodeReasons
    }

    /// Equal in what it says.
    public static func == (left: PendingExplanation, right: PendingExplanation) -> Bool {
        left === right
            || left.reason == right.reason && left.message == right.message
                && left.nodeReasons == right.nodeReasons
    }
}

/// What a pod that holds a place without being bound waits for.
public enum PipelineWait: String, Sendable, CaseIterable {
    /// Its place is being freed.
    case releasing
    /// Its place is free, and its gang is not ready.
    case gang
    /// Its victims have yet to go.
    case eviction
}

/// How a claim is to get its volume that has waited for its first pod.
public struct ClaimBinding: Equatable, Sendable {
    /// The claim.
    public var claim: ObjectKey
    /// The volume that it takes; `nil` where one is to be made for the pod's node.
    public var volume: String?

    /// A claim, and the volume that it takes, or none for one that is to be made.
    public init(claim: ObjectKey, volume: String? = nil) {
        self.claim = claim
        self.volume = volume
    }
}

/// What one scheduling cycle decided, in the order of the decisions.
public struct CycleResult: Sendable {
    /// A pod and its node.
    public struct Bind: Equatable, Sendable {
        /// The pod.
        public var pod: ObjectKey
        /// The node's name.
        public var node: String
        /// The number of the cycle that decided it.
        public var cycle: Int
        /// The claims that have to get a volume before; empty for most pods.
        public var claims: [ClaimBinding] = []
        /// What is written on the pod with the binding: the devices and processors chosen for it; empty for most pods.
        public var annotations: [String: String] = [:]
    }

    /// A pod that has to leave its node.
    public struct Eviction: Equatable, Sendable {
        /// The pod.
        public var pod: ObjectKey
        /// The node's name.
        public var node: String
        /// The action that evicts it.
        public var reason: EvictionReason
        /// The gang, or the pod that is its own, for which it leaves; `nil` for none in particular.
        public var preemptor: ObjectKey?
        /// The number of the cycle that decided it.
        public var cycle: Int
    }

    /// A pod that holds a place without being bound.
    public struct Pipelined: Equatable, Sendable {
        /// The pod.
        public var pod: ObjectKey
        /// The node's name.
        public var node: String
        /// What it waits for.
        public var waitsFor: PipelineWait
    }

    /// A pod without a place.
    public struct Pending: Equatable, Sendable {
        /// The pod.
        public var pod: ObjectKey
        /// The gang that it belongs to; `nil` for a pod without one.
        public var podGroup: ObjectKey?
        /// Why; pods that wait for the same share it.
        public var explanation: PendingExplanation

        init(_ pod: ObjectKey, _ podGroup: ObjectKey?, _ explanation: PendingExplanation) {
            self.pod = pod
            self.podGroup = podGroup
            self.explanation = explanation
        }

        /// Why, for machines.
        public var reason: PendingReason { explanation.reason }
        /// Why, for people.
        public var message: String { explanation.message }
        /// For each reason, the number of nodes that gave it when the pod was tried, most first.
        public var nodeReasons: [NodeReason] { explanation.nodeReasons }
    }

    /// A reason and the number of nodes that gave it.
    public struct NodeReason: Equatable, Sendable {
        /// The reason, in the words of kube-scheduler and Volcano.
        public var reason: String
        /// How many nodes.
        public var count: Int
    }

    /// A gang at the end of the cycle.
    public struct Group: Equatable, Sendable {
        /// Namespace and name.
        public var key: ObjectKey
        /// The queue.
        public var queue: String
        /// The phase that its status would have.
        public var phase: PodGroup.Phase
        /// The minimum.
        public var minMember: Int
        /// The pods that hold a place.
        public var placed: Int
        /// All its pods.
        public var pods: Int
        /// Why it waits; `nil` if its minimum has a place.
        public var reason: PendingReason?
        /// The sentence for people.
        public var message: String
        /// Where it comes from.
        public var origin: PodGroup.Origin
        /// The domain of the network that its pods hold places in, which Volcano writes as the annotation
        /// `volcano.sh/job-allocated-hypernode`; `nil` for a gang that does not wish for nearness or holds none.
        public var allocatedHyperNode: String?
        /// The nodes on which places are kept for it, by name; empty where none are.
        public var reservedNodes: [String] = []
        /// When those places are expected to be free; `nil` where nobody knows.
        public var expectedStart: Timestamp?
    }

    /// A queue at the end of the cycle.
    public struct QueueUse: Equatable, Sendable {
        /// The queue's name.
        public var name: String
        /// Its weight.
        public var weight: Int64
        /// What it is entitled to, in thousandths of the resource's unit; empty if nothing was shared out.
        public var deservedMilli: [Amount]
        /// What its pods hold.
        public var allocated: ResourceList
        /// What its pods hold or wait for.
        public var request: ResourceList
    }

    /// A resource and an amount.
    public struct Amount: Equatable, Sendable {
        /// The resource.
        public var resource: ResourceName
        /// Thousandths of the resource's unit: of a millicore, a byte, a device.
        public var milli: Int64
    }

    /// The number of the cycle, from 1.
    public var cycle = 0
    /// Pods to bind.
    public var binds: [Bind] = []
    /// Pods to evict.
    public var evictions: [Eviction] = []
    /// Pods that hold a place.
    public var pipelined: [Pipelined] = []
    /// Pods without a place.
    public var pending: [Pending] = []
    /// Whether anything waits, told of or not.
    public var hasWaiting = false
    /// Whether a gang has another phase than before.
    public var hasNewPhases = false
    /// Gangs of which something waits or has changed since the last cycle; pods without a group are not listed.
    public var podGroups: [Group] = []
    /// Queues.
    public var queues: [QueueUse] = []
    /// The gang that nodes are locked for, and the nodes; Volcano 1.5 only, and without effect there.
    public var nodeLocks = NodeLocks()
    /// The time of the cycle; `nil` if none was given.
    public var now: Timestamp?
    /// Thousandths of GPUs that are idle at the end; `nil` where no plugin counts fragments.
    public var idleMilliGPU: Int64?
    /// What of them the expected pods cannot use; `nil` where no plugin counts fragments.
    public var fragmentedMilliGPU: Double?
    /// The number of nodes.
    public var nodeCount = 0
    /// The number of pods.
    public var podCount = 0
    /// Pods that were bound before the cycle and hold resources.
    public var boundBefore = 0
}
