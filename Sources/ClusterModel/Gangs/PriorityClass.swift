/// A named priority. Source: `scheduling.k8s.io/v1`.
public struct PriorityClass: Equatable, Sendable {
    /// The class's name.
    public var name: String
    /// The priority; higher goes first.
    public var value: Int32
    /// True for the class that holds where none is named.
    public var isGlobalDefault: Bool
    /// True when pods of this class, unless they say otherwise, take nobody's place.
    public var preemptsNever: Bool

    /// A class by name and value.
    public init(name: String, value: Int32, isGlobalDefault: Bool = false, preemptsNever: Bool = false) {
        self.name = name
        self.value = value
        self.isGlobalDefault = isGlobalDefault
        self.preemptsNever = preemptsNever
    }
}

/// Whether a pod may take the place of others. Source: `PreemptionPolicy` of the Kubernetes API.
public enum PreemptionPolicy: String, Sendable, CaseIterable {
    /// It may, of those with a lower priority.
    case preemptLowerPriority = "PreemptLowerPriority"
    /// It may not.
    case never = "Never"
}
