import ClusterModel

/// Questions that only Volcano 1.5's ways of choosing a node ask.
extension Inventory {
    /// The best of all nodes that have room now or will have, weighed up in one set.
    ///
    /// - Parameter floor: of several nodes, one whose score is no higher is not chosen.
    /// - Complexity: O(nodes × (resources asked for + kernels)) and what the policy's own rules cost.
    func bestOfAll(
        for shape: ShapeTable.Shape, above floor: Int64, where accepts: (Int) -> Bool,
        adding points: ([Int]) -> [Int64]?, _ states: borrowing StateTable, row: (Int) -> Int
    ) -> Placement? {
        var candidates: [Int] = []
        var kinds: [Placement.Kind] = []
        for node in nodes.byName.lazy.map(Int.init) where isEligible(node, for: shape) {
            guard let kind = shape.kind(in: states, row(node), filters: filters), accepts(node) else {
                continue
            }
            candidates.append(node)
            kinds.append(kind)
        }
        if candidates.count == 1 { return Placement(node: candidates[0], kind: kinds[0]) }
        let highest = highest(of: candidates, for: shape)
        let added = points(candidates)
        var best: (position: Int, score: Int64)?
        // They are in the order of their names, so that the first of equal ones stays.
        for (position, node) in candidates.enumerated() {
            let score = score(of: node, for: shape, highest, states, row(node)) + (added?[position] ?? 0)
            if score > best?.score ?? floor { best = (position, score) }
        }
        return best.map { Placement(node: candidates[$0.position], kind: kinds[$0.position]) }
    }

    /// Whether a node takes a pod as far as constraints, marks and slots go, resources aside.
    func admits(
        _ shape: ShapeTable.Shape, on node: Int, _ states: borrowing StateTable, row: (Int) -> Int
    ) -> Bool {
        isEligible(node, for: shape) && (!filters.contains(.podCount) || states.hasSlot(row(node)))
    }
}

extension StateTable {
    /// Whether more of a resource is bound on a row than it has.
    func isOverfull(_ row: Int, columns: [Int]) -> Bool {
        columns.contains { $0 < idle.count && idle[$0][row] < 0 }
    }
}
