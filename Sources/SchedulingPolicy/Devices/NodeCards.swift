import ClusterModel

/// The cards of a node, and who holds what of each.
struct NodeCards: Sendable {
    /// How the node says what it has.
    enum Kind: Sendable {
        /// `nvidia.com/gpu`: thousandths of cards.
        case parts
        /// `volcano.sh/gpu-memory` and `volcano.sh/gpu-number`.
        case memory
        /// The annotation of Volcano's vGPU device plugin.
        case virtual
    }

    /// One card.
    struct Card: Equatable, Sendable {
        var uuid = ""
        var type = ""
        /// Its memory, in the node's unit; 1000 where thousandths are counted.
        var memory: Int64
        /// The most shares.
        var mostShares = Int.max
        /// False for a card that must not be used, or that the node does not have.
        var isUsable = true
        var usedMemory: Int64 = 0
        /// Percent.
        var usedCores: Int64 = 0
        /// The pods on it, once for each share.
        var holders: [Int32] = []
        /// How many of the shares are of pods that are leaving.
        var leavingShares = 0
        /// How many are of pods for which the card has yet to become free.
        var promisedShares = 0

        /// Whether parts of it are held as of now.
        var isOpen: Bool { holders.count > promisedShares }
        var freeMemory: Int64 { memory - usedMemory }
    }

    /// What a pod holds of one card.
    struct Share: Equatable, Sendable {
        /// The card's index.
        var card: Int
        var memory: Int64
        var cores: Int64 = 0
    }

    let kind: Kind
    var cards: [Card]
    /// `hami-core` or `mig`; empty where cards are not virtual.
    var mode = ""
    /// MiB of a card, where the node says so.
    var cardMiB: Int64?
    /// The model, as openb's label has it.
    var model: String?
    /// Pods that hold a card of which nobody has said which; each counts as a whole one.
    var unknownHolders: [Int32] = []
    /// How many of them are leaving.
    var leavingUnknown = 0

    /// The cards of a node that shares them by a way that is in force; `nil` if there are none.
    init?(_ node: Node, _ settings: DeviceSettings) {
        if settings.virtual, let text = node.annotations["volcano.sh/node-vgpu-register"] {
            // A device plugin that has gone says so; without a word from it nothing is known.
            guard let handshake = node.annotations["volcano.sh/node-vgpu-handshake"],
                !handshake.contains("Deleted"), let register = Self.virtualCards(text)
            else { return nil }
            (kind, cards, mode) = (.virtual, register.cards, register.mode)
            return
        }
        if settings.sharesMemory || settings.countsCards {
            guard let memory = node.allocatable["volcano.sh/gpu-memory"],
                let count = node.allocatable["volcano.sh/gpu-number"], (1...4096).contains(count)
            else { return nil }
            kind = .memory
            cards = Array(repeating: Card(memory: memory / count), count: Int(count))
            for id in Self.numbers(node.annotations["volcano.sh/gpu-unhealthy-ids"] ?? "")
            where cards.indices.contains(id) {
                cards[id].isUsable = false
            }
            return
        }
        guard settings.parts, let count = node.allocatable[.nvidiaGPU], count > 0 else { return nil }
        kind = .parts
        cards = Array(repeating: Card(memory: 1000), count: Int(min(count, 4096)))
        cardMiB = node.labels["nvidia.com/gpu.memory"].flatMap { Int64($0) }.flatMap { $0 > 0 ? $0 : nil }
        model = node.labels["alibabacloud.com/gpu-card-model"]
    }

    /// Numbers between commas; words that are none are left out.
    private static func numbers(_ text: String) -> [Int] {
        text.split(separator: ",").compactMap { Int($0) }
    }

    /// Reads `uuid,count,memory,type,health,mode`, cards between colons.
    ///
    /// Source: Volcano's `decodeNodeDevices`. One card that cannot be read spoils all.
    private static func virtualCards(_ text: String) -> (cards: [Card], mode: String)? {
        var cards: [Card] = []
        var mode = "hami-core"
        for entry in text.split(separator: ":") where entry.contains(",") {
            let items = entry.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
            guard items.count >= 6 else { return nil }
            cards.append(
                Card(
                    uuid: items[0], type: items[3], memory: Int64(items[2]) ?? 0,
                    mostShares: Int(items[1]) ?? 0, isUsable: Session.isTrue(items[4])))
            mode = items[5] == "mig" ? "mig" : "hami-core"
        }
        return cards.isEmpty ? nil : (cards, mode)
    }

    // MARK: Books

    /// Books what a pod holds (`1`), or takes it out (`-1`).
    mutating func count(_ shares: [Share], of task: Int, by sign: Int64) {
        for share in shares {
            // What the node does not have, or no longer, is held all the same by who says so.
            while share.card >= cards.count {
                cards.append(Card(memory: kind == .parts ? 1000 : 0, isUsable: false))
            }
            cards[share.card].usedMemory += sign * share.memory
            cards[share.card].usedCores += sign * share.cores
            if sign > 0 {
                cards[share.card].holders.append(Int32(task))
            } else if let position = cards[share.card].holders.lastIndex(of: Int32(task)) {
                cards[share.card].holders.remove(at: position)
            }
        }
    }

    /// Whether a pod that left them may have its shares back, beside those that have come.
    func hasRoom(for shares: [Share]) -> Bool {
        var cards = self
        for share in shares {
            let card = cards.cards[share.card]
            let isAlone =
                kind == .virtual && (share.cores == 100 && !card.holders.isEmpty || card.usedCores == 100)
            if isAlone || share.memory > card.freeMemory || share.cores > 100 - card.usedCores
                || card.holders.count >= card.mostShares
            {
                return false
            }
            cards.count([share], of: -1, by: 1)
        }
        return true
    }

    /// The pods on the cards, once for each share.
    var holders: [Int] { cards.flatMap(\.holders).map(Int.init) + unknownHolders.map(Int.init) }

    /// Whole cards that are no longer whole: those of which parts are held.
    var brokenCards: Int { cards.count { !$0.holders.isEmpty } + unknownHolders.count }

    /// Those of them that will be whole again once leaving pods have gone.
    var mendingCards: Int {
        leavingUnknown + cards.count { !$0.holders.isEmpty && $0.leavingShares == $0.holders.count }
    }

    /// Takes no more parts of cards of which only leaving pods hold some.
    mutating func closeMendingCards() {
        for index in cards.indices
        where !cards[index].holders.isEmpty && cards[index].leavingShares == cards[index].holders.count {
            cards[index].isUsable = false
            cards[index].usedMemory = cards[index].memory
        }
    }

    /// Those of them that are whole as of now, and promised.
    var promisedCards: Int { cards.count { !$0.holders.isEmpty && !$0.isOpen } }

    /// Counts the shares of a pod as those of one for which the cards have yet to become free.
    mutating func countPromised(_ shares: [Share], by sign: Int) {
        for share in shares { cards[share.card].promisedShares += sign }
    }

    /// Counts the shares of a pod as those of one that leaves (`1`), or stays (`-1`).
    mutating func countLeaving(_ shares: [Share]?, by sign: Int) {
        guard let shares else {
            leavingUnknown += sign
            return
        }
        for share in shares { cards[share.card].leavingShares += sign }
    }

    // MARK: Choosing

    /// Shares of memory on one card: the first with enough. Source: Volcano's `predicateGPUbyMemory`.
    func firstCard(with memory: Int64) -> [Share]? {
        cards.firstIndex { $0.isUsable && $0.freeMemory >= memory }.map { [Share(card: $0, memory: memory)] }
    }

    /// Whole cards: the first on which nothing is.
    func emptyCards(_ count: Int) -> [Share]? {
        let empty = cards.indices.filter { cards[$0].isUsable && cards[$0].holders.isEmpty }.prefix(count)
        return empty.count < count ? nil : empty.map { Share(card: $0, memory: cards[$0].memory) }
    }

    /// Thousandths of a card that a part takes here; `nil` where that is not known, or more than there is.
    func milli(of part: GPUPart) -> Int64? {
        if part.milli > 0 { return part.milli }
        guard let cardMiB, part.memoryMiB <= cardMiB else { return nil }
        // Rounded up, so that the memories on a card never add up to more than it has.
        let (whole, isOverflow) = part.memoryMiB.multipliedReportingOverflow(by: 1000)
        return isOverflow ? nil : (whole + cardMiB - 1) / cardMiB
    }

    /// The same; `nil` also where the part makes no sense, or cards of this model will not do.
    func milli(wanted part: GPUPart) -> Int64? {
        if part.isUnreadable { return nil }
        if !part.models.isEmpty, !(model.map(part.models.contains) ?? false) { return nil }
        return milli(of: part)
    }

    /// Parts of cards: the fullest that have room, then new ones, in the order of their indices.
    ///
    /// - Parameters:
    ///   - wholeCards: how many cards there are of which nothing is held in any way.
    ///   - given: cards that are given to pods whole.
    func tightestCards(
        _ count: Int, _ milli: Int64, wholeCards: Int, except given: CPUSet
    ) -> [Share]? {
        let open = cards.indices
            .filter { cards[$0].isUsable && cards[$0].isOpen && cards[$0].freeMemory >= milli }
            .sorted {
                let (left, right) = (cards[$0].freeMemory, cards[$1].freeMemory)
                return left == right ? $0 < $1 : left < right
            }
        var chosen = Array(open.prefix(count))
        chosen += freshCards(min(count - chosen.count, max(0, wholeCards)), except: given)
        return chosen.count < count ? nil : chosen.map { Share(card: $0, memory: milli) }
    }

    /// The first cards of which no parts are held and that no pod has been given whole.
    private func freshCards(_ count: Int, except given: CPUSet) -> [Int] {
        let fresh = cards.indices.filter {
            cards[$0].isUsable && cards[$0].holders.isEmpty && !given.contains($0)
        }
        return Array(fresh.prefix(count))
    }

    /// The cards of which parts are held.
    var partlyHeld: CPUSet { CPUSet(cards.indices.filter { !cards[$0].holders.isEmpty }) }

    /// Free thousandths of each card, where so many are held by nobody; pods with whole cards of which nobody knows are
    /// taken to hold the last.
    func freeMilli(wholeCards: Int, except given: CPUSet) -> [Int64] {
        var left = max(0, wholeCards)
        return cards.enumerated().map { index, card in
            if card.isOpen { return max(0, card.freeMemory) }
            if !card.holders.isEmpty || !card.isUsable || left == 0 || given.contains(index) { return 0 }
            left -= 1
            return card.memory
        }
    }
}
