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
        /// True while what it holds counts as about to be free.
        var isLeaving = false
        /// True while what was chosen for it has yet to become free.
        var isPromised = false

        /// Its shares one after the other; `nil` for a holder of a card that nobody knows.
        var allShares: [NodeCards.Share]? { isUnknown ? nil : Array((shares ?? []).joined()) }
    }

    /// What is in force.
    var settings = DeviceSettings()
    private(set) var entries: [Int: Entry] = [:]
    /// By node, its cards; nodes without any are not there.
    private(set) var nodes: [Int: NodeCards] = [:]
    /// By node, how many whole cards are taken out of what the node offers, since parts of them are held.
    var held: [Int: HeldCards] = [:]
    /// By what is asked for, the mark that tells shapes apart; nodes never have it.
    var marks: [DeviceDemand: NodeMark] = [:]
    /// By node, what is left of its parts of cards, for a quick answer.
    private(set) var summaries: [CardSummary] = []
    /// The column of `nvidia.com/gpu`, once there is one.
    var gpuColumn: Int?
    /// How many nodes have cards of which memory.
    private var cardSizes: [Int64: Int] = [:]
    /// How many pods hold cards that are about to be free.
    private(set) var leavingCount = 0
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
    mutating func setCards(_ cards: NodeCards?, of node: Int) {
        count(nodes[node]?.cardMiB, by: -1)
        count(cards?.cardMiB, by: 1)
        put(cards, on: node)
    }

    /// Puts the cards of a node back after a change.
    private mutating func put(_ cards: NodeCards?, on node: Int) {
        while summaries.count <= node { summaries.append(CardSummary()) }
        summaries[node].take(cards)
        nodes[node] = cards
    }

    private mutating func count(_ cardMiB: Int64?, by sign: Int) {
        guard let cardMiB else { return }
        let count = (cardSizes[cardMiB] ?? 0) + sign
        cardSizes[cardMiB] = count == 0 ? nil : count
    }

    /// The memory of the smallest card that says how much it has, in MiB.
    var smallestCardMiB: Int64? { cardSizes.keys.min() }

    /// Gives a pod that waits cards of a node, which is booked next.
    mutating func choose(_ shares: [[NodeCards.Share]], for task: Int, isPromised: Bool) {
        entries[task]?.shares = shares
        entries[task]?.isPromised = isPromised
    }

    /// Forgets where a pod was to go.
    mutating func unchoose(_ task: Int) {
        entries[task]?.shares = nil
        entries[task]?.written = nil
        entries[task]?.isPromised = false
    }

    /// Books what a pod holds on its node.
    mutating func book(_ task: Int, on node: Int) {
        guard var entry = entries[task], var cards = nodes[node] else { return }
        // Copies would be made of what the dictionary still holds.
        nodes[node] = nil
        if entry.isLeaving { leavingCount -= 1 }
        (entry.isUnknown, entry.isLeaving) = (false, false)
        if let written = entry.written?.shares(entry.demand, of: cards) { entry.shares = written }
        if let shares = entry.shares {
            cards.count(Array(shares.joined()), of: task, by: 1)
            if entry.isPromised { cards.countPromised(Array(shares.joined()), by: 1) }
        } else if cards.kind == .parts, entry.demand.part != nil {
            cards.unknownHolders.append(Int32(task))
            entry.isUnknown = true
        }
        put(cards, on: node)
        entries[task] = entry
    }

    /// Takes out of the books what a pod holds on its node.
    mutating func unbook(_ task: Int, on node: Int) {
        setLeaving(task, on: node, false)
        guard let entry = entries[task], var cards = nodes[node] else { return }
        nodes[node] = nil
        if entry.isUnknown {
            cards.unknownHolders.removeAll { $0 == Int32(task) }
            entries[task]?.isUnknown = false
        } else if let shares = entry.shares {
            cards.count(Array(shares.joined()), of: task, by: -1)
            if entry.isPromised { cards.countPromised(Array(shares.joined()), by: -1) }
        }
        put(cards, on: node)
    }

    /// Counts what a pod holds on its node as about to be free, or as held.
    mutating func setLeaving(_ task: Int, on node: Int, _ isLeaving: Bool) {
        guard let entry = entries[task], entry.isLeaving != isLeaving, var cards = nodes[node],
            entry.isUnknown || entry.shares != nil
        else { return }
        nodes[node] = nil
        cards.countLeaving(entry.allShares, by: isLeaving ? 1 : -1)
        put(cards, on: node)
        entries[task]?.isLeaving = isLeaving
        leavingCount += isLeaving ? 1 : -1
    }

    /// The cards of a node as they will be once pods have left that are leaving, and some more.
    func cardsLater(of node: Int, without others: [Int] = []) -> NodeCards? {
        guard var cards = nodes[node] else { return nil }
        var leaving: Set<Int> = []
        for task in cards.holders where entries[task]?.isLeaving ?? false { leaving.insert(task) }
        for task in others where entries[task] != nil { leaving.insert(task) }
        for task in leaving {
            guard let entry = entries[task] else { continue }
            if entry.isUnknown {
                cards.unknownHolders.removeAll { $0 == Int32(task) }
            } else if let shares = entry.shares {
                cards.count(Array(shares.joined()), of: task, by: -1)
            }
        }
        for card in cards.cards.indices { cards.cards[card].promisedShares = 0 }
        return cards
    }
}

/// Whole cards that are taken out of what a node offers.
struct HeldCards: Equatable, Sendable {
    /// Those of which parts are held.
    var bound = 0
    /// Those of which only leaving pods hold parts.
    var leaving = 0
    /// Those that are whole, and promised to pods with parts.
    var promised = 0
}

/// What is left of the cards of a node for a part of one.
struct CardSummary: Sendable {
    /// Counts the changes of the node's cards.
    private(set) var version = 0
    /// The most that is free of a card of which parts are held, in thousandths; negative where there is none.
    private(set) var largestOpen: Int64 = -1
    /// Whether there is a card of which no parts are held.
    private(set) var hasFresh = false

    fileprivate mutating func take(_ cards: NodeCards?) {
        version += 1
        largestOpen = -1
        hasFresh = false
        guard let cards, cards.kind == .parts else { return }
        for card in cards.cards where card.isUsable {
            if card.holders.isEmpty { hasFresh = true }
            if card.isOpen { largestOpen = max(largestOpen, card.freeMemory) }
        }
    }
}
