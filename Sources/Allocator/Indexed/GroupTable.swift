/// Nodes grouped by class and state: what is true of one node of a group is true of all.
///
/// A placement moves one node from its group to the group of its new state. Few states occur in a cluster whose pods
/// come in few shapes, however many nodes it has.
struct GroupTable: Sendable {
    /// What is left, by group.
    private(set) var states: StateTable
    /// The group by node.
    private(set) var groupOf: [Int32]
    /// The nodes of each group.
    private(set) var heaps: NodeHeaps
    /// The group's place among those of its class.
    private(set) var ordinals: [Int32] = []
    /// The class of each group.
    private(set) var classOf: [Int32] = []
    /// The groups of each class, and which of them have changed.
    private(set) var classes: [ClassGroups]
    /// The number of nodes on which more will be left than there is now.
    private(set) var freeingNodes = 0
    private var isFreeing: [Bool] = []
    private var index: [UInt64: Int32] = [:]
    private var transitions = TransitionTable()

    /// Groups nodes.
    ///
    /// - Parameters:
    ///   - source: what is left.
    ///   - row: the row of a node in `source`.
    /// - Complexity: O(nodes × resources).
    init(_ source: borrowing StateTable, nodeCount: Int, classes: NodeClasses, row: (Int) -> Int) {
        states = StateTable(source, rows: EmptyCollection())
        groupOf = [Int32](repeating: 0, count: nodeCount)
        heaps = NodeHeaps(nodeCount: nodeCount)
        self.classes = [ClassGroups](repeating: ClassGroups(), count: classes.count)
        for node in 0..<nodeCount {
            let group = findGroup(like: row(node), of: source, in: classes.classOf[node])
            groupOf[node] = Int32(group)
            heaps.insert(Int32(node), into: group)
            freeingNodes += isFreeing[group] ? 1 : 0
        }
    }

    /// The number of groups, empty ones included.
    var count: Int { states.count }

    /// Moves a node to the group of the state that a change leaves it in.
    ///
    /// - Complexity: amortised O(log nodes of the group); O(resources) for a change that has not been seen before.
    mutating func move(_ node: Int, _ change: TransitionTable.Change, request: PodRequest) {
        let old = Int(groupOf[node])
        let new = transitions.target(of: old, change) ?? explore(old, change, request)
        let oldHead = heaps.heads[old]
        let newHead = heaps.heads[new]
        heaps.remove(Int32(node), from: old)
        heaps.insert(Int32(node), into: new)
        groupOf[node] = Int32(new)
        freeingNodes += (isFreeing[new] ? 1 : 0) - (isFreeing[old] ? 1 : 0)
        let nodeClass = Int(classOf[old])
        if heaps.heads[old] != oldHead { classes[nodeClass].note(ordinals[old]) }
        if heaps.heads[new] != newHead { classes[nodeClass].note(ordinals[new]) }
    }

    /// Finds out where a change leads that has not been seen before.
    private mutating func explore(_ old: Int, _ change: TransitionTable.Change, _ request: PodRequest) -> Int
    {
        states.duplicate(old)
        let last = states.count - 1
        states.apply(request, to: last, as: change.occupancy, sign: change.sign)
        let nodeClass = classOf[old]
        var key = states.fingerprint(last, seed: UInt64(nodeClass))
        var target = last
        while let known = index[key].map(Int.init) {
            if classOf[known] == nodeClass, states.isEqual(known, to: last, of: states) {
                states.removeLast()
                target = known
                break
            }
            key &+= 1
        }
        if target == last { register(last, key: key, in: nodeClass) }
        transitions.insert(target, of: old, change)
        return target
    }

    private mutating func findGroup(like row: Int, of source: borrowing StateTable, in nodeClass: Int32)
        -> Int
    {
        var key = source.fingerprint(row, seed: UInt64(nodeClass))
        while let known = index[key].map(Int.init) {
            if classOf[known] == nodeClass, states.isEqual(known, to: row, of: source) { return known }
            key &+= 1
        }
        states.append(row, of: source)
        register(states.count - 1, key: key, in: nodeClass)
        return states.count - 1
    }

    /// Makes the last row a group.
    private mutating func register(_ group: Int, key: UInt64, in nodeClass: Int32) {
        index[key] = Int32(group)
        classOf.append(nodeClass)
        ordinals.append(Int32(classes[Int(nodeClass)].groups.count))
        isFreeing.append(states.frees(group))
        heaps.addGroup()
        classes[Int(nodeClass)].add(Int32(group))
    }
}

/// The groups of one class, with a log of those whose smallest node has changed.
///
/// Rankings read the log from where they stopped. It is cut off when it has grown long against the number of groups; a
/// ranking that has missed a cut starts anew, which costs it no more than reading what was cut.
struct ClassGroups: Sendable {
    /// The groups, by ordinal.
    private(set) var groups: [Int32] = []
    /// Ordinals of changed groups, oldest first.
    private(set) var log: [Int32] = []
    /// How often the log has been cut.
    private(set) var epoch = 0

    fileprivate mutating func add(_ group: Int32) { groups.append(group) }

    fileprivate mutating func note(_ ordinal: Int32) {
        if log.count >= max(1024, 4 * groups.count) {
            log.removeAll(keepingCapacity: true)
            epoch += 1
        }
        log.append(ordinal)
    }
}
