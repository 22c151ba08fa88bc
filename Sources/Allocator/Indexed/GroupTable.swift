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
    private var heaps: NodeHeaps
    /// Where each group stands, by group.
    private var places: [Place] = []
    /// The groups of each class, ranked.
    var classes: [ClassIndex]
    /// The number of nodes on which more will be left than there is now.
    private(set) var freeingNodes = 0
    private var index: [UInt64: Int32] = [:]
    private var transitions = TransitionTable()

    /// Where a group stands.
    private struct Place: Sendable {
        /// Its class.
        let nodeClass: Int32
        /// Its ordinal among the groups of the class.
        let ordinal: Int32
        /// 1 if more will be left on its nodes than there is now, else 0.
        let freeing: Int
    }

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
        self.classes = [ClassIndex](repeating: ClassIndex(), count: classes.count)
        for node in 0..<nodeCount {
            let group = findGroup(like: row(node), of: source, in: classes.classOf[node])
            groupOf[node] = Int32(group)
            insert(Int32(node), into: places[group])
        }
    }

    /// The number of groups, empty ones included.
    var count: Int { states.count }

    /// Moves a node to the group of the state that a change leaves it in.
    ///
    /// - Complexity: amortised O(log nodes of the group); O(resources) for a change that has not been seen before.
    mutating func move(_ node: Int, _ change: TransitionTable.Change, request: @autoclosure () -> PodRequest)
    {
        let old = Int(groupOf[node])
        let new = transitions.target(of: old, change) ?? explore(old, change, request())
        let (from, to) = (places[old], places[new])
        groupOf[node] = Int32(new)
        let head = heaps.remove(Int32(node), from: classes[Int(from.nodeClass)].heads[Int(from.ordinal)])
        classes[Int(from.nodeClass)].setHead(head, of: Int(from.ordinal))
        freeingNodes -= from.freeing
        insert(Int32(node), into: to)
    }

    private mutating func insert(_ node: Int32, into place: Place) {
        let head = heaps.insert(node, into: classes[Int(place.nodeClass)].heads[Int(place.ordinal)])
        classes[Int(place.nodeClass)].setHead(head, of: Int(place.ordinal))
        freeingNodes += place.freeing
    }

    /// Finds out where a change leads that has not been seen before.
    private mutating func explore(_ old: Int, _ change: TransitionTable.Change, _ request: PodRequest) -> Int
    {
        states.duplicate(old)
        let last = states.count - 1
        states.apply(request, to: last, as: change.occupancy, sign: change.sign)
        let nodeClass = places[old].nodeClass
        var key = states.fingerprint(last, seed: UInt64(nodeClass))
        var target = last
        while let known = index[key].map(Int.init) {
            if places[known].nodeClass == nodeClass, states.isEqual(known, to: last, of: states) {
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
            if places[known].nodeClass == nodeClass, states.isEqual(known, to: row, of: source) {
                return known
            }
            key &+= 1
        }
        states.append(row, of: source)
        register(states.count - 1, key: key, in: nodeClass)
        return states.count - 1
    }

    /// Makes the last row a group.
    private mutating func register(_ group: Int, key: UInt64, in nodeClass: Int32) {
        index[key] = Int32(group)
        let ordinal = classes[Int(nodeClass)].groups.count
        places.append(
            Place(nodeClass: nodeClass, ordinal: Int32(ordinal), freeing: states.frees(group) ? 1 : 0))
        classes[Int(nodeClass)].addGroup(group)
    }
}
