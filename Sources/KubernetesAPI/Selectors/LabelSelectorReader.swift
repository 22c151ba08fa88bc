internal import ClusterModel
internal import Documents

extension FieldReader {
    /// A member that is a label selector; `nil` when it is absent or null.
    func labelSelector(_ key: String) -> LabelSelector? { object(key).map(LabelSelectorReader.read) }
}

/// Reads label selectors and refuses those that the API server refuses.
enum LabelSelectorReader {
    static func read(_ selector: FieldReader) -> LabelSelector {
        LabelSelector(
            matchLabels: selector.stringMap("matchLabels"),
            matchExpressions: selector.objects("matchExpressions").compactMap(requirement))
    }

    private static func requirement(_ requirement: FieldReader) -> LabelSelectorRequirement? {
        let key = requirement.requiredString("key")
        let comparison = requirement.requiredChoice("operator", of: LabelSelectorRequirement.Operator.self)
        let values = requirement.strings("values")
        guard let key, let comparison else { return nil }
        // Values that are no strings have been reported as such.
        if values.count == requirement.value("values")?.count ?? 0 {
            check(values, for: comparison, in: requirement)
        }
        return LabelSelectorRequirement(key: key, operator: comparison, values: values)
    }

    private static func check(
        _ values: [String], for comparison: LabelSelectorRequirement.Operator, in requirement: FieldReader
    ) {
        let needsValues = comparison == .isIn || comparison == .notIn
        if values.isEmpty != needsValues { return }
        let found = values.isEmpty ? "no value" : values.map(\.debugDescription).joined(separator: ", ")
        let expected = needsValues ? "at least one" : "none"
        requirement.report(
            "values", "found \(found), expected \(expected) with operator \(comparison.rawValue)")
    }
}
