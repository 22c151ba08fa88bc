import Allocator
import ClusterModel

/// Which cards of a node a pod gets: now, once leaving pods have gone, or if others left.
extension Session {
    /// Whole cards of a node that nobody holds or has been promised.
    func wholeCards(of node: Int) -> Int { gpuColumn.map { Int(free(on: node, $0)) } ?? 0 }

    /// The column of `nvidia.com/gpu`, which stays what it is once it is there.
    var gpuColumn: Int? {
        if let known = devices.gpuColumn { return known }
        devices.gpuColumn = resources.column(.nvidiaGPU)
        return devices.gpuColumn
    }

    /// Whether a node has a card with so much of it free.
    ///
    /// - Returns: `nil` where that takes a closer look.
    /// - Complexity: O(1), without allocation.
    func hasCard(withFree milli: Int64, on node: Int) -> Bool? {
        guard node < devices.summaries.count else { return false }
        if devices.leavingCount > 0, isPromisedWhole(1, on: node) { return nil }
        let summary = devices.summaries[node]
        return summary.largestOpen >= milli || summary.hasFresh && wholeCards(of: node) > 0
    }

    /// The cards that a pod would get on a node, by container; `nil` if there are too few.
    func chosenCards(for task: Int, on node: Int) -> [[NodeCards.Share]]? {
        guard var cards = devices.nodes[node] else { return nil }
        if devices.leavingCount > 0, isPromisedWhole(devices.demand(of: task)?.part?.cards ?? 0, on: node) {
            cards.closeMendingCards()
        }
        return chosenCards(
            for: task, of: cards, on: node, wholeCards: wholeCards(of: node), except: givenGPUs(of: node))
    }

    /// Whether cards that leaving pods make whole have been promised as whole ones, so that no parts of as many may be taken.
    private func isPromisedWhole(_ count: Int, on node: Int) -> Bool {
        devices.held[node].map { $0.leaving > 0 && wholeCardsLater(of: node) < count } ?? false
    }

    /// Those that it would get once pods have left that are leaving.
    func chosenCardsLater(for task: Int, on node: Int) -> [[NodeCards.Share]]? {
        guard let cards = devices.cardsLater(of: node) else { return nil }
        return chosenCards(
            for: task, of: cards, on: node, wholeCards: wholeCardsLater(of: node),
            except: givenGPUsLater(of: node))
    }

    /// Whether a pod that leaves a node may stay after all, beside those that have been promised places there.
    func mayStay(_ task: Int, on node: Int) -> Bool {
        if !fits(task, on: node) || !mayKeepPins(task, on: node) { return false }
        guard let shares = devices.shares(of: task), let cards = devices.cardsLater(of: node) else {
            return true
        }
        let own = shares.joined().filter { cards.cards.indices.contains($0.card) }
        let whole = Set(own.map(\.card)).count { cards.cards[$0].holders.isEmpty }
        return cards.hasRoom(for: own) && !own.contains { isClosed($0.card, of: cards, to: task) }
            && (cards.kind != .parts || whole <= wholeCardsLater(of: node))
    }

    /// The most cards that are whole again once a pod leaves: those of which it holds a part.
    func cardsHeldInPart(by task: Int) -> Int {
        guard let node = nodeIndex(of: task), devices.nodes[node]?.kind == .parts else { return 0 }
        return devices.shares(of: task).map { Set($0.joined().map(\.card)).count } ?? 1
    }

    /// Whole cards of a node that nobody will hold once pods have left that are leaving.
    private func wholeCardsLater(of node: Int) -> Int {
        gpuColumn.map { Int(allocator.futureIdle(node, $0)) } ?? 0
    }

    /// Whether a pod fits a node if some pods left it, beside those that are leaving.
    ///
    /// - Parameter freed: what those take, by column, if that is known already.
    /// - Complexity: O(resources asked for) for a pod without a part of a card on a node where nobody has one.
    func fits(_ task: Int, on node: Int, without others: [Int], freeing freed: [Int64]) -> Bool {
        hasRoom(for: task, on: node, without: others, freeing: freed)
            && isTakenByKubelet(task, on: node, without: others)
    }

    private func hasRoom(
        for task: Int, on node: Int, without others: [Int], freeing freed: [Int64]
    ) -> Bool {
        if devices.isIdle || devices.nodes[node] == nil { return fits(task, on: node, with: freed) }
        guard let cards = devices.cardsLater(of: node, without: others) else { return false }
        var freed = freed.isEmpty ? sum(of: []) : freed
        if cards.kind == .parts, let column = gpuColumn {
            // Cards that the last of them gives back are whole again.
            let held = devices.held[node] ?? HeldCards()
            freed[column] += Int64(held.bound + held.promised - cards.brokenCards)
        }
        if !fits(task, on: node, with: freed) { return false }
        guard let rule = DeviceRule(task, in: self), rule.isRoom else { return true }
        let whole = gpuColumn.map { freed[$0] } ?? 0
        return chosenCards(
            for: task, of: cards, on: node, wholeCards: wholeCardsLater(of: node) + Int(whole),
            except: givenGPUsLater(of: node, without: others)) != nil
    }

    /// The GPUs that pods will have whole once pods have left that are leaving, and some more. Volcano's wait until they are gone.
    private func givenGPUsLater(of node: Int, without others: [Int] = []) -> CPUSet {
        if compatibility != .gangwright { return givenGPUs(of: node) }
        return givenGPUs(of: node) { isLeaving($0) || others.contains($0) }
    }

    private func chosenCards(
        for task: Int, of cards: NodeCards, on node: Int, wholeCards whole: Int, except given: CPUSet
    ) -> [[NodeCards.Share]]? {
        guard let demand = devices.demand(of: task) else { return nil }
        switch cards.kind {
        case .parts:
            guard let part = demand.part, let milli = cards.milli(wanted: part) else { return nil }
            return chosenParts(
                part.cards, milli, of: cards, on: node, task, wholeCards: whole, except: given
            ).map { [$0] }
        case .memory:
            if devices.settings.sharesMemory, demand.cardMemory > 0 {
                return cards.firstCard(with: demand.cardMemory).map { [$0] }
            }
            return demand.cardCount > 0 ? cards.emptyCards(demand.cardCount).map { [$0] } : nil
        case .virtual: return virtualChoice(for: task, of: cards)?.containers
        }
    }

    private func chosenParts(
        _ count: Int, _ milli: Int64, of cards: NodeCards, on node: Int, _ task: Int, wholeCards whole: Int,
        except given: CPUSet
    ) -> [NodeCards.Share]? {
        guard let tightest = cards.tightestCards(count, milli, wholeCards: whole, except: given) else {
            return nil
        }
        guard devices.settings.choice == .fragmentation, count == 1, milli < 1000,
            let card = leastFragmentingCard(for: task, milli, on: node, cards, wholeCards: whole)
        else { return tightest }
        return [NodeCards.Share(card: card, memory: milli)]
    }

    /// The cards for a pod's vGPUs.
    func virtualChoice(for task: Int, on node: Int) -> NodeCards.VirtualChoice? {
        devices.nodes[node].flatMap { virtualChoice(for: task, of: $0) }
    }

    private func virtualChoice(for task: Int, of cards: NodeCards) -> NodeCards.VirtualChoice? {
        guard let demand = devices.demand(of: task), cards.kind == .virtual, !demand.virtual.isEmpty
        else { return nil }
        return cards.virtualCards(for: demand, policy: devices.settings.schedulePolicy) {
            isClosed($0, of: cards, to: task)
        }
    }

    /// Whether a pod may not share a card with those that hold it.
    private func isClosed(_ card: Int, of cards: NodeCards, to task: Int) -> Bool {
        guard cards.kind == .virtual, let demand = devices.demand(of: task) else { return false }
        let spreads = demand.annotations["volcano.sh/vgpu-podgroup-policy"] == "spread"
        let rules = devices.settings.exclusiveRules.filter { Self.matches(demand.labels, $0) }
        if !spreads, rules.isEmpty { return false }
        return cards.cards[card].holders.contains { holder in
            let other = Int(holder)
            if other < 0 || other == task { return false }
            if spreads, tasks[task].job != nil, tasks[other].job == tasks[task].job { return true }
            guard let labels = devices.demand(of: other)?.labels else { return false }
            return rules.contains { Self.matches(labels, $0) }
        }
    }

    private static func matches(_ labels: [String: String], _ rule: [String: String]) -> Bool {
        rule.allSatisfy { labels[$0.key] == $0.value }
    }
}
