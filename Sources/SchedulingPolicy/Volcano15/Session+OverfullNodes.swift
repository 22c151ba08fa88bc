import Allocator
import ClusterModel

/// Nodes that carry more than they have. Volcano 1.5 passes over them as over nodes that are not ready, until they do not.
extension Session {
    /// Finds out which nodes are overfull, and lets those pass for unready ones.
    ///
    /// - Complexity: O(nodes × resources).
    func passOverOverfullNodes() {
        let columns = resourceColumns
        for entry in nodes.entries.indices {
            guard let index = nodes.entries[entry].index else { continue }
            let isOverfull = allocator.isOverfull(index, columns: columns)
            if isOverfull == overfullNodes.contains(entry) { continue }
            let node = allocator.node(index)
            if isOverfull {
                if !node.isReady { continue }
                overfullNodes.insert(entry)
            } else {
                overfullNodes.remove(entry)
            }
            setReady(!isOverfull, node, index, entry)
        }
    }

    /// Lets all nodes be what they say of themselves.
    func readmitOverfullNodes() {
        for entry in overfullNodes.sorted() {
            guard let index = nodes.entries[entry].index else { continue }
            setReady(true, allocator.node(index), index, entry)
        }
        overfullNodes.removeAll()
    }

    private func setReady(_ isReady: Bool, _ node: Node, _ index: Int, _ entry: Int) {
        var changed = node
        changed.ready = isReady ? .isTrue : .isFalse
        count(entry, sign: -1)
        allocator.updateNode(index, to: changed)
        nodes.setCounted(isReady, entry)
        count(entry, sign: 1)
        constraintRefusals.removeAll(keepingCapacity: true)
        roomVersion.freed += 1
        roomVersion.changed += 1
    }

    /// The columns that shares and limits count: for Volcano 1.5 neither the number of pods nor local storage is a
    /// resource.
    var resourceColumns: [Int] {
        if compatibility != .volcano15 { return Array(total.indices) }
        return resources.names.indices.filter { column in
            column != ResourceTable.pods && resources.names[column] != .ephemeralStorage
        }
    }
}
