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
    struct Room {
        /// The GPUs that are free, by bit.
        var gpus: UInt64 = 0
        /// The processors that are free.
        var cpus = CPUSet()
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
    /// The layouts of GPUs, shared by machines that are built alike.
    private var machines: [GPULayout.Key: GPULayout] = [:]

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

    mutating func setRoom(_ room: Room, on node: Int) {
        while rooms.count <= node { rooms.append(nil) }
        rooms[node] = room
    }

    mutating func forgetRoom(on node: Int) { if node < rooms.count { rooms[node] = nil } }

    /// Takes note of what is published of a node; of nothing, that nothing is.
    ///
    /// - Complexity: O(2ⁿ) for the first machine that is built so, with *n* ≤ 16 GPUs.
    mutating func setTopology(_ published: Numatopology?, of name: String) {
        guard let published else {
            layouts[name] = nil
            return
        }
        var machine: GPULayout?
        if let topology = published.topology, !topology.gpus.isEmpty {
            let key = GPULayout.Key(topology)
            machine = machines[key] ?? GPULayout(key)
            machines[key] = machine
        }
        layouts[name] = NodeLayout(published, gpus: machine)
    }
}
