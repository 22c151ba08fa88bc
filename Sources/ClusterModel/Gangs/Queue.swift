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
    /// Its part of what queues share, 1 to 65,535.
    public var weight: Int64
    /// Higher goes first.
    public var priority: Int32
    /// The most that it may use; a resource that is not named has no limit.
    public var capability: ResourceList
    /// What is kept for it even when it is idle.
    public var guarantee: ResourceList
    /// Whether it takes work.
    public var state: State

    /// An open queue of weight 1 without limits.
    public init(
        name: String, created: Timestamp? = nil, weight: Int64 = 1, priority: Int32 = 0,
        capability: ResourceList = [:], guarantee: ResourceList = [:], state: State = .open
    ) {
        self.name = name
        self.created = created
        self.weight = weight
        self.priority = priority
        self.capability = capability
        self.guarantee = guarantee
        self.state = state
    }
}

/// A named priority. Source: `scheduling.k8s.io/v1`.
public struct PriorityClass: Equatable, Sendable {
    /// The class's name.
    public var name: String
    /// The priority; higher goes first.
    public var value: Int32
    /// True for the class that holds where none is named.
    public var isGlobalDefault: Bool

    /// A class by name and value.
    public init(name: String, value: Int32, isGlobalDefault: Bool = false) {
        self.name = name
        self.value = value
        self.isGlobalDefault = isGlobalDefault
    }
}
