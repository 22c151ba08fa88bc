import ClusterModel

/// Demands on nodes and preferences among them: each distinct set once, with what every node says to it.
///
/// Sets are evaluated when they first come, against every node; when a node changes, every set against that node.
struct ConstraintTable: Sendable {
    private(set) var filters: NodeFilters
    private(set) var weights: NodePreferences.Weights
    private var demandIDs: [NodeDemands: Int] = [:]
    private var preferenceIDs: [NodePreferences: Int] = [:]
    /// The distinct sets of demands.
    private(set) var demands: [NodeDemands] = []
    /// For each set of demands, the nodes that meet it.
    private(set) var eligible: [NodeBitset] = []
    /// The distinct sets of preferences.
    private(set) var preferences: [NodePreferences] = []
    /// For each set of preferences, what each node brings; empty as long as none brings anything.
    private(set) var raws: [[NodePreferences.Raw]] = []
    private var images = ImageScore()
    /// True when nodes have changed since image locality was last computed, which depends on all of them.
    private(set) var areImagesStale = false

    init(filters: NodeFilters, kernels: [ScoreKernel]) {
        self.filters = filters
        weights = NodePreferences.Weights(kernels)
    }

    /// Changes the configuration, and evaluates everything anew.
    ///
    /// - Complexity: O(nodes × sets).
    mutating func configure(filters: NodeFilters, kernels: [ScoreKernel], nodes: NodeTable) {
        self.filters = filters
        weights = NodePreferences.Weights(kernels)
        images = ImageScore()
        areImagesStale = false
        eligible = [NodeBitset](repeating: NodeBitset(), count: demands.count)
        raws = [[NodePreferences.Raw]](repeating: [], count: preferences.count)
        for index in nodes.byName { set(nodes[Int(index)], at: Int(index)) }
    }

    // MARK: Sets

    mutating func demandID(_ pod: Pod, nodes: NodeTable) -> Int {
        let set = NodeDemands(pod)
        if let id = demandIDs[set] { return id }
        demandIDs[set] = demands.count
        demands.append(set)
        var bits = NodeBitset()
        for index in nodes.byName {
            bits.set(Int(index), to: set.refusal(by: nodes[Int(index)], filters: filters) == nil)
        }
        eligible.append(bits)
        return demands.count - 1
    }

    mutating func preferenceID(_ pod: Pod, nodes: NodeTable) -> Int {
        let set = NodePreferences(pod)
        if let id = preferenceIDs[set] { return id }
        preferenceIDs[set] = preferences.count
        preferences.append(set)
        raws.append([])
        for index in nodes.byName {
            setRaw(set.raw(nodes[Int(index)], weights: weights), of: preferences.count - 1, at: Int(index))
        }
        scoreImages(of: preferences.count - 1, nodes: nodes)
        return preferences.count - 1
    }

    /// What a node brings to a set of preferences.
    func raw(_ preferences: Int, _ node: Int) -> NodePreferences.Raw {
        node < raws[preferences].count ? raws[preferences][node] : NodePreferences.Raw()
    }

    /// Why a node does not meet a set of demands; `nil` if it does.
    func refusal(of demands: Int, by node: Node) -> NodeRefusal? {
        self.demands[demands].refusal(by: node, filters: filters)
    }

    // MARK: Nodes

    /// Notes a node that is new, has changed, or has gone (`nil`).
    ///
    /// - Complexity: O(sets).
    mutating func set(_ node: Node?, at index: Int) {
        for id in demands.indices {
            eligible[id].set(
                index, to: node.map { demands[id].refusal(by: $0, filters: filters) == nil } ?? false)
        }
        for id in preferences.indices {
            var raw = node.map { preferences[id].raw($0, weights: weights) } ?? NodePreferences.Raw()
            // Until image locality is computed anew, the old one stands.
            raw.images = node == nil ? 0 : self.raw(id, index).images
            setRaw(raw, of: id, at: index)
        }
        if weights.images != 0 {
            images.set(node, at: index)
            // Every image counts by the part of all nodes that hold it.
            areImagesStale = true
        }
    }

    private mutating func setRaw(_ raw: NodePreferences.Raw, of preferences: Int, at node: Int) {
        if raws[preferences].isEmpty, raw == NodePreferences.Raw() { return }
        if node >= raws[preferences].count {
            let missing = node + 1 - raws[preferences].count
            raws[preferences].append(contentsOf: repeatElement(NodePreferences.Raw(), count: missing))
        }
        raws[preferences][node] = raw
    }

    /// Computes image locality anew where nodes have changed since.
    ///
    /// - Returns: true if that changed what some node brings.
    /// - Complexity: O(nodes) for each set of preferences with an image that some node holds, or held.
    mutating func refreshImages(nodes: NodeTable) -> Bool {
        if !areImagesStale { return false }
        areImagesStale = false
        var hasChanged = false
        for id in preferences.indices where scoreImages(of: id, nodes: nodes) { hasChanged = true }
        return hasChanged
    }

    @discardableResult
    private mutating func scoreImages(of id: Int, nodes: NodeTable) -> Bool {
        let names = preferences[id].images
        if weights.images == 0 || names.isEmpty { return false }
        let isHeld = names.contains(where: images.isHeld)
        if !isHeld, raws[id].isEmpty { return false }
        var hasChanged = false
        for node in nodes.byName.lazy.map(Int.init) {
            var raw = raw(id, node)
            let score = isHeld ? images.score(node: node, images: names, nodeCount: nodes.count) : 0
            if raw.images == score { continue }
            raw.images = score
            setRaw(raw, of: id, at: node)
            hasChanged = true
        }
        return hasChanged
    }
}
