import Allocator

/// The ledger of shared cards: what pods ask for and hold, and the cards of each node.
///
/// It has one source, the pods: what their annotations say once they are bound, what was chosen for them before. Nodes are the
/// allocator's indices.
struct DeviceTable: Sendable {
    /// A pod that asks for shared cards.
    struct Entry: Sendable {
        let demand: DeviceDemand
        /// The cards that its annotations name, once it is bound.
        var written: WrittenCards?
        /// What it holds on its node, by container; `nil` while it is on none, or nobody has said which.
        var shares: [[NodeCards.Share]]?
        /// True while it counts as a holder of a card that nobody knows.
        var isUnknown = false
    }

    /// What is in force.
    var settings = DeviceSettings()
    private(set) var entries: [Int: Entry] = [:]
    /// By node, its cards; nodes without any are not there.
    private(set) var nodes: [Int: NodeCards] = [:]
    /// By node, how many whole cards are taken out of what the node offers, since parts of them are held.
    var held: [Int: Int] = [:]
    /// One whole card without a pod; `nil` until one is needed.
    var wholeCard: RequestID?

    /// Whether no pod asks for shared cards.
    @inline(__always)
    var isIdle: Bool { entries.isEmpty }

    /// What a pod asks for; `nil` for most.
    func demand(of task: Int) -> DeviceDemand? { entries.isEmpty ? nil : entries[task]?.demand }

    /// What a pod holds, by container.
    func shares(of task: Int) -> [[NodeCards.Share]]? { entries[task]?.shares }

    mutating func note(_ demand: DeviceDemand, _ written: WrittenCards?, of task: Int) {
        entries[task] = Entry(demand: demand, written: written)
    }

    mutating func forget(_ task: Int) { entries[task] = nil }

    /// Takes the cards of a node as it is now; what was booked on them is forgotten.
    mutating func setCards(_ cards: NodeCards?, of node: Int) { nodes[node] = cards }

    /// Gives a pod that waits cards of a node, which is booked next.
    mutating func choose(_ shares: [[NodeCards.Share]], for task: Int) { entries[task]?.shares = shares }

    /// Forgets where a pod was to go.
    mutating func unchoose(_ task: Int) {
        entries[task]?.shares = nil
        entries[task]?.written = nil
    }

    /// Books what a pod holds on its node.
    mutating func book(_ task: Int, on node: Int) {
        guard var entry = entries[task], var cards = nodes[node] else { return }
        // Copies would be made of what the dictionary still holds.
        nodes[node] = nil
        if let written = entry.written?.shares(entry.demand, of: cards) { entry.shares = written }
        if let shares = entry.shares {
            cards.count(Array(shares.joined()), of: task, by: 1)
        } else if cards.kind == .parts, entry.demand.part != nil {
            cards.unknownHolders.append(Int32(task))
            entry.isUnknown = true
        }
        nodes[node] = cards
        entries[task] = entry
    }

    /// Takes out of the books what a pod holds on its node.
    mutating func unbook(_ task: Int, on node: Int) {
        guard let entry = entries[task], var cards = nodes[node] else { return }
        nodes[node] = nil
        if entry.isUnknown {
            cards.unknownHolders.removeAll { $0 == Int32(task) }
            entries[task]?.isUnknown = false
        } else if let shares = entry.shares {
            cards.count(Array(shares.joined()), of: task, by: -1)
        }
        nodes[node] = cards
    }
}
