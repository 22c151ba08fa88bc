/// Cards for vGPUs.
///
/// Source: Volcano's `checkNodeGPUSharingPredicateAndScore` and its policies.
extension NodeCards {
    /// The cards that a pod would get, container by container, and what they are worth.
    struct VirtualChoice {
        var containers: [[Share]] = []
        var score = 0.0
    }

    /// Chooses cards for a pod's vGPUs; `nil` if they are too few.
    ///
    /// - Parameter isClosed: whether a card (by index) may not be shared with those that hold it.
    /// - Complexity: O(containers × cards × log cards).
    func virtualCards(
        for demand: DeviceDemand, policy: String, isClosed: (Int) -> Bool
    ) -> VirtualChoice? {
        // Cards split by MIG are not laid out here.
        if mode != "hami-core" { return nil }
        if let wanted = demand.annotations["volcano.sh/vgpu-mode"], wanted != mode { return nil }
        var now = self
        var choice = VirtualChoice()
        for wanted in demand.virtual {
            var shares: [Share] = []
            for card in now.order(policy) where shares.count < wanted.count {
                guard !isClosed(card), now.isOfType(card, demand.annotations),
                    let share = now.share(wanted, of: card)
                else { continue }
                now.count([share], of: -1, by: 1)
                shares.append(share)
                choice.score += now.score(of: card, policy)
            }
            if shares.count < wanted.count { return nil }
            choice.containers.append(shares)
        }
        return choice
    }

    /// The cards in the order in which they are tried.
    private func order(_ policy: String) -> [Int] {
        let last = Array(cards.indices.reversed())
        switch policy {
        case "binpack":
            return last.sorted {
                let (left, right) = (cards[$0].usedMemory, cards[$1].usedMemory)
                return left == right ? $0 > $1 : left > right
            }
        case "spread":
            return last.sorted {
                let (left, right) = (cards[$0].holders.count, cards[$1].holders.count)
                return left == right ? $0 > $1 : left < right
            }
        default: return last
        }
    }

    /// What one vGPU takes of a card; `nil` if the card has no room for it.
    private func share(_ wanted: DeviceDemand.VirtualCards, of index: Int) -> Share? {
        let card = cards[index]
        let memory = wanted.memory > 0 ? wanted.memory : card.memory * min(wanted.percentage, 101) / 100
        guard card.isUsable, card.holders.count < card.mostShares, memory <= card.freeMemory,
            wanted.cores <= 100 - card.usedCores
        else { return nil }
        // All cores mean the card alone; a card without cores left takes nobody, not even who asks for none.
        if wanted.cores == 100, !card.holders.isEmpty { return nil }
        if wanted.cores == 0, card.usedCores == 100 { return nil }
        return Share(card: index, memory: memory, cores: wanted.cores)
    }

    /// What a card that has just been chosen adds to the score of its node.
    private func score(of index: Int, _ policy: String) -> Double {
        switch policy {
        case "binpack": 10 * Double(cards[index].usedMemory) / Double(max(1, cards[index].memory))
        case "spread": cards[index].holders.count == 1 ? 10 : 0
        default: 0
        }
    }

    private func isOfType(_ index: Int, _ annotations: [String: String]) -> Bool {
        let (type, uuid) = (cards[index].type.uppercased(), cards[index].uuid)
        if !type.contains("NVIDIA") { return false }
        func words(_ key: String) -> [String]? {
            annotations[key]?.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        }
        if let use = words("nvidia.com/use-gputype") {
            if !use.contains(where: { Self.contains(type, $0.uppercased()) }) { return false }
        } else if let avoid = words("nvidia.com/nouse-gputype"),
            avoid.contains(where: { Self.contains(type, $0.uppercased()) })
        {
            return false
        }
        if let use = words("volcano.sh/vgpu-use-gpuuuid") { return use.contains(uuid) }
        return !(words("volcano.sh/vgpu-nouse-gpuuuid")?.contains(uuid) ?? false)
    }

    /// As Go's `strings.Contains`: every text contains the empty one.
    private static func contains(_ text: String, _ part: String) -> Bool {
        part.isEmpty || text.contains(part)
    }
}
