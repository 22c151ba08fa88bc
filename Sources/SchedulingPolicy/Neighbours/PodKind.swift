import ClusterModel

/// What others can see of a pod and what it wants of them: pods that are alike in it are of one kind.
struct PodKind: Hashable, Sendable {
    /// The namespace.
    let namespace: String
    /// Labels.
    let labels: [String: String]
    /// True for a pod that is being deleted.
    var isTerminating: Bool
    /// What it wants of other pods; `nil` for most pods.
    let wishes: NeighbourWishes?

    init(_ pod: Pod) {
        namespace = pod.key.namespace
        labels = pod.labels
        isTerminating = pod.isTerminating
        wishes = NeighbourWishes(pod)
    }

    /// The kind of a pod that wants nothing, whatever it has asked for.
    init(labelsOf pod: Pod) {
        namespace = pod.key.namespace
        labels = pod.labels
        isTerminating = pod.isTerminating
        wishes = nil
    }

    /// Whether a pod without wishes is of this kind: the quick way for pods that come one after the other.
    @inline(__always)
    func isKind(ofPlain pod: Pod) -> Bool {
        wishes == nil && isTerminating == pod.isTerminating && namespace == pod.key.namespace
            && labels == pod.labels
    }
}

/// What a pod wants of the pods around it.
struct NeighbourWishes: Hashable, Sendable {
    /// The company that it seeks.
    let affinity: PodAffinity
    /// The company that it avoids.
    let antiAffinity: PodAffinity
    /// How it and its like are to be spread.
    let spread: [TopologySpreadConstraint]
    /// What it demands of nodes, as far as the spread depends on it.
    let demands: SpreadDemands?

    /// `nil` for a pod that wants nothing.
    init?(_ pod: Pod) {
        guard let constraints = pod.constraints else { return nil }
        affinity = constraints.podAffinity
        antiAffinity = constraints.podAntiAffinity
        spread = constraints.topologySpread
        if affinity.isEmpty, antiAffinity.isEmpty, spread.isEmpty { return nil }
        demands = spread.isEmpty ? nil : SpreadDemands(pod)
    }
}

/// What decides which nodes count when a pod is to be spread.
struct SpreadDemands: Hashable, Sendable {
    private let nodeSelector: [String: String]
    private let required: [NodeSelectorTerm]?
    private let tolerations: [Toleration]

    init(_ pod: Pod) {
        nodeSelector = pod.nodeSelector
        required = pod.nodeAffinity.required
        tolerations = pod.tolerations
    }

    /// Whether a node counts for a constraint. Source: kube-scheduler's `matchNodeInclusionPolicies`.
    func includes(_ node: Node, for constraint: TopologySpreadConstraint) -> Bool {
        if constraint.nodeAffinityPolicy == .honor {
            if !nodeSelector.allSatisfy({ node.labels[$0.key] == $0.value }) { return false }
            if let required, !required.contains(where: { $0.matches(node) }) { return false }
        }
        if constraint.nodeTaintsPolicy == .honor {
            return node.taints.allSatisfy { taint in
                !taint.repels || tolerations.contains { $0.tolerates(taint) }
            }
        }
        return true
    }
}
