/// Nodes that no pod tells apart by label, taint or image: for each class, what its nodes say to pods.
///
/// A class is the list of what its nodes say to the sets of demands and preferences that matter. A node that comes or
/// changes is asked the same, and belongs to the class with the same answers.
struct NodeClasses: Sendable {
    /// What the nodes of a class say.
    struct Answers: Hashable, Sendable {
        /// Whether they meet each set of demands that splits, one bit each.
        var demands: [UInt64] = []
        /// What they bring to each set of preferences that splits.
        var preferences: [NodePreferences.Raw] = []
    }

    /// The sets of demands that split nodes into classes, in the order of the bits.
    private(set) var demands: [Int] = []
    /// The sets of preferences that split.
    private(set) var preferences: [Int] = []
    /// By set of demands, its bit; -1 where it does not split.
    private var demandBits: [Int] = []
    /// By set of preferences, its position; -1 where it does not split.
    private var preferencePositions: [Int] = []
    /// The answers of each class.
    private(set) var answers: [Answers] = []
    private var ids: [Answers: Int32] = [:]
    private var scratch = Answers()

    /// The number of classes, those included that no node is in any more.
    var count: Int { answers.count }

    /// Whether a set of demands splits.
    func splits(demands id: Int) -> Bool { id < demandBits.count && demandBits[id] >= 0 }

    /// Whether a set of preferences splits.
    func splits(preferences id: Int) -> Bool {
        id < preferencePositions.count && preferencePositions[id] >= 0
    }

    /// Whether the nodes of a class meet a set of demands that splits.
    func meets(_ nodeClass: Int, demands id: Int) -> Bool {
        let bit = demandBits[id]
        return answers[nodeClass].demands[bit >> 6] >> UInt64(bit & 63) & 1 == 1
    }

    /// What the nodes of a class bring to a set of preferences.
    func raw(_ nodeClass: Int, preferences id: Int) -> NodePreferences.Raw {
        splits(preferences: id)
            ? answers[nodeClass].preferences[preferencePositions[id]] : NodePreferences.Raw()
    }

    /// Lets a set of demands split. All nodes must be classified anew.
    mutating func split(byDemands id: Int) {
        while demandBits.count <= id { demandBits.append(-1) }
        demandBits[id] = demands.count
        demands.append(id)
    }

    /// Lets a set of preferences split. All nodes must be classified anew.
    mutating func split(byPreferences id: Int) {
        while preferencePositions.count <= id { preferencePositions.append(-1) }
        preferencePositions[id] = preferences.count
        preferences.append(id)
    }

    /// Forgets the classes, to classify all nodes anew.
    mutating func clear() {
        answers.removeAll(keepingCapacity: true)
        ids.removeAll(keepingCapacity: true)
    }

    /// The class of a node; it may be a new one.
    ///
    /// - Complexity: O(sets that split).
    mutating func classify(_ node: Int, by constraints: borrowing ConstraintTable) -> Int {
        scratch.demands.removeAll(keepingCapacity: true)
        scratch.preferences.removeAll(keepingCapacity: true)
        for (bit, id) in demands.enumerated() {
            if bit & 63 == 0 { scratch.demands.append(0) }
            if constraints.eligible[id].contains(node) { scratch.demands[bit >> 6] |= 1 << UInt64(bit & 63) }
        }
        for id in preferences { scratch.preferences.append(constraints.raw(id, node)) }
        if let id = ids[scratch] { return Int(id) }
        ids[scratch] = Int32(answers.count)
        answers.append(scratch)
        return answers.count - 1
    }
}
