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
        let nodeClass = classify(index)
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
        groups.update(index, to: node, in: classify(index), inventory.resources)
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
        classifyAll()
    }

    /// The class of a node, which may be a new one.
    private mutating func classify(_ node: Int) -> Int {
        let nodeClass = classes.classify(node, by: inventory.constraints)
        groups.addClasses(upTo: classes.count)
        return nodeClass
    }

    /// Has plans looked at again after a node has come, changed or gone.
    private mutating func noteChange() {
        generation += 1
        groups.invalidate()
        // Classes that nodes have left, and groups of theirs, are not kept for ever.
        if classes.count > 2 * inventory.nodes.count + 256 { classifyAll() }
    }

    /// Groups the nodes anew, by the classes as they are now and without the groups that are empty.
    mutating func classifyAll() {
        let (states, rows) = (groups.states, groups.groupOf)
        classifyAll(states, row: { Int(rows[$0]) })
    }

    /// Groups the nodes anew.
    ///
    /// It happens for new sets of demands and preferences, and then once in more changes than there are nodes.
    /// - Parameters:
    ///   - states: what is left.
    ///   - row: the row of a node in `states`.
    /// - Complexity: O(nodes × (sets that split + resources)).
    mutating func classifyAll(_ states: StateTable, row: (Int) -> Int) {
        classes.clear()
        groups = GroupTable(columns: inventory.resources.count)
        let labels = inventory.nodes.order.labels
        for node in inventory.nodes.byName.lazy.map(Int.init) {
            let nodeClass = classify(node)
            groups.add(node, label: labels[node], to: nodeClass, like: row(node), of: states)
        }
        rankingIDs.removeAll(keepingCapacity: true)
        rankings.removeAll(keepingCapacity: true)
        fronts.removeAll(keepingCapacity: true)
        plans.removeAll(keepingCapacity: true)
        generation += 1
    }
}
