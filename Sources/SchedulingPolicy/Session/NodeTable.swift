import ClusterModel

/// The nodes that exist, and those that only pods still name, with the pods on each.
///
/// A pod may be heard of before its node, and outlive it: its place is kept, and booked once there is a node.
struct NodeTable: Sendable {
    /// One node.
    struct Entry: Sendable {
        /// The node's name.
        var name: String
        /// The allocator's index; `nil` while there is no such node.
        var index: Int?
        /// The pod on it that was heard of last; the others follow by `TaskState.nextOnNode`.
        var firstTask: Int32 = TaskState.none
        /// True where what the node offers counts towards the cluster's total.
        var isCounted = false
    }

    private(set) var entries: [Entry] = []
    private var ids: [String: Int] = [:]
    private var free: [Int] = []
    private var entryOfIndex: [Int] = []

    /// The entry of a node; a new one if nobody has named it before.
    mutating func entry(named name: String) -> Int {
        if let id = ids[name] { return id }
        let id: Int
        if let reused = free.popLast() {
            id = reused
            entries[id] = Entry(name: name)
        } else {
            id = entries.count
            entries.append(Entry(name: name))
        }
        ids[name] = id
        return id
    }

    /// The entry of a node that has been named; `nil` if nobody has.
    func find(_ name: String) -> Int? { ids[name] }

    /// The entry of a node by the allocator's index.
    func entry(atIndex index: Int) -> Int { entryOfIndex[index] }

    /// Notes that a node exists.
    mutating func setIndex(_ index: Int, of entry: Int) {
        entries[entry].index = index
        while entryOfIndex.count <= index { entryOfIndex.append(-1) }
        entryOfIndex[index] = entry
    }

    /// Notes that a node is gone.
    mutating func clearIndex(of entry: Int) {
        entries[entry].index = nil
        entries[entry].isCounted = false
    }

    /// Says whether a node counts towards the cluster's total.
    mutating func setCounted(_ isCounted: Bool, _ entry: Int) { entries[entry].isCounted = isCounted }

    /// Sets the first pod on a node.
    mutating func setFirstTask(_ task: Int32, of entry: Int) { entries[entry].firstTask = task }

    /// Forgets an entry that neither a node nor a pod needs.
    mutating func releaseIfUnused(_ entry: Int) {
        guard entries[entry].index == nil, entries[entry].firstTask == TaskState.none else { return }
        ids[entries[entry].name] = nil
        entries[entry].name = ""
        free.append(entry)
    }
}
