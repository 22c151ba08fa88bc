/// What the labels of an object must be for the object to be meant.
///
/// A selector without any requirement means every object; where a selector that is absent means none, the field that
/// holds it says so. Source: `metav1.LabelSelector`.
public struct LabelSelector: Hashable, Sendable {
    /// Labels that must be there with just these values.
    public var matchLabels: [String: String]
    /// Further requirements, which must all be met.
    public var matchExpressions: [LabelSelectorRequirement]

    /// A selector of labels and requirements; by default it means every object.
    public init(matchLabels: [String: String] = [:], matchExpressions: [LabelSelectorRequirement] = []) {
        self.matchLabels = matchLabels
        self.matchExpressions = matchExpressions
    }

    /// True when nothing is required: every object is meant.
    public var isEmpty: Bool { matchLabels.isEmpty && matchExpressions.isEmpty }

    /// Whether an object with these labels is meant.
    public func matches(_ labels: [String: String]) -> Bool {
        matchLabels.allSatisfy { labels[$0.key] == $0.value }
            && matchExpressions.allSatisfy { $0.isMet(by: labels[$0.key]) }
    }
}

/// One comparison of a label selector: a label against values.
public struct LabelSelectorRequirement: Hashable, Sendable {
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
    }

    /// The label's key.
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
    public func isMet(by value: String?) -> Bool {
        switch `operator` {
        case .isIn: value.map(values.contains) ?? false
        case .notIn: value.map { !values.contains($0) } ?? true
        case .exists: value != nil
        case .doesNotExist: value == nil
        }
    }
}
