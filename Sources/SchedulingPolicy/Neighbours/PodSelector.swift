import ClusterModel

/// Which pods are meant: by their labels and their namespaces.
struct PodSelector: Hashable, Sendable {
    /// The pods that are meant; `nil` means none.
    let labels: LabelSelector?
    /// The namespaces of the pods that are meant.
    let namespaces: [String]
    /// Further namespaces, by their labels; `nil` means none.
    let namespaceSelector: LabelSelector?

    /// The pods that a term means, where a pod of a namespace has it.
    init(_ term: PodAffinityTerm, in namespace: String) {
        labels = term.labelSelector
        namespaceSelector = term.namespaceSelector
        let isSilent = term.namespaces.isEmpty && term.namespaceSelector == nil
        namespaces = isSilent ? [namespace] : Set(term.namespaces).sorted { $0.precedes($1) }
    }

    /// The pods of a namespace that a spread constraint counts.
    init(_ labels: LabelSelector, in namespace: String) {
        self.labels = labels
        namespaces = [namespace]
        namespaceSelector = nil
    }

    /// Whether pods of a kind are meant.
    ///
    /// - Parameter namespaceLabels: the labels of a namespace.
    func means(_ kind: PodKind, _ namespaceLabels: (String) -> [String: String]) -> Bool {
        guard let labels, labels.matches(kind.labels) else { return false }
        return namespaces.contains(kind.namespace)
            || namespaceSelector?.matches(namespaceLabels(kind.namespace)) ?? false
    }

    /// A label of which every pod that is meant has one of some values; `nil` where there is none.
    var anchor: (key: String, values: [String])? {
        guard let labels else { return nil }
        if let key = labels.matchLabels.keys.min(by: { $0.precedes($1) }), let value = labels.matchLabels[key]
        {
            return (key, [value])
        }
        return labels.matchExpressions.first { $0.operator == .isIn }.map {
            ($0.key, Set($0.values).sorted { $0.precedes($1) })
        }
    }
}
