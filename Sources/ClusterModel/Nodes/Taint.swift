/// A mark on a node that keeps away pods which do not tolerate it.
public struct Taint: Hashable, Sendable, CustomStringConvertible {
    /// What a taint does to pods that do not tolerate it.
    public enum Effect: String, Sendable, CaseIterable {
        /// Such pods are not placed here.
        case noSchedule = "NoSchedule"
        /// Such pods are placed here only if nothing better is found.
        case preferNoSchedule = "PreferNoSchedule"
        /// Such pods are not placed here, and running ones are evicted by the node controller.
        case noExecute = "NoExecute"
    }

    /// The taint's key, a qualified name.
    public var key: String
    /// The taint's value, empty if it has none.
    public var value: String
    /// What it does.
    public var effect: Effect

    /// A taint by key, value and effect.
    public init(key: String, value: String = "", effect: Effect) {
        self.key = key
        self.value = value
        self.effect = effect
    }

    /// True when the taint keeps pods away, rather than only making the node less welcome.
    public var repels: Bool { effect != .preferNoSchedule }

    /// The taint as `kubectl describe node` prints it.
    public var description: String {
        value.isEmpty ? "\(key):\(effect.rawValue)" : "\(key)=\(value):\(effect.rawValue)"
    }
}

/// A pod's word that it can live with certain taints.
public struct Toleration: Hashable, Sendable {
    /// How a toleration's key and value are compared with a taint's.
    public enum Operator: String, Sendable, CaseIterable {
        /// Key and value must be the same.
        case equal = "Equal"
        /// The key must be the same; an empty key means every taint.
        case exists = "Exists"
        /// The taint's value is an integer less than the toleration's (Kubernetes 1.35).
        case lessThan = "Lt"
        /// The taint's value is an integer greater than the toleration's (Kubernetes 1.35).
        case greaterThan = "Gt"
    }

    /// The key to match; empty only with `exists`.
    public var key: String
    /// How to compare.
    public var `operator`: Operator
    /// The value to compare with.
    public var value: String
    /// The effect to match; `nil` means all effects.
    public var effect: Taint.Effect?

    /// A toleration; without an operator it compares for equality, as Kubernetes does.
    public init(
        key: String = "", operator: Operator = .equal, value: String = "", effect: Taint.Effect? = nil
    ) {
        self.key = key
        self.operator = `operator`
        self.value = value
        self.effect = effect
    }

    /// Whether this toleration covers a taint.
    ///
    /// Source: `Toleration.ToleratesTaint` of the Kubernetes API.
    public func tolerates(_ taint: Taint) -> Bool {
        if let effect, effect != taint.effect { return false }
        if !key.isEmpty, key != taint.key { return false }
        switch `operator` {
        case .exists: return true
        case .equal: return !key.isEmpty && value == taint.value
        case .lessThan, .greaterThan:
            guard let mine = Int64(value), let theirs = Int64(taint.value), !key.isEmpty else { return false }
            return `operator` == .lessThan ? theirs < mine : theirs > mine
        }
    }
}
