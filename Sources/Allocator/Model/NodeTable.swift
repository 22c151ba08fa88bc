import ClusterModel

/// The nodes of a cluster by index. An index is a node's own until it is removed, and then free for another.
struct NodeTable: Sendable {
    private var slots: [Node?]
    private var indices: [String: Int32]
    private var vacant: [Int32] = []
    /// The nodes by name.
    private(set) var order: NodeOrder

    init() {
        slots = []
        indices = [:]
        order = NodeOrder()
    }

    /// A table of nodes in which an index is a place in the order of the names.
    init(_ nodes: [Node]) {
        let sorted = nodes.sorted { $0.name.precedes($1.name) }
        slots = sorted
        order = NodeOrder(count: sorted.count)
        indices = Dictionary(minimumCapacity: sorted.count)
        for (index, node) in sorted.enumerated() {
            precondition(indices.updateValue(Int32(index), forKey: node.name) == nil, "names are unique")
        }
    }

    /// The number of nodes.
    var count: Int { order.sorted.count }
    /// The number of indices that have ever been in use.
    var slotCount: Int { slots.count }
    /// The indices of the nodes, in byte-wise order of their names.
    var byName: [Int32] { order.sorted }

    func index(of name: String) -> Int? { indices[name].map(Int.init) }

    subscript(_ index: Int) -> Node {
        guard let node = slots[index] else { preconditionFailure("there is no node \(index)") }
        return node
    }

    /// Adds a node; says its index, and whether nodes have got new labels.
    mutating func add(_ node: Node) -> (index: Int, isRelabelled: Bool) {
        precondition(indices[node.name] == nil, "names are unique")
        let index: Int
        if let free = vacant.popLast() {
            index = Int(free)
            slots[index] = node
        } else {
            index = slots.count
            slots.append(node)
        }
        indices[node.name] = Int32(index)
        let slots = slots
        let isRelabelled = order.insert(index, name: node.name) { slots[$0]?.name ?? "" }
        return (index, isRelabelled)
    }

    /// Replaces a node by itself as it is now.
    mutating func update(_ index: Int, to node: Node) {
        precondition(slots[index]?.name == node.name, "a node keeps its name")
        slots[index] = node
    }

    mutating func remove(_ index: Int) {
        indices[self[index].name] = nil
        order.remove(index)
        slots[index] = nil
        vacant.append(Int32(index))
    }
}
