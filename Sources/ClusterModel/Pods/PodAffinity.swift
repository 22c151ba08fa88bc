/// Pods whose company, within one topology domain, a pod seeks or avoids.
public struct PodAffinityTerm: Hashable, Sendable {
    /// The pods that are meant, completed by `matchLabelKeys` and `mismatchLabelKeys`; `nil` means none.
    public var labelSelector: LabelSelector?
    /// The namespaces of the pods that are meant.
    public var namespaces: [String]
    /// Further namespaces, by their labels; `nil` means none.
    public var namespaceSelector: LabelSelector?
    /// The node label whose value tells one domain from another.
    public var topologyKey: String
    /// Labels that the pods that are meant must share with this one.
    public var matchLabelKeys: [String]
    /// Labels in which the pods that are meant must differ from this one.
    public var mismatchLabelKeys: [String]

    /// A term by what it means and where.
    public init(
        labelSelector: LabelSelector? = nil, namespaces: [String] = [],
        namespaceSelector: LabelSelector? = nil, topologyKey: String, matchLabelKeys: [String] = [],
        mismatchLabelKeys: [String] = []
    ) {
        self.labelSelector = labelSelector
        self.namespaces = namespaces
        self.namespaceSelector = namespaceSelector
        self.topologyKey = topologyKey
        self.matchLabelKeys = matchLabelKeys
        self.mismatchLabelKeys = mismatchLabelKeys
    }

    /// Whether pods of a namespace can be meant.
    ///
    /// Source: kube-scheduler's `getNamespacesFromPodAffinityTerm`.
    ///
    /// - Parameters:
    ///   - namespace: The name of the namespace.
    ///   - labels: Its labels.
    ///   - own: The namespace of the pod that has the term; it is meant where nothing else is said.
    public func covers(namespace: String, labels: [String: String], own: String) -> Bool {
        if namespaces.isEmpty, namespaceSelector == nil { return namespace == own }
        return namespaces.contains(namespace) || namespaceSelector?.matches(labels) ?? false
    }
}

/// A term that counts as a wish, by a weight of 1 to 100.
public struct WeightedPodAffinityTerm: Hashable, Sendable {
    /// How much a match counts.
    public var weight: Int64
    /// What to match.
    public var term: PodAffinityTerm

    /// A wish by weight.
    public init(weight: Int64, term: PodAffinityTerm) {
        self.weight = weight
        self.term = term
    }
}

/// The company that a pod seeks, or avoids.
public struct PodAffinity: Hashable, Sendable {
    /// Terms that must all hold.
    public var required: [PodAffinityTerm]
    /// Terms that add to a node's score, or take away from it.
    public var preferred: [WeightedPodAffinityTerm]

    /// Terms by how much they matter; by default none.
    public init(required: [PodAffinityTerm] = [], preferred: [WeightedPodAffinityTerm] = []) {
        self.required = required
        self.preferred = preferred
    }

    /// True when it asks for nothing.
    public var isEmpty: Bool { required.isEmpty && preferred.isEmpty }
}
