/// Where to look for places for a shape.
struct Plan: Sendable {
    /// A class that meets the shape's demands.
    struct Part: Sendable {
        let nodeClass: Int
        /// The index of the ranking of the class.
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

/// What was found for a shape, which holds until another node than the one in hand changes.
struct Front: Sendable {
    enum Search: Sendable {
        /// By looking at a handful of nodes.
        case few
        /// By comparing the best of each class.
        case byPreference
        /// By comparing the best of all with the node in hand.
        case plain
    }

    /// The version of the groups as of which it holds.
    var version = -1
    var search = Search.plain
    /// The best node, the node in hand left out.
    var challenger = Ranking.Contender.none
    /// How many pods fit, on the node in hand none.
    var room = 0
    /// The ranking of the class of the node in hand; -1 where it does not meet the shape's demands.
    var handRanking: Int32 = -1
}

/// A ranking is shared by the shapes that take the same from a node.
struct RankingKey: Hashable {
    let request: RequestID
    let nodeClass: Int
}

extension IndexedAllocator {
    /// Demands that so few nodes meet are looked at node by node, and split no classes.
    private static var fewNodes: Int { 32 }

    /// Brings up to date what was found for a shape.
    @inline(__always)
    mutating func refreshFront(of shape: ShapeID) {
        if shape.index < fronts.count, fronts[shape.index].version == groups.version { return }
        makeFront(of: shape)
    }

    /// Brings up to date where to look for places for a shape.
    mutating func refreshPlan(of shape: ShapeID) {
        if shape.index >= plans.count || plans[shape.index].generation != generation { updatePlan(of: shape) }
    }

    @inline(never)
    private mutating func makeFront(of shape: ShapeID) {
        refreshPlan(of: shape)
        var front = Front()
        front.version = groups.version
        let handClass = groups.handClass
        if plans[shape.index].isFew {
            front.search = .few
        } else {
            front.search = plans[shape.index].hasPreferences ? .byPreference : .plain
            for part in plans[shape.index].parts {
                let index = part.nodeClass
                if rankings[part.ranking].worths.count < groups.classes[index].groups.count {
                    addWorths(to: part.ranking, for: shape)
                }
                if rankings[part.ranking].canReadOn(epoch: groups.classes[index].epoch) {
                    rankings[part.ranking].catchUp(with: groups.classes[index].log)
                } else {
                    restart(part.ranking)
                }
                front.room += Int(rankings[part.ranking].room)
                if part.nodeClass == handClass { front.handRanking = Int32(part.ranking) }
                let best = rankings[part.ranking].winner
                if best.beats(front.challenger) { front.challenger = best }
            }
        }
        fronts[shape.index] = front
    }

    @inline(never)
    private mutating func restart(_ ranking: Int) {
        let index = groups.classes[rankings[ranking].nodeClass]
        rankings[ranking].restart(index)
    }

    /// Shows a ranking the groups that it has not seen.
    @inline(never)
    mutating func addWorths(to ranking: Int, for shape: ShapeID) {
        let nodeClass = rankings[ranking].nodeClass
        let seen = rankings[ranking].worths.count
        if seen == groups.classes[nodeClass].groups.count { return }
        let (asked, filters) = (inventory.shapes[shape], inventory.filters)
        for group in groups.classes[nodeClass].groups.dropFirst(seen).lazy.map(Int.init) {
            let fits = asked.kind(in: groups.states, group, filters: filters) == .allocate
            rankings[ranking].add(
                Ranking.Worth(
                    score: fits ? asked.scorer.score(groups.states, group) : Ranking.unfit,
                    room: fits ? asked.room(in: groups.states, group, filters: filters) : 0))
        }
    }

    /// Finds out where to look for places for a shape.
    ///
    /// - Complexity: O(classes that are new); O(nodes) where the shape's demands begin to split classes.
    private mutating func updatePlan(of id: ShapeID) {
        let hasMoved = inventory.constraints.areImagesStale && inventory.refreshImages()
        let shape = inventory.shapes[id]
        let splits = mustSplit(demands: shape.demands) || mustSplit(preferences: shape.preferences)
        if splits { splitClasses() }
        if splits || hasMoved { classifyAll() }
        let marks = inventory.marks.demands[shape.marks]
        if classes.splits(demands: shape.demands) { splitClasses(by: marks) }
        while plans.count < inventory.shapes.shapes.count { plans.append(Plan()) }
        while fronts.count < plans.count { fronts.append(Front()) }
        plans[id.index].generation = generation
        if !classes.splits(demands: shape.demands) {
            plans[id.index].isFew = true
            plans[id.index].fewNodes.removeAll(keepingCapacity: true)
            inventory.constraints.eligible[shape.demands].forEach { plans[id.index].fewNodes.append($0) }
            return
        }
        for nodeClass in plans[id.index].classCount..<classes.count
        where classes.meets(nodeClass, demands: shape.demands)
            && marks.areMet(by: classes.answers[nodeClass].marks)
        {
            let key = RankingKey(request: shape.requestID, nodeClass: nodeClass)
            let ranking = rankingIDs[key] ?? rankings.count
            if ranking == rankings.count {
                rankings.append(Ranking(nodeClass: nodeClass))
                rankingIDs[key] = ranking
            }
            let raw = classes.raw(nodeClass, preferences: shape.preferences)
            if let first = plans[id.index].parts.first, first.raw != raw {
                plans[id.index].hasPreferences = true
            }
            plans[id.index].parts.append(Plan.Part(nodeClass: nodeClass, ranking: ranking, raw: raw))
        }
        plans[id.index].classCount = classes.count
    }

    /// Whether so many nodes meet a set of demands that it should split classes, and does not yet.
    private func mustSplit(demands id: Int) -> Bool {
        inventory.constraints.eligible[id].count > Self.fewNodes && !classes.splits(demands: id)
    }

    /// Whether nodes differ in what they bring to a set of preferences, which does not split classes yet.
    private func mustSplit(preferences id: Int) -> Bool {
        !inventory.constraints.raws[id].isEmpty && !classes.splits(preferences: id)
    }

    /// Lets all sets split classes that should. All nodes must be classified anew.
    private mutating func splitClasses() {
        for id in inventory.constraints.demands.indices where mustSplit(demands: id) {
            classes.split(byDemands: id)
        }
        for id in inventory.constraints.preferences.indices where mustSplit(preferences: id) {
            classes.split(byPreferences: id)
        }
    }
}
