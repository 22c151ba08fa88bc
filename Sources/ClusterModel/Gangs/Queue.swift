/// A share of the cluster in which gangs wait.
public struct Queue: Equatable, Sendable {
    /// Whether a queue takes work. Source: `scheduling.volcano.sh/v1beta1`.
    public enum State: String, Sendable, CaseIterable {
        /// It does.
        case open = "Open"
        /// It takes nothing new.
        case closed = "Closed"
        /// It takes nothing new and still has work.
        case closing = "Closing"
        /// Its state could not be told.
        case unknown = "Unknown"
    }

    /// The queue's name.
    public var name: String
    /// When it was created; `nil` counts as oldest.
    public var created: Timestamp?
    /// Annotations.
    public var annotations: [String: String]
    /// The queue that it is a part of, empty if it names none.
    public var parent: String
    /// Its part of what queues share, 1 to 65,535.
    public var weight: Int64
    /// Higher goes first.
    public var priority: Int32
    /// The most that it may use; a resource that is not named has no limit, and `nil` means that none is given.
    public var capability: ResourceList?
    /// What it should have when all queues want more than there is; a resource that is not named is not shared out.
    public var deserved: ResourceList
    /// What is kept for it even when it is idle.
    public var guarantee: ResourceList
    /// False when other queues may not take back what it uses beyond its share.
    public var isReclaimable: Bool
    /// The groups of nodes that it may use; `nil` if it says nothing of any.
    public var affinity: QueueAffinity?
    /// The word that `spec.type` holds, empty if none.
    public var type: String
    /// Whether it takes work.
    public var state: State
    /// What its status says that its pods hold: quantities as written, by resource.
    public var statusAllocated: [String: String] = [:]

    /// An open queue of weight 1 without limits.
    public init(
        name: String, created: Timestamp? = nil, annotations: [String: String] = [:], parent: String = "",
        weight: Int64 = 1, priority: Int32 = 0,
        capability: ResourceList? = nil, deserved: ResourceList = [:], guarantee: ResourceList = [:],
        isReclaimable: Bool = true, affinity: QueueAffinity? = nil, type: String = "", state: State = .open
    ) {
        self.name = name
        self.created = created
        self.annotations = annotations
        self.parent = parent
        self.weight = weight
        self.priority = priority
        self.capability = capability
        self.deserved = deserved
        self.guarantee = guarantee
        self.isReclaimable = isReclaimable
        self.affinity = affinity
        self.type = type
        self.state = state
    }

    /// The name of the queue of which all others are parts.
    public static let rootName = "root"

    /// A queue that exists without an object, as Volcano creates it: nothing is taken back from `root`.
    public init(builtIn name: String) {
        self.init(name: name, isReclaimable: name != Self.rootName)
    }

    /// All that it holds against others, added up: what is guaranteed to it and what it deserves.
    ///
    /// - Throws: `ResourceOverflow` when a sum does not fit in 63 bits.
    public func claims() throws(ResourceOverflow) -> ResourceList {
        var sum = guarantee
        try sum.add(deserved)
        return sum
    }
}
