public import ClusterModel

/// Nodes that come, change and go.
extension IndexedAllocator {
    /// Adds a node.
    ///
    /// - Complexity: O(sets of demands and preferences + resources), and O(nodes) moves of integers.
    @discardableResult
    public mutating func addNode(_ node: Node) -> Int {
        let (index, isRelabelled) = inventory.addNode(node)
        groups.addColumns(upTo: inventory.resources.count)
        if isRelabelled { groups.setOrder(inventory.nodes.order.labels) }
        let nodeClass = classify(index, marks: [])
        groups.add(
            node, index, label: inventory.nodes.order.labels[index], to: nodeClass, in: inventory.resources)
        noteChange()
        return index
    }

    /// Changes a node.
    ///
    /// - Complexity: O(sets of demands and preferences + resources).
    public mutating func updateNode(_ index: Int, to node: Node) {
        inventory.updateNode(index, to: node)
        groups.addColumns(upTo: inventory.resources.count)
        let marks = classes.answers[groups.nodeClass(of: index)].marks
        groups.update(index, to: node, in: classify(index, marks: marks), inventory.resources)
        noteChange()
    }

    /// Removes a node.
    public mutating func removeNode(_ index: Int) {
        groups.remove(index)
        inventory.removeNode(index)
        noteChange()
    }

    /// Changes filters and scores; plans and rankings are made anew.
    ///
    /// - Complexity: O(nodes × (sets of demands and preferences + resources)).
    public mutating func configure(filters: NodeFilters, kernels: [ScoreKernel]) {
        inventory.configure(filters: filters, kernels: kernels)
        groups.addColumns(upTo: inventory.resources.count)
        classifyAll()
    }

    /// The class of a node, which may be a new one.
    private mutating func classify(_ node: Int, marks: [NodeMark]) -> Int {
        let nodeClass = classes.classify(node, marks: marks, by: inventory.constraints)
        groups.addClasses(upTo: classes.count)
        return nodeClass
    }

    /// Has plans looked at again after a node has come, changed or gone.
    private mutating func noteChange() {
        generation += 1
        groups.invalidate()
        tidy()
    }

    /// Lets go of classes and groups that nodes have left, once there are many.
    mutating func tidy() {
        if groups.count > 4 * inventory.nodes.count + 4096 || classes.count > 2 * inventory.nodes.count + 256
        {
            classifyAll()
        }
    }

    /// Groups the nodes anew, by the classes as they are now and without the groups that are empty.
    mutating func classifyAll() {
        let (old, answers) = (groups, classes.answers)
        classifyAll(
            old.states, row: { Int(old.groupOf[$0]) }, marks: { answers[old.nodeClass(of: $0)].marks })
    }

    /// Groups the nodes anew.
    ///
    /// It happens for new sets of demands and preferences, and then once in more changes than there are nodes.
    /// - Parameters:
    ///   - states: what is left.
    ///   - row: the row of a node in `states`.
    ///   - marks: the marks of a node, of those that split.
    /// - Complexity: O(nodes × (sets that split + resources)).
    mutating func classifyAll(_ states: StateTable, row: (Int) -> Int, marks: (Int) -> [NodeMark]) {
        classes.clear()
        groups = GroupTable(columns: inventory.resources.count)
        let labels = inventory.nodes.order.labels
        for node in inventory.nodes.byName.lazy.map(Int.init) {
            let nodeClass = classify(node, marks: marks(node))
            groups.add(node, label: labels[node], to: nodeClass, like: row(node), of: states)
        }
        rankingIDs.removeAll(keepingCapacity: true)
        rankings.removeAll(keepingCapacity: true)
        fronts.removeAll(keepingCapacity: true)
        plans.removeAll(keepingCapacity: true)
        generation += 1
    }
}
