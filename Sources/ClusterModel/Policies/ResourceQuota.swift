/// What the objects of a namespace may ask for together. Source: the core API.
///
/// The names are those of quotas: `cpu` and `requests.cpu`, `limits.memory`, `pods`, `count/pods`.
public struct ResourceQuota: Equatable, Sendable {
    /// Namespace and name.
    public var key: ObjectKey
    /// The limits as they are wished for: `spec.hard`.
    public var hard: ResourceList
    /// The limits that hold: `status.hard`.
    public var enforcedHard: ResourceList
    /// What is in use: `status.used`.
    public var used: ResourceList
    /// True when it counts only objects of certain scopes.
    public var isScoped: Bool

    /// A quota that limits nothing unless told otherwise.
    public init(
        key: ObjectKey, hard: ResourceList = [:], enforcedHard: ResourceList = [:], used: ResourceList = [:],
        isScoped: Bool = false
    ) {
        self.key = key
        self.hard = hard
        self.enforcedHard = enforcedHard
        self.used = used
        self.isScoped = isScoped
    }
}
