public import ClusterModel

/// A change of the cluster with which a job that waits would have found its place: tried on the scheduler itself.
public struct Remedy: Equatable, Sendable {
    /// More of some resources on a node that exists.
    public struct Addition: Equatable, Sendable {
        /// The node's name.
        public let node: String
        /// The pool that it is of.
        public let pool: NodePoolName?
        /// What comes on top of what it offers.
        public let amounts: ResourceList
    }

    /// A job whose end would make room.
    public struct Ending: Equatable, Sendable {
        /// The gang, or the pod that is its own.
        public let key: ObjectKey
        /// True for a gang, false for a pod that is its own.
        public let isGang: Bool
        /// False for a job that only this cycle has placed: it would have to be taken out of the way, not ended.
        public let isRunning: Bool
    }

    /// What of a queue would have to change.
    public enum QueueField: String, Sendable, CaseIterable {
        /// The most that it may use.
        case capability
        /// What it should have when all queues want more than there is.
        case deserved
        /// Its part of what queues share.
        case weight
    }

    /// What would have to change.
    public enum Kind: Equatable, Sendable {
        /// More of some resources on nodes that exist.
        case capacity([Addition])
        /// Jobs that end.
        case endings([Ending])
        /// So many further nodes like one that exists.
        case nodes(count: Int, pool: NodePoolName?, like: String)
        /// A queue that may use so much more.
        case queueAmounts(queue: String, field: QueueField, by: ResourceList)
        /// A queue of another weight.
        case queueWeight(queue: String, from: Int64, to: Int64)
        /// A queue that takes work, or one that exists.
        case queueOpen(queue: String, exists: Bool)
        /// A ResourceQuota that allows so much more.
        case quota(ObjectKey, by: ResourceList)
        /// One constraint less, or a weaker one.
        case constraint(ConstraintChange)
        /// Gates that are lifted.
        case gates([String])
        /// A lower minimum.
        case minMember(from: Int, to: Int)
    }

    /// What would have to change.
    public let kind: Kind
    /// The same as changes to the objects of the snapshot, in order.
    public let changes: [ClusterChange]
    /// How many pods would be evicted for the job before it can start; 0 if it could start at once.
    public let evictions: Int
    /// The jobs that would have had their place without the change, and wait with it.
    public let displaced: [ObjectKey]

    /// How many objects would have to change; doubling a node counts as another one.
    let size: Int

    /// Where it stands among remedies of the same size: what costs nobody anything comes last, since it changes the job.
    var rank: Int {
        switch kind {
        case .capacity: 0
        case .endings: 1
        case .nodes: 2
        case .queueAmounts, .queueWeight, .queueOpen, .quota: 3
        case .constraint, .gates: 4
        case .minMember: 5
        }
    }
}

/// A group of nodes by the label that a cloud gives to all nodes of a pool.
public struct NodePoolName: Hashable, Sendable {
    /// The label.
    public let label: String
    /// Its value: the pool's name.
    public let name: String

    /// Labels that name pools, the most telling first. Source: the documents of AKS, GKE, EKS and Karpenter.
    public static let labels = [
        "agentpool", "kubernetes.azure.com/agentpool", "cloud.google.com/gke-nodepool",
        "eks.amazonaws.com/nodegroup", "karpenter.sh/nodepool", "node.kubernetes.io/instance-type",
    ]

    /// A pool by label and name.
    public init(label: String, name: String) {
        self.label = label
        self.name = name
    }

    /// The pool of a node by its labels, or by those that a selector asks for; `nil` for a node that is of none.
    public init?(_ labels: [String: String], selector: [String: String] = [:]) {
        let wanted = selector.keys.sorted { $0.precedes($1) }
        guard
            let label = (Self.labels + wanted.filter { $0 != Self.hostname }).first(where: {
                labels[$0] != nil
            }),
            let name = labels[label]
        else { return nil }
        self.label = label
        self.name = name
    }

    /// The label that tells every node from all others.
    static let hostname = "kubernetes.io/hostname"
}

/// One constraint of a job's pods, or of a node, that is gone or weaker.
public enum ConstraintChange: Equatable, Sendable {
    /// A label that `nodeSelector` no longer asks for.
    case nodeSelector(key: String, value: String)
    /// Required node affinity that is gone.
    case nodeAffinity
    /// A taint that is tolerated.
    case toleration(Taint)
    /// A spread that may be as uneven as this.
    case maxSkew(topologyKey: String, from: Int, to: Int)
    /// Company that is no longer sought.
    case podAffinity(topologyKey: String)
    /// Company that is no longer avoided.
    case podAntiAffinity(topologyKey: String)
    /// Ports of the node that are not asked for.
    case hostPorts
    /// Volumes that are not mounted.
    case volumes
    /// Nearness of its pods that is not asked for.
    case networkTopology
    /// A node that is no longer cordoned.
    case uncordon(node: String)
    /// A node that is ready again.
    case ready(node: String)
}

/// What there is to say about a job that waits.
public struct JobExplanation: Sendable {
    /// The gang, or the pod.
    public let key: ObjectKey
    /// True for a gang, false for a pod that is its own, or that its gang does without.
    public let isGang: Bool
    /// The queue that it waits in; empty for a pod whose gang does not exist.
    public let queue: String
    /// Why it waits, as the cycle said.
    public let reason: PendingReason
    /// The same for people.
    public let message: String
    /// What holds it, the main cause first.
    public let holds: [Hold]
    /// Changes of which each alone would let it run, smallest first.
    public internal(set) var remedies: [Remedy] = []
    /// How many cycles were run to find them.
    public internal(set) var trials = 0
    /// True if the search ended for want of trials: there may be other changes, and smaller ones.
    public internal(set) var isCutOff = false
}
