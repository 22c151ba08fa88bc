public import ClusterModel

/// What keeps a job from starting, for machines: a closed list, of which one job may have several.
public enum Hold: Equatable, Sendable {
    /// Its queue may not use so much more.
    case queueShare(QueueShareHold)
    /// The ResourceQuota of its namespace leaves too little for what it needs at once.
    case quota(message: String)
    /// Too few of its pods exist, or found room, for what must run together.
    case gangMinimum(GangMinimumHold)
    /// Too little of a resource is left on nodes that would take its pods.
    case resource(ResourceHold)
    /// Something other than room keeps its pods off nodes.
    case constraint(ConstraintHold)
    /// Places are kept, for it or for others.
    case reservation(ReservationHold)
    /// Scheduling gates are set, by name.
    case gate([String])
    /// Admission did not let it in.
    case admission(message: String)
    /// Its queue takes nothing; without a state it does not exist.
    case queueState(queue: String, state: Queue.State?)
    /// It states what is not evaluated.
    case unsupported([String])
    /// It has places, and waits until the pods there have gone.
    case releasing
    /// It cannot be placed as it is written.
    case invalid(message: String)
    /// No action of the configuration tries such a pod.
    case notTried

    /// The word for it.
    public enum Kind: String, Sendable, CaseIterable {
        /// See `Hold.queueShare`.
        case queueShare
        /// See `Hold.quota`.
        case quota
        /// See `Hold.gangMinimum`.
        case gangMinimum
        /// See `Hold.resource`.
        case resource
        /// See `Hold.constraint`.
        case constraint
        /// See `Hold.reservation`.
        case reservation
        /// See `Hold.gate`.
        case gate
        /// See `Hold.admission`.
        case admission
        /// See `Hold.queueState`.
        case queueState
        /// See `Hold.unsupported`.
        case unsupported
        /// See `Hold.releasing`.
        case releasing
        /// See `Hold.invalid`.
        case invalid
        /// See `Hold.notTried`.
        case notTried
    }

    /// Which of the list it is.
    public var kind: Kind {
        switch self {
        case .queueShare: .queueShare
        case .quota: .quota
        case .gangMinimum: .gangMinimum
        case .resource: .resource
        case .constraint: .constraint
        case .reservation: .reservation
        case .gate: .gate
        case .admission: .admission
        case .queueState: .queueState
        case .unsupported: .unsupported
        case .releasing: .releasing
        case .invalid: .invalid
        case .notTried: .notTried
        }
    }
}

/// A queue that may not use what a job needs at once.
public struct QueueShareHold: Equatable, Sendable {
    /// A limit that would be passed. Amounts are in the resource's own unit.
    public struct Excess: Equatable, Sendable {
        /// The resource.
        public let resource: ResourceName
        /// What the queue holds without the job.
        public let held: Int64
        /// What the job needs besides, for its minimum.
        public let asked: Int64
        /// The most that the queue may hold, rounded down.
        public let limit: Int64
        /// By how much the limit would be passed.
        public let over: Int64
    }

    /// The rule that the limit comes from.
    public enum Limit: String, Sendable, CaseIterable {
        /// The part of the cluster that the queue deserves by its weight.
        case deserved
        /// The most that it may use: its capability, and what others are guaranteed.
        case capability
    }

    /// The queue that the job waits in.
    public let queue: String
    /// Which rule.
    public let limit: Limit
    /// What would be passed, in the order of reports; empty where the queue has just had its share.
    public let excess: [Excess]
}

/// A gang that does not come together.
public struct GangMinimumHold: Equatable, Sendable {
    /// What is lacking.
    public enum Lack: String, Sendable, CaseIterable {
        /// Too few pods exist.
        case pods
        /// Too few pods found room at once.
        case room
    }

    /// What is lacking.
    public let lack: Lack
    /// How many there must be: of the gang, or of the role that holds it back.
    public let needed: Int
    /// How many there are, or found room.
    public let found: Int
    /// The role that holds it back; `nil` where it is the gang as a whole.
    public let role: String?
}

/// A resource that is short. Amounts are in its own unit, for one pod.
public struct ResourceHold: Equatable, Sendable {
    /// The resource.
    public let resource: ResourceName
    /// What the pod asks for.
    public let asked: Int64
    /// Nodes that would take the pod and have enough of it.
    public let nodesWithEnough: Int
    /// Nodes that would take the pod and have too little of it.
    public let nodesShort: Int
    /// What is missing where least is missing.
    public let leastMissing: Int64
    /// What is missing where most is missing.
    public let mostMissing: Int64
}

/// A constraint, and how many nodes it rules out.
public struct ConstraintHold: Equatable, Sendable {
    /// What kind of constraint it is.
    public enum Constraint: String, Sendable, CaseIterable {
        /// The node's `Ready` condition.
        case nodeReady
        /// The node is cordoned.
        case cordon
        /// `nodeSelector` or required node affinity.
        case nodeAffinity
        /// A taint that is not tolerated.
        case taint
        /// The company that the pod seeks.
        case podAffinity
        /// The company that it, or a pod that is there, avoids.
        case podAntiAffinity
        /// How it is to be spread.
        case topologySpread
        /// Ports of the node.
        case hostPorts
        /// Volumes: where they are, how many there may be, who else uses them.
        case volumes
        /// How near to each other its pods are to run.
        case networkTopology
        /// The number of pods on the node.
        case podCount
        /// Another rule of a plugin.
        case rule
    }

    /// What kind of constraint it is.
    public let constraint: Constraint
    /// The reason in the words of kube-scheduler and Volcano.
    public let reason: String
    /// On how many nodes it stands in the way.
    public let nodes: Int
}

/// Places that are kept.
public struct ReservationHold: Equatable, Sendable {
    /// For whom; the job itself among others.
    public let keptFor: ObjectKey
    /// The nodes, by name.
    public let nodes: [String]
    /// When they are expected to be free; `nil` where nobody knows.
    public let until: Timestamp?
}
