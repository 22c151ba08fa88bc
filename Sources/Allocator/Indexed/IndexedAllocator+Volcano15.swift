/// Questions that only Volcano 1.5's ways of choosing a node ask: every node is looked at.
extension IndexedAllocator {
    /// The best of all nodes on which a pod fits now or will fit.
    public func bestNode(
        ofAllFor shape: ShapeID, above floor: Int64, where accepts: (Int) -> Bool,
        adding points: ([Int]) -> [Int64]?
    ) -> Placement? {
        inventory.bestOfAll(
            for: inventory.shapes[shape], above: floor, where: accepts, adding: points, groups.states
        ) { Int(groups.groupOf[$0]) }
    }

    /// Whether a node takes a pod, resources aside.
    public func admits(_ shape: ShapeID, on node: Int) -> Bool {
        inventory.admits(inventory.shapes[shape], on: node, groups.states) { Int(groups.groupOf[$0]) }
    }

    /// Whether more is bound on a node than it has.
    public func isOverfull(_ node: Int, columns: [Int]) -> Bool {
        groups.states.isOverfull(Int(groups.groupOf[node]), columns: columns)
    }
}
