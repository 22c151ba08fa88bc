/// Where to look for places for a shape.
struct Plan: Sendable {
    /// A class that meets the shape's demands.
    struct Part: Sendable {
        let nodeClass: Int
        /// The number of the ranking in the class.
        let ranking: Int
        /// What the nodes of the class bring with them.
        let raw: NodePreferences.Raw
    }

    /// The generation as of which it holds.
    var generation = -1
    /// The number of classes that have been looked at.
    var classCount = 0
    /// The classes that meet the demands.
    var parts: [Part] = []
    /// True when so few nodes meet the demands that they are looked at one by one.
    var isFew = false
    /// The nodes that meet the demands, where they are few.
    var fewNodes: [Int] = []
    /// True when the parts differ in what they bring with them.
    var hasPreferences = false
}

/// A ranking is shared by the shapes that take the same from a node.
struct RankingKey: Hashable {
    let request: RequestID
    let nodeClass: Int
}

extension IndexedAllocator {
    /// Demands that so few nodes meet are looked at node by node, and split no classes.
    private static var fewNodes: Int { 32 }

    /// Finds out where to look for places for a shape.
    ///
    /// - Complexity: O(classes that are new); O(nodes) where the shape's demands begin to split classes.
    @inline(__always)
    mutating func makePlan(for shape: ShapeID) {
        if shape.index < plans.count, plans[shape.index].generation == generation { return }
        updatePlan(for: shape)
    }

    private mutating func updatePlan(for id: ShapeID) {
        let hasMoved = inventory.constraints.areImagesStale && inventory.refreshImages()
        if splitClasses() || hasMoved { classifyAll() }
        while plans.count < inventory.shapes.shapes.count { plans.append(Plan()) }
        let shape = inventory.shapes[id]
        plans[id.index].generation = generation
        if !classes.splits(demands: shape.demands) {
            plans[id.index].isFew = true
            plans[id.index].fewNodes.removeAll(keepingCapacity: true)
            inventory.constraints.eligible[shape.demands].forEach { plans[id.index].fewNodes.append($0) }
            return
        }
        for nodeClass in plans[id.index].classCount..<classes.count
        where classes.meets(nodeClass, demands: shape.demands) {
            let key = RankingKey(request: shape.requestID, nodeClass: nodeClass)
            let ranking = rankingIDs[key] ?? groups.classes[nodeClass].addRanking()
            rankingIDs[key] = ranking
            let raw = classes.raw(nodeClass, preferences: shape.preferences)
            let isOther = plans[id.index].parts.first.map { $0.raw != raw } ?? false
            if isOther { plans[id.index].hasPreferences = true }
            plans[id.index].parts.append(Plan.Part(nodeClass: nodeClass, ranking: ranking, raw: raw))
        }
        plans[id.index].classCount = classes.count
    }

    /// Lets the demands and preferences split classes that have come, or begun to matter, since.
    ///
    /// - Returns: true if there were some: then all nodes must be classified anew.
    private mutating func splitClasses() -> Bool {
        var isSplit = false
        for id in inventory.constraints.demands.indices
        where inventory.constraints.eligible[id].count > Self.fewNodes && !classes.splits(demands: id) {
            classes.split(byDemands: id)
            isSplit = true
        }
        for id in inventory.constraints.preferences.indices
        where !inventory.constraints.raws[id].isEmpty && !classes.splits(preferences: id) {
            classes.split(byPreferences: id)
            isSplit = true
        }
        return isSplit
    }
}
