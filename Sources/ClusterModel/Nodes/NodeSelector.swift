/// One comparison of a node selector: a label, or the node's name, against values.
public struct NodeSelectorRequirement: Hashable, Sendable {
    /// How the label's value is compared.
    public enum Operator: String, Sendable, CaseIterable {
        /// The value is one of those given.
        case isIn = "In"
        /// The value is none of those given, or the label is absent.
        case notIn = "NotIn"
        /// The label is there.
        case exists = "Exists"
        /// The label is absent.
        case doesNotExist = "DoesNotExist"
        /// The value is an integer greater than the one given.
        case greaterThan = "Gt"
        /// The value is an integer less than the one given.
        case lessThan = "Lt"
    }

    /// The label's key, or `metadata.name` in a field requirement.
    public var key: String
    /// How to compare.
    public var `operator`: Operator
    /// What to compare with.
    public var values: [String]

    /// A requirement by key, operator and values.
    public init(key: String, operator: Operator, values: [String] = []) {
        self.key = key
        self.operator = `operator`
        self.values = values
    }

    /// Whether a label's value, `nil` if the label is absent, meets this requirement.
    ///
    /// Source: `labels.Requirement.Matches`. Text that is no integer never satisfies `Gt` or `Lt`.
    public func isMet(by value: String?) -> Bool {
        switch `operator` {
        case .isIn: return value.map(values.contains) ?? false
        case .notIn: return value.map { !values.contains($0) } ?? true
        case .exists: return value != nil
        case .doesNotExist: return value == nil
        case .greaterThan, .lessThan:
            guard let value, let number = Int64(value), let bound = values.first.flatMap({ Int64($0) })
            else { return false }
            return `operator` == .greaterThan ? number > bound : number < bound
        }
    }
}

/// Requirements that a node must meet all together. A term without any matches no node.
public struct NodeSelectorTerm: Hashable, Sendable {
    /// Requirements on labels.
    public var matchExpressions: [NodeSelectorRequirement]
    /// Requirements on fields; Kubernetes knows `metadata.name` only.
    public var matchFields: [NodeSelectorRequirement]

    /// A term of requirements on labels and fields.
    public init(
        matchExpressions: [NodeSelectorRequirement] = [], matchFields: [NodeSelectorRequirement] = []
    ) {
        self.matchExpressions = matchExpressions
        self.matchFields = matchFields
    }

    /// Whether a node meets every requirement.
    public func matches(_ node: Node) -> Bool {
        if matchExpressions.isEmpty && matchFields.isEmpty { return false }
        return matchExpressions.allSatisfy { $0.isMet(by: node.labels[$0.key]) }
            && matchFields.allSatisfy { $0.key == "metadata.name" && $0.isMet(by: node.name) }
    }
}

/// A term that makes a node more welcome by a weight of 1 to 100.
public struct PreferredSchedulingTerm: Hashable, Sendable {
    /// How much a match counts.
    public var weight: Int64
    /// What to match; a term without requirements counts for nothing.
    public var preference: NodeSelectorTerm

    /// A preference by weight.
    public init(weight: Int64, preference: NodeSelectorTerm) {
        self.weight = weight
        self.preference = preference
    }
}

/// Where a pod must and would rather go, by node labels.
public struct NodeAffinity: Hashable, Sendable {
    /// Terms of which one must match; `nil` asks for nothing, an empty list matches no node.
    public var required: [NodeSelectorTerm]?
    /// Terms that add to a node's score.
    public var preferred: [PreferredSchedulingTerm]

    /// An affinity; by default it asks for nothing.
    public init(required: [NodeSelectorTerm]? = nil, preferred: [PreferredSchedulingTerm] = []) {
        self.required = required
        self.preferred = preferred
    }
}
