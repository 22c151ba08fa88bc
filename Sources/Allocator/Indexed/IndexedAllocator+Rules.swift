/// Places for pods with constraints that no index knows: every node is looked at.
extension IndexedAllocator {
    /// Brings up to date what a shape's demands mean for the nodes.
    public mutating func prepare(_ shape: ShapeID) { refreshPlan(of: shape) }

    /// The best node where the policy has a say on each.
    ///
    /// - Complexity: O(nodes × (resources asked for + kernels)) and what the policy's own rules cost.
    public func bestNode(
        for shape: ShapeID, where accepts: (Int) -> Bool, adding points: ([Int]) -> [Int64]?
    ) -> Placement? {
        inventory.bestByRules(
            for: inventory.shapes[shape], where: accepts, adding: points, groups.states
        ) { Int(groups.groupOf[$0]) }
    }

    /// The best node where the policy has a say, but does not tell nodes apart that are alike: of them only the first by name is
    /// asked about.
    public func bestNode(
        for shape: ShapeID, where accepts: (Int) -> Bool, adding points: ([Int]) -> [Int64]?,
        alike likeness: NodeLikeness
    ) -> Placement? {
        inventory.bestByRules(
            for: inventory.shapes[shape], where: accepts, adding: points, alike: likeness, groups.states
        ) { Int(groups.groupOf[$0]) }
    }

    /// The best of some nodes.
    ///
    /// - Complexity: O(given nodes × (resources asked for + kernels)).
    public func bestNode(
        for shape: ShapeID, among nodes: [Int], where accepts: (Int) -> Bool,
        adding points: ([Int]) -> [Int64]?
    ) -> Placement? {
        inventory.bestByRules(
            for: inventory.shapes[shape], among: nodes, where: accepts, adding: points, groups.states
        ) { Int(groups.groupOf[$0]) }
    }

    /// How many pods fit on some nodes.
    public func room(for shape: ShapeID, among nodes: [Int]) -> Int {
        inventory.room(for: inventory.shapes[shape], among: nodes, groups.states) { Int(groups.groupOf[$0]) }
    }

    /// The nodes that meet a shape's demands. - Complexity: O(nodes).
    public func nodes(meetingDemandsOf shape: ShapeID) -> [Int] {
        inventory.demandedNodes(for: inventory.shapes[shape])
    }

    /// Nodes by score, best first.
    public func ranked(
        _ candidates: [Int], for shape: ShapeID, adding points: ([Int]) -> [Int64]?
    ) -> [Int] {
        inventory.ranked(
            candidates, for: inventory.shapes[shape], adding: points, groups.states
        ) { Int(groups.groupOf[$0]) }
    }

    /// What pods may use of a column on a node.
    public func allocatable(_ node: Int, _ column: Int) -> Int64 {
        groups.states.allocatable[column][Int(groups.groupOf[node])]
    }

    /// The points that one kernel alone gives nodes.
    public func points(of kernel: ScoreKernel, for shape: ShapeID, on nodes: [Int]) -> [Int64] {
        inventory.points(of: kernel, for: inventory.shapes[shape], on: nodes, groups.states) {
            Int(groups.groupOf[$0])
        }
    }

    /// What is left of a column on a node as of now.
    public func idle(_ node: Int, _ column: Int) -> Int64 {
        groups.states.idle[column][Int(groups.groupOf[node])]
    }

    /// What will be left of a column on a node.
    public func futureIdle(_ node: Int, _ column: Int) -> Int64 {
        groups.states.futureIdle[column][Int(groups.groupOf[node])]
    }

    /// Whether the marks of a node rule it out.
    public func isMarked(_ node: Int, against shape: ShapeID) -> Bool {
        inventory.marks.refusal(of: inventory.shapes[shape].marks, by: node) != nil
    }
}

/// Short questions in place. A function that may change the allocator is given its address; one that may not is given a
/// copy where its owner is a class, with the reference counts of all its tables.
extension IndexedAllocator {
    /// The same as `idle`.
    public mutating func idleInPlace(_ node: Int, _ column: Int) -> Int64 { idle(node, column) }

    /// The same as `futureIdle`.
    public mutating func futureIdleInPlace(_ node: Int, _ column: Int) -> Int64 { futureIdle(node, column) }

    /// The same as `allocatable`.
    public mutating func allocatableInPlace(_ node: Int, _ column: Int) -> Int64 { allocatable(node, column) }

    /// The same as `placement(of:on:)`.
    public mutating func placementInPlace(of shape: ShapeID, on node: Int) -> Placement? {
        placement(of: shape, on: node)
    }

    /// The same as `bestNode(for:among:where:adding:)` where the policy has no say.
    public mutating func bestNodeInPlace(for shape: ShapeID, among nodes: [Int]) -> Placement? {
        bestNode(for: shape, among: nodes, where: { _ in true }, adding: { _ in nil })
    }

    /// The same as `room(for:among:)` for one node. - Complexity: O(resources asked for).
    public mutating func roomInPlace(for shape: ShapeID, on node: Int) -> Int {
        inventory.room(for: shape, on: node, groups.states, row: Int(groups.groupOf[node]))
    }

    /// The same as `nodes(meetingDemandsOf:)`.
    public mutating func nodesInPlace(meetingDemandsOf shape: ShapeID) -> [Int] {
        nodes(meetingDemandsOf: shape)
    }

    /// The same as `isMarked`.
    public mutating func isMarkedInPlace(_ node: Int, against shape: ShapeID) -> Bool {
        isMarked(node, against: shape)
    }
}
