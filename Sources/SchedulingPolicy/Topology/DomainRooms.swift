import Allocator

/// How many pods of a shape fit what is idle in each domain, one after the other, in step with the nodes.
///
/// - Complexity: O(nodes × depth) to make; a node that has changed costs O(depth).
final class DomainRooms {
    let tree: DomainTree
    private let shape: ShapeID
    /// By domain.
    private(set) var rooms: [Int]
    /// The domains whose room has changed, in the order in which it did.
    private(set) var changes: [Int32] = []
    private var roomOfNode: [Int]
    /// How far the allocator's changes have been followed, and since which beginning.
    private var position: Int
    private let epoch: Int

    /// No node counts for more, so that sums stay exact.
    private static let most = 1 << 40

    init(_ tree: DomainTree, _ shape: ShapeID, _ allocator: ChosenAllocator) {
        self.tree = tree
        self.shape = shape
        rooms = [Int](repeating: 0, count: tree.domains.count)
        let nodes = tree[DomainTree.root].nodes
        roomOfNode = [Int](repeating: 0, count: (nodes.max() ?? -1) + 1)
        allocator.followNodes()
        epoch = allocator.changes.epoch
        position = allocator.changes.nodes.count
        allocator.prepare(shape)
        for node in nodes { update(node, allocator) }
        changes = []
    }

    /// Whether it can be brought up to date, rather than made anew.
    func canFollow(_ tree: DomainTree, _ allocator: ChosenAllocator) -> Bool {
        tree === self.tree && epoch == allocator.changes.epoch && changes.count < 1 << 20
    }

    /// Looks again at nodes that have changed.
    func follow(_ allocator: ChosenAllocator) {
        if position == allocator.changes.nodes.count { return }
        allocator.prepare(shape)
        let nodes = allocator.changes.nodes
        var last: Int32 = -1
        while position < nodes.count {
            // Pods of a gang come to one node after another.
            if nodes[position] != last { update(Int(nodes[position]), allocator) }
            last = nodes[position]
            position += 1
        }
    }

    private func update(_ node: Int, _ allocator: ChosenAllocator) {
        let room = min(allocator.room(for: shape, on: node), Self.most)
        let change = room - roomOfNode[node]
        if change == 0 { return }
        roomOfNode[node] = room
        var domain = tree.home(of: node)
        while domain != DomainTree.root {
            rooms[domain] += change
            changes.append(Int32(domain))
            domain = tree[domain].parent
        }
        rooms[domain] += change
        changes.append(Int32(domain))
    }
}

extension Session {
    /// How many pods of a shape fit each domain, up to date; `nil` beside the reference, which counts node by node.
    ///
    /// - Complexity: O(nodes that have changed × depth) once it was asked for.
    func domainRooms(for shape: ShapeID, in tree: DomainTree) -> DomainRooms? {
        if allocator.isReference { return nil }
        let key = TopologyState.RoomKey(label: tree.label, shape: shape)
        if let known = topology.rooms[key], known.canFollow(tree, allocator) {
            known.follow(allocator)
            return known
        }
        // Each holds all nodes.
        if topology.rooms.count >= 64 { topology.rooms.removeAll() }
        let new = DomainRooms(tree, shape, allocator)
        topology.rooms[key] = new
        return new
    }

    /// How many pods of a shape fit a domain.
    func room(for shape: ShapeID, in domain: Int, of tree: DomainTree) -> Int {
        if let rooms = domainRooms(for: shape, in: tree) { return rooms.rooms[domain] }
        return domain == DomainTree.root
            ? allocator.room(for: shape) : allocator.room(for: shape, among: tree[domain].nodes)
    }
}
