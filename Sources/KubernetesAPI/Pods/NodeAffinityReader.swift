internal import ClusterModel
internal import Documents

/// Reads node affinity and refuses what the API server refuses.
enum NodeAffinityReader {
    /// - Parameter affinity: `nodeAffinity` of a pod's affinity.
    static func read(_ affinity: FieldReader) -> NodeAffinity {
        var result = NodeAffinity()
        if let required = affinity.object("requiredDuringSchedulingIgnoredDuringExecution") {
            result.required = terms(required)
        }
        result.preferred = affinity.objects("preferredDuringSchedulingIgnoredDuringExecution").compactMap(
            preferred)
        return result
    }

    /// The terms of a node selector, of which there must be one.
    static func terms(_ selector: FieldReader) -> [NodeSelectorTerm] {
        let terms = selector.objects("nodeSelectorTerms")
        if selector.lacks("nodeSelectorTerms") || selector.value("nodeSelectorTerms")?.count == 0 {
            selector.report("nodeSelectorTerms", "found no term, expected at least one")
        }
        return terms.map(term)
    }

    private static func preferred(_ term: FieldReader) -> PreferredSchedulingTerm? {
        if term.lacks("weight") {
            term.report("weight", "found nothing, expected an integer from 1 to 100")
        }
        if term.lacks("preference") {
            term.report("preference", "found nothing, expected a node selector term")
        }
        guard let weight = term.integer("weight", in: 1...100), let preference = term.object("preference")
        else { return nil }
        return PreferredSchedulingTerm(weight: weight, preference: self.term(preference))
    }

    private static func term(_ term: FieldReader) -> NodeSelectorTerm {
        let expressions = term.objects("matchExpressions").compactMap(requirement)
        let fields = term.objects("matchFields").compactMap { field in
            let requirement = requirement(field)
            if let requirement { checkField(requirement, in: field) }
            return requirement
        }
        return NodeSelectorTerm(matchExpressions: expressions, matchFields: fields)
    }

    private static func requirement(_ requirement: FieldReader) -> NodeSelectorRequirement? {
        let key = requirement.requiredString("key")
        let comparison = requirement.requiredChoice("operator", of: NodeSelectorRequirement.Operator.self)
        let values = requirement.strings("values")
        guard let key, let comparison else { return nil }
        check(values, for: comparison, in: requirement)
        return NodeSelectorRequirement(key: key, operator: comparison, values: values)
    }

    private static func check(
        _ values: [String], for comparison: NodeSelectorRequirement.Operator, in requirement: FieldReader
    ) {
        // Values that are no strings have been reported as such.
        guard values.count == requirement.value("values")?.count ?? 0 else { return }
        let expected: String
        switch comparison {
        case .isIn, .notIn:
            if !values.isEmpty { return }
            expected = "at least one"
        case .exists, .doesNotExist:
            if values.isEmpty { return }
            expected = "none"
        case .greaterThan, .lessThan:
            if values.count == 1, Int64(values[0]) != nil { return }
            expected = "exactly one integer"
        }
        let found = values.isEmpty ? "no value" : values.map(\.debugDescription).joined(separator: ", ")
        requirement.report(
            "values", "found \(found), expected \(expected) with operator \(comparison.rawValue)")
    }

    /// Kubernetes selects by one field only, the node's name, and compares it with one value.
    private static func checkField(_ requirement: NodeSelectorRequirement, in field: FieldReader) {
        if requirement.key != "metadata.name" {
            field.report("key", "found \(requirement.key.debugDescription), expected metadata.name")
        }
        if requirement.operator != .isIn && requirement.operator != .notIn {
            field.report(
                "operator", "found \(requirement.operator.rawValue), expected In or NotIn for a field")
        } else if requirement.values.count > 1 {
            field.report("values", "found \(requirement.values.count) values, expected one for a field")
        }
    }
}
