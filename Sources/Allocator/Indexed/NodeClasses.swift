/// Nodes that no pod tells apart by label, taint, image or mark: for each class, what its nodes say to pods.
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
        /// The marks that they have, of those that split, ascending.
        var marks: [NodeMark] = []
    }

    /// The sets of demands that split nodes into classes, in the order of the bits.
    private(set) var demands: [Int] = []
    /// The sets of preferences that split.
    private(set) var preferences: [Int] = []
    /// By set of demands, its bit; -1 where it does not split.
    private var demandBits: [Int] = []
    /// By set of preferences, its position; -1 where it does not split.
    private var preferencePositions: [Int] = []
    /// By mark, whether it splits.
    private var splittingMarks: [Bool] = []
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

    /// Whether a mark splits.
    func splits(_ mark: NodeMark) -> Bool {
        let index = Int(mark.index)
        return index < splittingMarks.count && splittingMarks[index]
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

    /// Lets a mark split. Nodes that have it must be moved to the siblings of their classes.
    mutating func split(by mark: NodeMark) {
        while splittingMarks.count <= Int(mark.index) { splittingMarks.append(false) }
        splittingMarks[Int(mark.index)] = true
    }

    /// Forgets the classes, to classify all nodes anew.
    mutating func clear() {
        answers.removeAll(keepingCapacity: true)
        ids.removeAll(keepingCapacity: true)
    }

    /// The class of a node; it may be a new one.
    ///
    /// - Parameter marks: the marks of the node, of those that split, ascending.
    /// - Complexity: O(sets that split).
    mutating func classify(_ node: Int, marks: [NodeMark], by constraints: borrowing ConstraintTable) -> Int {
        scratch.demands.removeAll(keepingCapacity: true)
        scratch.preferences.removeAll(keepingCapacity: true)
        for (bit, id) in demands.enumerated() {
            if bit & 63 == 0 { scratch.demands.append(0) }
            if constraints.eligible[id].contains(node) { scratch.demands[bit >> 6] |= 1 << UInt64(bit & 63) }
        }
        for id in preferences { scratch.preferences.append(constraints.raw(id, node)) }
        scratch.marks = marks
        return id(of: scratch)
    }

    /// The class of the nodes that are as those of another but for one mark; it may be a new one.
    mutating func sibling(of nodeClass: Int, flipping mark: NodeMark) -> Int {
        var changed = answers[nodeClass]
        if let position = changed.marks.firstIndex(of: mark) {
            changed.marks.remove(at: position)
        } else {
            let position = changed.marks.firstIndex { $0.index > mark.index } ?? changed.marks.endIndex
            changed.marks.insert(mark, at: position)
        }
        return id(of: changed)
    }

    private mutating func id(of answers: Answers) -> Int {
        if let id = ids[answers] { return Int(id) }
        ids[answers] = Int32(self.answers.count)
        self.answers.append(answers)
        return self.answers.count - 1
    }
}
