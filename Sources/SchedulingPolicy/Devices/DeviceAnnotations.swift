import ClusterModel

/// How the cards of a pod are written on it, and read again.
enum DeviceAnnotations {
    /// Ours: `index:thousandths`, cards between commas.
    static let parts = "gangwright.io/gpu-shares"
    /// Volcano's card indices.
    static let cardIndex = "volcano.sh/gpu-index"
    /// Volcano's vGPUs: `uuid,type,memory,cores:` for each, containers between semicolons.
    static let virtual = "volcano.sh/vgpu-ids-new"

    /// What is written on a pod.
    ///
    /// - Parameters:
    ///   - demand: what it asks for.
    ///   - containers: the cards that it has got, by container; one list where containers do not matter.
    static func write(
        _ demand: DeviceDemand, _ containers: [[NodeCards.Share]], of cards: NodeCards, node: String,
        now: Timestamp?
    ) -> [String: String] {
        let seconds = now?.secondsSinceEpoch ?? 0
        switch cards.kind {
        case .parts:
            return [parts: containers.joined().map { "\($0.card):\($0.memory)" }.joined(separator: ",")]
        case .memory:
            return [
                cardIndex: containers.joined().map { "\($0.card)" }.joined(separator: ","),
                "volcano.sh/predicate-time": "\(seconds)000000000",
            ]
        case .virtual:
            let ids = containers.map { shares in
                shares.map { "\(cards.cards[$0.card].uuid),NVIDIA,\($0.memory),\($0.cores):" }.joined()
            }.joined(separator: ";")
            return [
                virtual: ids, "volcano.sh/devices-to-allocate": ids, "volcano.sh/vgpu-node": node,
                "volcano.sh/vgpu-time": "\(seconds)", "volcano.sh/bind-time": "\(seconds)",
                "volcano.sh/bind-phase": "allocating",
            ]
        }
    }

    /// The cards that a pod says it has, in words: `nil` where it says nothing.
    static func written(_ pod: Pod) -> WrittenCards? {
        if pod.annotations.isEmpty { return nil }
        let written = WrittenCards(
            parts: pod.annotations[parts], cardIndex: pod.annotations[cardIndex],
            virtual: pod.annotations[virtual])
        return written == WrittenCards() ? nil : written
    }
}

/// The cards of a pod as its annotations have them. What they mean depends on its node.
struct WrittenCards: Equatable, Sendable {
    var parts: String?
    var cardIndex: String?
    var virtual: String?

    /// The shares on a node's cards; `nil` where nothing that can be read is written.
    ///
    /// Cards that the node does not have are kept, by an index of their own where they have none.
    func shares(_ demand: DeviceDemand, of cards: NodeCards) -> [[NodeCards.Share]]? {
        switch cards.kind {
        case .parts: return parts.flatMap(Self.parts)
        case .memory:
            guard let text = cardIndex else { return nil }
            let words = text.split(separator: ",", omittingEmptySubsequences: false)
            let indices = words.compactMap { Self.index($0) }
            if indices.count != words.count { return nil }
            let memory = demand.cardMemory
            return [
                indices.map { index in
                    let whole = cards.cards.indices.contains(index) ? cards.cards[index].memory : 0
                    return NodeCards.Share(card: index, memory: memory > 0 ? memory : whole)
                }
            ]
        case .virtual:
            return virtual.map { text in
                text.split(separator: ";").map { Self.virtual($0, cards) }
            }
        }
    }

    private static func index(_ text: Substring) -> Int? {
        Int(text).flatMap { (0..<4096).contains($0) ? $0 : nil }
    }

    private static func parts(_ text: String) -> [[NodeCards.Share]]? {
        var shares: [NodeCards.Share] = []
        for word in text.split(separator: ",", omittingEmptySubsequences: false) {
            let numbers = word.split(separator: ":", omittingEmptySubsequences: false)
            guard numbers.count == 2, let card = index(numbers[0]), let milli = Int64(numbers[1]),
                (1...1000).contains(milli)
            else { return nil }
            shares.append(NodeCards.Share(card: card, memory: milli))
        }
        return [shares]
    }

    /// Source: Volcano's `decodeContainerDevices`, which takes a card for one of the node's if the names overlap.
    private static func virtual(_ text: Substring, _ cards: NodeCards) -> [NodeCards.Share] {
        text.split(separator: ":").compactMap { entry in
            let items = entry.split(separator: ",", omittingEmptySubsequences: false)
            guard items.count >= 4,
                let card = cards.cards.firstIndex(where: { !$0.uuid.isEmpty && items[0].contains($0.uuid) })
            else { return nil }
            return NodeCards.Share(
                card: card, memory: max(0, Int64(items[2]) ?? 0), cores: max(0, Int64(items[3]) ?? 0))
        }
    }
}
