import ClusterModel

/// What makes one node more welcome than another to a pod, whatever is left there.
///
/// Affinity and taints are raw sums: kube-scheduler scales them over the nodes that can take the pod, so that they become
/// points only when the candidates are known.
struct NodePreferences: Sendable {
    /// What pods with equal preferences share.
    struct Key: Hashable {
        let preferred: [PreferredSchedulingTerm]
        let tolerations: [Toleration]
        let images: [String]

        init(_ pod: Pod, countsImages: Bool) {
            preferred = pod.nodeAffinity.preferred
            tolerations = pod.tolerations
            images = countsImages ? pod.images : []
        }
    }

    /// The sum of the weights of matching preferred terms, by node; empty where all are alike.
    private let affinity: [Int64]
    /// The number of `PreferNoSchedule` taints that are not tolerated, by node; empty where there is none.
    private let intolerable: [Int64]
    /// Image locality in points, by node; empty where no node has any.
    private let images: [Int64]
    private let affinityWeight: Int64
    private let taintWeight: Int64

    init(_ key: Key, nodes: [Node], kernels: [ScoreKernel], images: ImageScore) {
        var affinityWeight: Int64 = 0
        var taintWeight: Int64 = 0
        var imageWeight: Int64 = 0
        for kernel in kernels {
            switch kernel {
            case .nodeAffinity(let weight): affinityWeight = weight
            case .taintToleration(let weight): taintWeight = weight
            case .imageLocality(let weight): imageWeight = weight
            case .binpack, .leastAllocated, .mostAllocated, .balancedAllocation: break
            }
        }
        self.affinityWeight = affinityWeight
        self.taintWeight = taintWeight
        affinity = affinityWeight == 0 ? [] : Self.column(nodes) { Self.affinity(key, $0) }
        intolerable = taintWeight == 0 ? [] : Self.column(nodes) { Self.intolerable(key, $0) }
        self.images =
            imageWeight == 0 || key.images.isEmpty
            ? [] : nodes.indices.map { imageWeight * images.score(node: $0, images: key.images) }
    }

    /// The values by node, none if they are all zero.
    private static func column(_ nodes: [Node], _ value: (Node) -> Int64) -> [Int64] {
        let values = nodes.map(value)
        return values.allSatisfy { $0 == 0 } ? [] : values
    }

    private static func affinity(_ key: Key, _ node: Node) -> Int64 {
        key.preferred.reduce(0) { $1.preference.matches(node) ? $0 + $1.weight : $0 }
    }

    private static func intolerable(_ key: Key, _ node: Node) -> Int64 {
        Int64(
            node.taints.count { taint in !taint.repels && !key.tolerations.contains { $0.tolerates(taint) } })
    }

    /// True when nothing tells nodes apart.
    var isEmpty: Bool { affinity.isEmpty && intolerable.isEmpty && images.isEmpty }

    /// What a node brings with it.
    struct Raw: Hashable, Sendable {
        var affinity: Int64 = 0
        var intolerable: Int64 = 0
        /// In points already.
        var images: Int64 = 0
    }

    /// What a node brings with it.
    func raw(_ node: Int) -> Raw {
        Raw(
            affinity: affinity.isEmpty ? 0 : affinity[node],
            intolerable: intolerable.isEmpty ? 0 : intolerable[node],
            images: images.isEmpty ? 0 : images[node])
    }

    /// The points of a node, given the largest values among the candidates, in `ShapeScorer.unit`.
    ///
    /// Source: kube-scheduler's `DefaultNormalizeScore`, integer division included.
    func points(_ raw: Raw, highest: Raw) -> Int64 {
        let welcome = highest.affinity == 0 ? 0 : raw.affinity * maxNodeScore / highest.affinity
        let shunned = highest.intolerable == 0 ? 0 : raw.intolerable * maxNodeScore / highest.intolerable
        let points = affinityWeight * welcome + taintWeight * (maxNodeScore - shunned) + raw.images
        return points * ShapeScorer.unit
    }
}

extension NodePreferences.Raw {
    /// Raises each value to at least that of another node.
    mutating func raise(to other: Self) {
        affinity = max(affinity, other.affinity)
        intolerable = max(intolerable, other.intolerable)
    }
}
