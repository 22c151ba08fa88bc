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
        let preferences: NodePreferences.Key
    }

    struct Shape: Sendable {
        let request: PodRequest
        /// Index into `requests`: shapes that take the same from a node share it.
        let requestID: Int
        /// Index into `demands` and `eligible`.
        let demands: Int
        /// Index into `preferences`.
        let preferences: Int
        let scorer: ShapeScorer
    }

    private let filters: NodeFilters
    private let kernels: [ScoreKernel]
    private let images: ImageScore
    private var last: (pod: Pod, id: ShapeID)?
    private var ids: [Key: ShapeID] = [:]
    private var requestIDs: [PodRequest: Int] = [:]
    private var demandIDs: [NodeDemands: Int] = [:]
    private var preferenceIDs: [NodePreferences.Key: Int] = [:]
    private(set) var shapes: [Shape] = []
    /// What pods take, once for each distinct request.
    private(set) var requests: [PodRequest] = []
    /// The distinct sets of demands.
    private(set) var demands: [NodeDemands] = []
    /// For each set of demands, the nodes that meet it.
    private(set) var eligible: [NodeBitset] = []
    /// The distinct sets of preferences, evaluated.
    private(set) var preferences: [NodePreferences] = []

    init(filters: NodeFilters, kernels: [ScoreKernel], nodes: [Node]) {
        self.filters = filters
        self.kernels = kernels
        images = ImageScore(nodes: nodes)
    }

    /// The shape of a pod.
    ///
    /// - Complexity: O(1) for a shape that is known; O(nodes) for the first pod of a new one.
    mutating func intern(_ pod: Pod, resources: ResourceTable, nodes: [Node]) -> ShapeID {
        // The pods of a gang come one after the other, and all alike.
        if let last, last.pod.hasShape(of: pod) { return last.id }
        let id = find(pod, resources: resources, nodes: nodes)
        last = (pod, id)
        return id
    }

    private mutating func find(_ pod: Pod, resources: ResourceTable, nodes: [Node]) -> ShapeID {
        let request = PodRequest(pod, in: resources)
        let demands = NodeDemands(pod)
        let preferences = NodePreferences.Key(pod, countsImages: !images.isEmpty)
        let key = Key(request: request, demands: demands, preferences: preferences)
        if let id = ids[key] { return id }
        let shape = Shape(
            request: request, requestID: requestID(request), demands: demandID(demands, nodes: nodes),
            preferences: preferenceID(preferences, nodes: nodes),
            scorer: ShapeScorer(request, kernels: kernels))
        let id = ShapeID(index: shapes.count)
        shapes.append(shape)
        ids[key] = id
        return id
    }

    /// The index of a request.
    mutating func requestID(_ request: PodRequest) -> Int {
        if let id = requestIDs[request] { return id }
        requestIDs[request] = requests.count
        requests.append(request)
        return requests.count - 1
    }

    /// Why a node does not meet a set of demands; `nil` if it does.
    func refusal(of demands: Int, by node: Node) -> NodeRefusal? {
        self.demands[demands].refusal(by: node, filters: filters)
    }

    private mutating func demandID(_ demands: NodeDemands, nodes: [Node]) -> Int {
        if let id = demandIDs[demands] { return id }
        demandIDs[demands] = self.demands.count
        self.demands.append(demands)
        eligible.append(
            NodeBitset(count: nodes.count) { demands.refusal(by: nodes[$0], filters: filters) == nil })
        return self.demands.count - 1
    }

    private mutating func preferenceID(_ key: NodePreferences.Key, nodes: [Node]) -> Int {
        if let id = preferenceIDs[key] { return id }
        preferenceIDs[key] = preferences.count
        preferences.append(NodePreferences(key, nodes: nodes, kernels: kernels, images: images))
        return preferences.count - 1
    }
}

extension Pod {
    /// Whether two pods ask for the same and may go to the same nodes, as far as a shape is concerned.
    fileprivate func hasShape(of other: Pod) -> Bool {
        requests == other.requests && nonZeroRequests == other.nonZeroRequests
            && nodeSelector == other.nodeSelector && nodeAffinity == other.nodeAffinity
            && tolerations == other.tolerations && images == other.images
    }
}
