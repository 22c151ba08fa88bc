/// What priority a class stands for.
///
/// Source: the API server's Priority admission plugin.
public struct PriorityResolver: Sendable {
    /// The classes that every cluster has.
    private static let builtIn: [String: Int32] = [
        "system-node-critical": 2_000_001_000, "system-cluster-critical": 2_000_000_000,
    ]

    private var values = Self.builtIn
    private var globalDefault: Int32?
    private var preemptingNever: Set<String> = []
    private var globalDefaultPreemptsNever = false

    /// Knows the given classes, and the two that every cluster has.
    public init(classes: [PriorityClass]) {
        for priorityClass in classes {
            values[priorityClass.name] = priorityClass.value
            if priorityClass.preemptsNever { preemptingNever.insert(priorityClass.name) }
            // Of several defaults, which the API server does not let in but may find, the lowest holds.
            if priorityClass.isGlobalDefault, priorityClass.value <= globalDefault ?? .max {
                // Of two with one value the stricter holds, whichever comes first.
                let isTie = priorityClass.value == globalDefault
                globalDefaultPreemptsNever =
                    priorityClass.preemptsNever || isTie && globalDefaultPreemptsNever
                globalDefault = priorityClass.value
            }
        }
    }

    /// True for a class of the cluster or a built-in one.
    public func knows(_ name: String) -> Bool { values[name] != nil }

    /// The value of a class; without a name, or with an unknown one, that of the global default.
    public func priority(ofClass name: String) -> Int32? { values[name] ?? globalDefault }

    /// True when pods of a class take nobody's place; without a name, or with an unknown one, that of the default.
    public func preemptsNever(ofClass name: String) -> Bool {
        knows(name) ? preemptingNever.contains(name) : globalDefaultPreemptsNever
    }

    /// Gives a pod that has no number of its own what its class says.
    public func resolve(_ pod: inout Pod) {
        pod.priority = priority(ofClass: pod.priorityClassName)
        if preemptsNever(ofClass: pod.priorityClassName) { pod.preemptsNever = true }
    }
}
