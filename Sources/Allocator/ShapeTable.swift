import ClusterModel

/// The index of a scheduling shape in the table of the allocator that interned it.
public struct ShapeID: Hashable, Sendable {
    let index: Int
}

/// Scheduling shapes: pods that ask for the same and may go to the same nodes are one shape.
///
/// Demands on nodes and preferences among them are evaluated once for each distinct set, against every node.
struct ShapeTable: Sendable {
    /// What makes two pods the same to the allocator.
    private struct Key: Hashable {
        let request: PodRequest
        let demands: NodeDemands
        let preferred: [PreferredSchedulingTerm]
        let images: [String]
    }

    struct Shape: Sendable {
        let request: PodRequest
        /// Index into `refusals`.
        let demands: Int
        /// Index into `preferences`.
        let preferences: Int
    }

    /// Raw score inputs of one set of preferences, by node.
    struct Preferences: Sendable {
        /// The sum of the weights of matching preferred terms.
        var affinity: [Int64]
        /// The number of `PreferNoSchedule` taints that are not tolerated.
        var intolerable: [Int64]
        /// Image locality, 0 to 100; empty where no node lists an image.
        var imageLocality: [Int64]
    }

    private struct PreferenceKey: Hashable {
        let preferred: [PreferredSchedulingTerm]
        let tolerations: [Toleration]
        let images: [String]
    }

    private let filters: NodeFilters
    private let images: ImageScore
    private var ids: [Key: ShapeID] = [:]
    private var demandIDs: [NodeDemands: Int] = [:]
    private var preferenceIDs: [PreferenceKey: Int] = [:]
    private(set) var shapes: [Shape] = []
    /// For each set of demands, why each node does not meet it; `nil` where it does.
    private(set) var refusals: [[NodeRefusal?]] = []
    /// For each set of demands, the nodes that meet it, in ascending order.
    private(set) var eligible: [[Int]] = []
    /// For each set of demands, how many nodes give each reason.
    private(set) var refusalCounts: [[NodeRefusal: Int]] = []
    private(set) var preferences: [Preferences] = []

    init(filters: NodeFilters, nodes: [Node]) {
        self.filters = filters
        images = ImageScore(nodes: nodes)
    }

    /// The shape of a pod.
    ///
    /// - Complexity: O(1) for a shape that is known; O(nodes) for the first pod of a new one.
    mutating func intern(_ pod: Pod, in cluster: borrowing ClusterState) -> ShapeID {
        let demands = NodeDemands(pod)
        let key = Key(
            request: PodRequest(pod, in: cluster.resources), demands: demands,
            preferred: pod.nodeAffinity.preferred, images: images.isEmpty ? [] : pod.images)
        if let id = ids[key] { return id }
        let preferenceKey = PreferenceKey(
            preferred: key.preferred, tolerations: demands.tolerations, images: key.images)
        let shape = Shape(
            request: key.request, demands: demandID(demands, nodes: cluster.nodes),
            preferences: preferenceID(preferenceKey, nodes: cluster.nodes))
        let id = ShapeID(index: shapes.count)
        shapes.append(shape)
        ids[key] = id
        return id
    }

    private mutating func demandID(_ demands: NodeDemands, nodes: [Node]) -> Int {
        if let id = demandIDs[demands] { return id }
        let verdicts = nodes.map { demands.refusal(by: $0, filters: filters) }
        demandIDs[demands] = refusals.count
        refusals.append(verdicts)
        eligible.append(verdicts.indices.filter { verdicts[$0] == nil })
        refusalCounts.append(
            verdicts.reduce(into: [:]) { counts, refusal in
                if let refusal { counts[refusal, default: 0] += 1 }
            })
        return refusals.count - 1
    }

    private mutating func preferenceID(_ key: PreferenceKey, nodes: [Node]) -> Int {
        if let id = preferenceIDs[key] { return id }
        let affinity = nodes.map { node in
            key.preferred.reduce(Int64(0)) { sum, term in
                // Unlike a required term, a preferred one without requirements matches every node.
                let matchesAll =
                    term.preference.matchExpressions.isEmpty && term.preference.matchFields.isEmpty
                return matchesAll || term.preference.matches(node) ? sum + term.weight : sum
            }
        }
        let intolerable = nodes.map { node in
            Int64(
                node.taints.count { taint in
                    !taint.repels && !key.tolerations.contains { $0.tolerates(taint) }
                })
        }
        let locality =
            key.images.isEmpty ? [] : nodes.indices.map { images.score(node: $0, images: key.images) }
        preferenceIDs[key] = preferences.count
        preferences.append(
            Preferences(affinity: affinity, intolerable: intolerable, imageLocality: locality))
        return preferences.count - 1
    }
}
