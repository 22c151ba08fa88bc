import ClusterModel

/// Nodes grouped by class and state: what is true of one node of a group is true of all.
///
/// A placement moves one node from its group to the group of its new state. Few states occur in a cluster whose pods
/// come in few shapes, however many nodes it has.
///
/// The node that has changed last is *in hand*: it has its group and stands in no heap until another node changes. The
/// pods of a gang often go to one node, and then only its group changes from pod to pod.
struct GroupTable: Sendable {
    /// What is left, by group.
    private(set) var states: StateTable
    /// The group by node; `none` where there is no node.
    private(set) var groupOf: [Int32] = []
    /// The nodes of each group.
    private var heaps = NodeHeaps()
    /// Where each group stands, by group.
    private var places: [Place] = []
    /// The groups of each class, ranked.
    var classes: [ClassIndex] = []
    /// The node in hand.
    private(set) var hand: Head = .none
    /// The group of the node in hand.
    private(set) var handGroup = Self.none
    /// Counts the changes to heaps, to nodes and to their order: what was read off them holds as long as it stands.
    private(set) var version = 0
    /// The number of nodes on which more will be left than there is now.
    private(set) var freeingNodes = 0
    private var index: [UInt64: Int32] = [:]
    private var transitions = TransitionTable()

    /// No group.
    static let none: Int32 = -1

    /// Where a group stands.
    private struct Place: Sendable {
        /// Its class.
        let nodeClass: Int32
        /// Its ordinal among the groups of the class.
        let ordinal: Int32
        /// 1 if more will be left on its nodes than there is now, else 0.
        let freeing: Int
    }

    /// A table without groups.
    init(columns: Int) { states = StateTable(columns: columns) }

    /// The number of groups, empty ones included.
    var count: Int { states.count }

    /// The class of a node.
    func nodeClass(of node: Int) -> Int { Int(places[Int(groupOf[node])].nodeClass) }

    /// Makes sure that there are so many columns.
    mutating func addColumns(upTo columns: Int) { states.addColumns(upTo: columns) }

    /// Lets go of what was read off before.
    mutating func invalidate() { version += 1 }

    /// Makes sure that there are so many classes.
    mutating func addClasses(upTo count: Int) { while classes.count < count { classes.append(ClassIndex()) } }

    // MARK: Nodes

    /// Takes over the order of names.
    mutating func setOrder(_ labels: [UInt32]) {
        heaps.setLabels(labels)
        for nodeClass in classes.indices { classes[nodeClass].relabel(heaps.head) }
        if hand != .none { hand = heaps.head(hand.node) }
        version += 1
    }

    /// Adds a node.
    ///
    /// - Parameter row: its row in `source`.
    mutating func add(_ node: Int, label: UInt32, to nodeClass: Int, like row: Int, of source: StateTable) {
        heaps.setLabel(label, of: node)
        states.append(row, of: source)
        insert(node, settle(in: nodeClass))
    }

    /// Adds a node without pods.
    mutating func add(_ new: Node, _ node: Int, label: UInt32, to nodeClass: Int, in resources: ResourceTable)
    {
        heaps.setLabel(label, of: node)
        states.appendEmpty(new, in: resources)
        insert(node, settle(in: nodeClass))
    }

    /// Moves a node to the group of what it offers now, in the class where it belongs now.
    mutating func update(_ node: Int, to new: Node, in nodeClass: Int, _ resources: ResourceTable) {
        states.duplicate(Int(groupOf[node]))
        states.setAllocatable(new, of: states.count - 1, in: resources)
        let group = settle(in: nodeClass)
        if group == Int(groupOf[node]) { return }
        remove(node)
        insert(node, group)
    }

    /// Takes a node out.
    mutating func remove(_ node: Int) {
        hide(node)
        groupOf[node] = Self.none
    }

    private mutating func insert(_ node: Int, _ group: Int) {
        while groupOf.count <= node { groupOf.append(Self.none) }
        groupOf[node] = Int32(group)
        show(node)
    }

    private mutating func putIntoHeap(_ node: Int32, _ place: Place) {
        let before = classes[Int(place.nodeClass)].nodes[Int(place.ordinal)].head
        let after = heaps.insert(node, into: before.node)
        classes[Int(place.nodeClass)].note(head(after), of: Int(place.ordinal), change: 1)
        version += 1
    }

    private mutating func takeFromHeap(_ node: Int32, _ place: Place) {
        let before = classes[Int(place.nodeClass)].nodes[Int(place.ordinal)].head
        let after = heaps.remove(node, from: before.node)
        classes[Int(place.nodeClass)].note(head(after), of: Int(place.ordinal), change: -1)
        version += 1
    }

    /// Takes a node in hand, and puts back the one that was.
    @inline(never)
    private mutating func grab(_ node: Int) {
        if hand != .none { putIntoHeap(hand.node, places[Int(handGroup)]) }
        handGroup = groupOf[node]
        takeFromHeap(Int32(node), places[Int(handGroup)])
        hand = heaps.head(Int32(node))
    }

    private func head(_ node: Int32) -> Head { node == NodeHeaps.none ? .none : heaps.head(node) }

    /// The class of the node in hand; -1 if there is no such node.
    var handClass: Int { hand == .none ? -1 : Int(places[Int(handGroup)].nodeClass) }

    /// The ordinal of the group of the node in hand, which there is.
    @inline(__always)
    var handOrdinal: Int { Int(places[Int(handGroup)].ordinal) }

    // MARK: Pods

    /// Moves a node to the group of the state that a change leaves it in.
    ///
    /// - Returns: false if the change has not been seen before: then `explore` it first.
    /// - Complexity: O(1) for the node in hand, else amortised O(log nodes of the group).
    @inline(__always)
    mutating func move(_ node: Int, _ event: TransitionTable.Event) -> Bool {
        let isInHand = hand.node == Int32(truncatingIfNeeded: node)
        guard let target = transitions.target(of: isInHand ? handGroup : groupOf[node], event) else {
            return false
        }
        if !isInHand { grab(node) }
        handGroup = target.group
        groupOf[node] = target.group
        freeingNodes += Int(target.freeing)
        return true
    }

    /// Finds out where a change of a node leads that has not been seen before.
    ///
    /// - Complexity: O(resources).
    mutating func explore(_ node: Int, _ change: TransitionTable.Change, _ request: PodRequest) {
        let old = Int(groupOf[node])
        states.duplicate(old)
        states.apply(request, to: states.count - 1, as: change.occupancy, sign: change.sign)
        let target = settle(in: Int(places[old].nodeClass))
        transitions.insert(
            Int32(target), freeing: places[target].freeing - places[old].freeing, of: Int32(old), change.event
        )
    }

    // MARK: Marks

    /// Moves a node to the group of its state in the class to which a mark that changes brings it.
    ///
    /// - Returns: false if this has not been seen before: then `explore` it first.
    /// - Complexity: as of moving it for a pod.
    mutating func flip(_ mark: NodeMark, of node: Int) -> Bool {
        if !move(node, TransitionTable.Event(flipping: mark)) { return false }
        // It is in hand now, in another class than what was read off knows of.
        version += 1
        return true
    }

    /// Finds out where a mark brings a node that has not been seen to bring it there before.
    ///
    /// - Parameter nodeClass: the class of which it will be.
    mutating func explore(_ node: Int, flipping mark: NodeMark, into nodeClass: Int) {
        let old = groupOf[node]
        states.duplicate(Int(old))
        let target = settle(in: nodeClass)
        transitions.insert(Int32(target), freeing: 0, of: old, TransitionTable.Event(flipping: mark))
    }

    // MARK: Candidates that are refused

    /// Takes a node out of its group until it is shown again; meanwhile nothing changes.
    mutating func hide(_ node: Int) {
        let place = places[Int(groupOf[node])]
        if hand.node == Int32(node) {
            hand = .none
            version += 1
        } else {
            takeFromHeap(Int32(node), place)
        }
        freeingNodes -= place.freeing
    }

    /// Puts a node back into its group.
    mutating func show(_ node: Int) {
        let place = places[Int(groupOf[node])]
        putIntoHeap(Int32(node), place)
        freeingNodes += place.freeing
    }

    /// Makes the last row a group of a class, or takes it off again where there is such a group already.
    private mutating func settle(in nodeClass: Int) -> Int {
        let last = states.count - 1
        var key = states.fingerprint(last, seed: UInt64(nodeClass))
        while let known = index[key].map(Int.init) {
            if places[known].nodeClass == nodeClass, states.isEqual(known, to: last, of: states) {
                states.removeLast()
                return known
            }
            key &+= 1
        }
        index[key] = Int32(last)
        let ordinal = classes[nodeClass].groups.count
        places.append(
            Place(
                nodeClass: Int32(nodeClass), ordinal: Int32(ordinal), freeing: states.frees(last) ? 1 : 0))
        classes[nodeClass].addGroup(last)
        return last
    }
}
