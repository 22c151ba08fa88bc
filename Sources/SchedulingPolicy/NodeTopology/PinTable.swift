import ClusterModel

/// Which GPUs and processors of which node are whose, and what is known of the nodes' insides.
///
/// There is one source: what pods have been given, by pod. What is left on a node is worked out from the pods there when
/// it is asked for, and forgotten when one of them comes or goes; so it cannot drift, and a session that is built from
/// the pods' annotations knows the same as one that gave them out. Where nothing is published it costs nothing.
struct PinTable {
    /// What a pod wants of NUMA nodes and for its containers.
    struct Wish: Hashable {
        /// The policy that it names; `nil` for one that names none, or an unknown one.
        let policy: TopologyPolicy?
        /// Its containers.
        let containers: [GuaranteedContainer]
    }

    /// What is left on a node.
    struct Room: Equatable {
        /// The GPUs that are free, by bit.
        var gpus: UInt64 = 0
        /// The processors that are free.
        var cpus = CPUSet()
        /// A number that nodes share that are of one kind and have the same left; above 0.
        fileprivate(set) var state = -1
    }

    /// What is kept for a pod.
    struct Kept {
        let node: Int
        let pins: Pins
    }

    private struct StateKey: Hashable {
        let kind: Int
        let gpus: UInt64
        let cpus: CPUSet
    }

    /// What pods have been given.
    private(set) var assignments: [Int: Pins] = [:]
    /// What pods want that get what they ask for and no more; kept only where a plugin looks at it.
    var wishes: [Int: Wish] = [:]
    /// The pods that have been given something on each node, by the allocator's index.
    private var tasksOnNode: [Int: Set<Int>] = [:]
    /// What is known of nodes, by name.
    private(set) var layouts: [String: NodeLayout] = [:]
    /// By the allocator's index, what is left; `nil` until somebody asks.
    private var rooms: [Room?] = []
    /// What will be left on nodes once those have gone who are leaving, as far as somebody has asked.
    private var roomsLater: [Int: Room] = [:]
    /// What is kept in this cycle for pods for which room was made, whoever has his turn.
    var kept: [Int: Kept] = [:]
    /// Pods that have left in thought, though they stay where they are.
    private(set) var leavingInThought: Set<Int> = []
    /// By the allocator's index, what is known of nodes; the outer `nil` until somebody asks.
    private var layoutOfNode: [NodeLayout??] = []
    /// The layouts of GPUs, shared by machines that are built alike.
    private var machines: [GPULayout.Key: GPULayout] = [:]
    private var kinds: [NodeKind.Key: NodeKind] = [:]
    private var states: [StateKey: Int] = [:]
    /// By the allocator's index, the state of a node: 0 where nothing is known of it, -1 where nobody has asked.
    private(set) var stateOfNode: [Int32] = []
    /// The nodes of which the state has to be found out.
    private var stale: [Int32] = []
    /// What pods would get, by what they ask for.
    private var answers: [PinAnswers.Demand: PinAnswers] = [:]

    /// More states than this are forgotten with all that was worked out for them.
    private static let mostStates = 1 << 16
    private static let mostDemands = 256

    /// Whether there is nothing to keep books of.
    var isEmpty: Bool { layouts.isEmpty && assignments.isEmpty }

    /// What a pod has been given; `nil` for most.
    func assignment(of task: Int) -> Pins? {
        assignments.isEmpty ? nil : assignments[task]
    }

    /// Notes what a pod has been given. It is on no node at the moment.
    mutating func setAssignment(_ assignment: Pins?, of task: Int) {
        if assignment == nil, assignments.isEmpty { return }
        assignments[task] = assignment
    }

    /// Books what a pod has been given on a node where it comes (`1`) or which it leaves (`-1`).
    mutating func book(_ task: Int, on node: Int, sign: Int) {
        forgetRoom(on: node)
        if assignments[task] == nil { return }
        if sign > 0 {
            tasksOnNode[node, default: []].insert(task)
        } else {
            tasksOnNode[node]?.remove(task)
            if tasksOnNode[node]?.isEmpty ?? false { tasksOnNode[node] = nil }
        }
    }

    /// The pods that have been given something on a node, in no order.
    func tasks(on node: Int) -> Set<Int> { tasksOnNode[node] ?? [] }

    /// What is left on a node, if somebody has asked since it changed.
    func room(on node: Int) -> Room? { node < rooms.count ? rooms[node] : nil }

    /// Keeps what is left on a node until it changes; the same, with its number.
    mutating func setRoom(_ room: Room, on node: Int, _ layout: NodeLayout) -> Room {
        let room = numbered(room, layout)
        while rooms.count <= node { rooms.append(nil) }
        rooms[node] = room
        setState(room.state, of: node)
        return room
    }

    /// A room with its number.
    mutating func numbered(_ room: Room, _ layout: NodeLayout) -> Room {
        let key = StateKey(kind: layout.kind.number, gpus: room.gpus, cpus: room.cpus)
        if states[key] == nil, states.count >= Self.mostStates { forgetAnswers() }
        let state = states[key] ?? states.count + 1
        states[key] = state
        var room = room
        room.state = state
        return room
    }

    /// What will be left on a node once those have gone who are leaving, if somebody has asked since it changed.
    func roomLater(on node: Int) -> Room? { roomsLater.isEmpty ? nil : roomsLater[node] }

    mutating func setRoomLater(_ room: Room, on node: Int) { roomsLater[node] = room }

    mutating func forgetRoomLater(on node: Int) { if !roomsLater.isEmpty { roomsLater[node] = nil } }

    /// Lets a pod leave its node in thought, or come back.
    mutating func setLeavingInThought(_ task: Int, on node: Int, _ isLeaving: Bool) {
        if isLeaving { leavingInThought.insert(task) } else { leavingInThought.remove(task) }
        forgetRoomLater(on: node)
    }

    mutating func forgetRoom(on node: Int) {
        forgetRoomLater(on: node)
        if node < rooms.count { rooms[node] = nil }
        if node < stateOfNode.count, stateOfNode[node] >= 0 {
            stateOfNode[node] = -1
            stale.append(Int32(node))
        }
    }

    // MARK: States

    /// The states are below this.
    var stateCount: Int { states.count + 1 }

    /// Hands over the nodes of which the state has to be found out.
    mutating func takeStale() -> [Int32] {
        defer { stale.removeAll(keepingCapacity: true) }
        return stale
    }

    mutating func setState(_ state: Int, of node: Int) {
        while stateOfNode.count <= node {
            stale.append(Int32(stateOfNode.count))
            stateOfNode.append(-1)
        }
        stateOfNode[node] = Int32(state)
    }

    // MARK: Answers

    /// What is known of a node, by the allocator's index.
    mutating func layout(of node: Int, named name: () -> String) -> NodeLayout? {
        if layouts.isEmpty { return nil }
        if node < layoutOfNode.count, let known = layoutOfNode[node] { return known }
        while layoutOfNode.count <= node { layoutOfNode.append(nil) }
        let layout = layouts[name()]
        layoutOfNode[node] = .some(layout)
        return layout
    }

    /// Forgets what was known of an index that is another node's now.
    mutating func forgetNode(_ node: Int) {
        setState(0, of: node)
        forgetRoom(on: node)
        if node < layoutOfNode.count { layoutOfNode[node] = nil }
    }

    /// What pods of a demand would get, as far as it has been worked out.
    mutating func answers(to demand: PinAnswers.Demand) -> PinAnswers {
        if let known = answers[demand] { return known }
        if answers.count >= Self.mostDemands { answers.removeAll() }
        let new = PinAnswers()
        answers[demand] = new
        return new
    }

    /// Forgets all that was worked out: there is too much of it, or plugins choose in another way.
    mutating func forgetAnswers() {
        states.removeAll()
        // Whoever is asking holds on to what has been answered, and numbers begin anew.
        for known in answers.values { known.forget() }
        answers.removeAll()
        rooms.removeAll()
        roomsLater.removeAll()
        for node in stateOfNode.indices {
            stateOfNode[node] = -1
            stale.append(Int32(node))
        }
    }

    /// Takes note of what is published of a node; of nothing, that nothing is.
    ///
    /// - Complexity: O(processors); O(2ⁿ) for the first machine that is built so, with *n* ≤ 16 GPUs.
    mutating func setTopology(_ published: Numatopology?, of name: String) {
        layoutOfNode.removeAll(keepingCapacity: true)
        guard let published else {
            layouts[name] = nil
            return
        }
        let key = NodeKind.Key(published)
        if kinds[key] == nil {
            var machine: GPULayout?
            if let gpus = key.gpus {
                machine = machines[gpus] ?? GPULayout(gpus)
                machines[gpus] = machine
            }
            kinds[key] = NodeKind(key, number: kinds.count, gpus: machine)
        }
        layouts[name] = kinds[key].map { NodeLayout(published, $0) }
    }
}
