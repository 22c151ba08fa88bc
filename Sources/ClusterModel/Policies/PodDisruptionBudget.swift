/// How many pods of a kind may be taken off their nodes at present. Source: `policy/v1`.
public struct PodDisruptionBudget: Equatable, Sendable {
    /// Namespace and name.
    public var key: ObjectKey
    /// The pods of its namespace that it protects; `nil` means none.
    public var selector: LabelSelector?
    /// How many of them may go now.
    public var disruptionsAllowed: Int
    /// Names of pods that are about to go and have been subtracted already.
    public var disruptedPods: Set<String>

    /// A budget that lets no pod go unless told otherwise.
    public init(
        key: ObjectKey, selector: LabelSelector? = nil, disruptionsAllowed: Int = 0,
        disruptedPods: Set<String> = []
    ) {
        self.key = key
        self.selector = selector
        self.disruptionsAllowed = disruptionsAllowed
        self.disruptedPods = disruptedPods
    }
}
