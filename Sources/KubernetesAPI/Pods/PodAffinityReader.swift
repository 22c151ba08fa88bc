internal import ClusterModel
internal import Documents

/// Reads the company that a pod seeks or avoids, and refuses what the API server refuses.
enum PodAffinityReader {
    /// - Parameters:
    ///   - affinity: `podAffinity` or `podAntiAffinity` of a pod's affinity.
    ///   - labels: The pod's own labels, with which `matchLabelKeys` complete the selectors.
    static func read(_ affinity: FieldReader, labels: [String: String]) -> PodAffinity {
        PodAffinity(
            required: affinity.objects("requiredDuringSchedulingIgnoredDuringExecution").compactMap {
                term($0, labels: labels)
            },
            preferred: affinity.objects("preferredDuringSchedulingIgnoredDuringExecution").compactMap {
                preferred($0, labels: labels)
            })
    }

    private static func preferred(_ wish: FieldReader, labels: [String: String]) -> WeightedPodAffinityTerm? {
        if wish.lacks("weight") {
            wish.report("weight", "found nothing, expected an integer from 1 to 100")
        }
        if wish.lacks("podAffinityTerm") {
            wish.report("podAffinityTerm", "found nothing, expected a pod affinity term")
        }
        let weight = wish.integer("weight", in: 1...100)
        let term = wish.object("podAffinityTerm").flatMap { Self.term($0, labels: labels) }
        guard let weight, let term else { return nil }
        return WeightedPodAffinityTerm(weight: weight, term: term)
    }

    private static func term(_ term: FieldReader, labels: [String: String]) -> PodAffinityTerm? {
        let matching = term.strings("matchLabelKeys")
        let mismatching = term.strings("mismatchLabelKeys")
        checkKeys(matching, mismatching, of: term)
        var selector = term.labelSelector("labelSelector")
        selector?.complete(matching: matching, mismatching: mismatching, labels)
        let namespaces = term.strings("namespaces")
        let namespaceSelector = term.labelSelector("namespaceSelector")
        guard let topologyKey = term.requiredString("topologyKey") else { return nil }
        return PodAffinityTerm(
            labelSelector: selector, namespaces: namespaces, namespaceSelector: namespaceSelector,
            topologyKey: topologyKey, matchLabelKeys: matching, mismatchLabelKeys: mismatching)
    }

    private static func checkKeys(_ matching: [String], _ mismatching: [String], of term: FieldReader) {
        for (field, keys) in [("matchLabelKeys", matching), ("mismatchLabelKeys", mismatching)]
        where !keys.isEmpty && term.lacks("labelSelector") {
            term.report(field, "found keys, expected none without a labelSelector")
        }
        if let both = matching.first(where: mismatching.contains) {
            term.report(
                "mismatchLabelKeys",
                "found \(both.debugDescription) in matchLabelKeys too, expected it in one of the two")
        }
    }
}

extension LabelSelector {
    /// Adds what the API server adds for label keys; keys that the pod does not have count for nothing.
    ///
    /// What is there already, since the API server has been at it, is not added again.
    mutating func complete(
        matching: [String], mismatching: [String] = [], _ labels: [String: String]
    ) {
        for (comparison, keys) in [(LabelSelectorRequirement.Operator.isIn, matching), (.notIn, mismatching)]
        {
            for key in keys {
                guard let value = labels[key] else { continue }
                let requirement = LabelSelectorRequirement(key: key, operator: comparison, values: [value])
                if !matchExpressions.contains(requirement) { matchExpressions.append(requirement) }
            }
        }
    }
}
