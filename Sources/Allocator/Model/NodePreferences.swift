import ClusterModel

/// What makes one node more welcome than another to a pod, whatever is left there.
///
/// Affinity and taints are raw sums: kube-scheduler scales them over the nodes that can take the pod, so that they become
/// points only when the candidates are known. Pods with equal preferences share one evaluation.
struct NodePreferences: Hashable, Sendable {
    let preferred: [PreferredSchedulingTerm]
    let tolerations: [Toleration]
    let images: [String]

    init(_ pod: Pod) {
        preferred = pod.nodeAffinity.preferred
        tolerations = pod.tolerations
        images = pod.images
    }

    /// What a node brings with it.
    struct Raw: Hashable, Sendable {
        /// The sum of the weights of matching preferred terms.
        var affinity: Int64 = 0
        /// The number of `PreferNoSchedule` taints that are not tolerated.
        var intolerable: Int64 = 0
        /// Image locality, 0 to 100.
        var images: Int64 = 0

        /// Raises to at least the values of another node.
        mutating func raise(to other: Self) {
            affinity = max(affinity, other.affinity)
            intolerable = max(intolerable, other.intolerable)
        }
    }

    /// What a node brings with it, images aside.
    func raw(_ node: Node, weights: Weights) -> Raw {
        var raw = Raw()
        if weights.affinity != 0 {
            raw.affinity = preferred.reduce(0) { $1.preference.matches(node) ? $0 + $1.weight : $0 }
        }
        if weights.taints != 0, !node.taints.isEmpty {
            raw.intolerable = Int64(
                node.taints.count { taint in !taint.repels && !tolerations.contains { $0.tolerates(taint) } })
        }
        return raw
    }

    /// The weights of what is preferred.
    struct Weights: Sendable {
        private(set) var affinity: Int64 = 0
        /// True where affinity is not scaled.
        private(set) var isAffinityRaw = false
        private(set) var taints: Int64 = 0
        private(set) var images: Int64 = 0

        init(_ kernels: [ScoreKernel]) {
            for kernel in kernels {
                switch kernel {
                case .nodeAffinity(let weight): affinity = weight
                case .rawNodeAffinity(let weight): (affinity, isAffinityRaw) = (weight, true)
                case .taintToleration(let weight): taints = weight
                case .imageLocality(let weight): images = weight
                case .binpack, .binpackEach, .resourceStrategy, .scarcity, .leastAllocated, .mostAllocated,
                    .balancedAllocation:
                    break
                }
            }
        }

        /// Affinity beyond this counts as this, so that no sum of scores overflows.
        private static let largestAffinity: Int64 = 1_000_000

        /// The points of a node, given the largest values among the candidates, in `ShapeScorer.unit`.
        ///
        /// Source: kube-scheduler's `DefaultNormalizeScore`, integer division included.
        func points(_ raw: Raw, highest: Raw) -> Int64 {
            let welcome =
                isAffinityRaw
                ? max(-Self.largestAffinity, min(raw.affinity, Self.largestAffinity))
                : highest.affinity == 0 ? 0 : raw.affinity * maxNodeScore / highest.affinity
            let shunned =
                highest.intolerable == 0 ? 0 : raw.intolerable * maxNodeScore / highest.intolerable
            return (affinity * welcome + taints * (maxNodeScore - shunned) + images * raw.images)
                * ShapeScorer.unit
        }
    }
}
