import Allocator
import ClusterModel

/// Cards that pods share: chosen with the place, written on the pod with its binding, read from it ever after.
///
/// A card of `nvidia.com/gpu` of which a part is held is taken out of what the node offers whole, so that pods with whole
/// GPUs and pods with parts never meet on a card: for the allocator, the node has one less.
extension Session {
    /// Takes note of what a pod asks for and, if it is on a node, of the cards that it says it has.
    func noteDevices(of pod: Pod, _ task: Int, isBound: Bool) {
        // Most pods ask for nothing of the kind, and handing one over costs more than seeing that.
        if pod.containerDevices.isEmpty, pod.annotations.isEmpty { return }
        guard let demand = DeviceDemand(pod) else { return }
        devices.note(demand, isBound ? DeviceAnnotations.written(pod) : nil, of: task)
    }

    /// Whether a pod asks for something else here than it states: devices that only the books of cards are for, or thousandths.
    func asksOtherwise(_ pod: Pod) -> Bool { hasManagedDevices(pod) || devices.settings.parts }

    private func hasManagedDevices(_ pod: Pod) -> Bool {
        !pod.containerDevices.isEmpty && compatibility != .volcano15
    }

    /// The mark that tells the shapes of pods apart that ask for other cards: no node has it.
    func deviceMarks(of task: Int) -> [NodeMark] {
        guard let demand = devices.demand(of: task) else { return [] }
        if let known = devices.marks[demand] { return [known] }
        let mark = allocator.makeMark(refusal: DeviceRule.parts)
        devices.marks[demand] = mark
        return [mark]
    }

    /// What vGPUs have of a card is for the card's books alone: no node offers it as such.
    ///
    /// Source: the resources that Volcano's vGPU devices want ignored.
    func withoutManagedDevices(_ pod: Pod) -> Pod {
        if !hasManagedDevices(pod) { return pod }
        var pod = pod
        for name: ResourceName in [
            "volcano.sh/vgpu-memory", "volcano.sh/vgpu-memory-percentage", "volcano.sh/vgpu-cores",
        ] where pod.requests[name] != nil {
            pod.requests[name] = nil
        }
        return pod
    }

    /// Forgets the demand of a pod that is on no node any more.
    func forgetDevices(of task: Int) { if !devices.isIdle { devices.forget(task) } }

    /// Books the cards of a pod that comes to a node (`1`) or leaves it (`-1`).
    @inline(__always)
    func bookDevices(of task: Int, on node: Int, sign: Int) {
        if devices.isIdle || devices.nodes.isEmpty { return }
        bookSharedCards(of: task, on: node, sign: sign)
    }

    private func bookSharedCards(of task: Int, on node: Int, sign: Int) {
        guard devices.demand(of: task) != nil, devices.nodes[node] != nil else { return }
        if sign > 0 { bookCards(of: task, on: node) } else { devices.unbook(task, on: node) }
        holdBrokenCards(of: node)
    }

    private func bookCards(of task: Int, on node: Int) {
        devices.book(task, on: node)
        if let occupancy = tasks[task].occupancy, occupancy != .bound {
            devices.setLeaving(task, on: node, true)
        }
    }

    /// Counts the cards of a pod on a node as about to be free, or as held.
    @inline(__always)
    func setCardsLeaving(of task: Int, on node: Int, _ isLeaving: Bool) {
        if devices.isIdle || devices.demand(of: task) == nil { return }
        devices.setLeaving(task, on: node, isLeaving)
        holdBrokenCards(of: node)
    }

    /// Takes a place's cards for a pod that has just been given the place: those that are free, or else, for a place that is
    /// promised, those that will be.
    func takeDevices(of task: Int, _ placement: Placement) {
        if devices.isIdle || devices.nodes.isEmpty { return }
        let node = placement.node
        guard devices.demand(of: task) != nil, devices.nodes[node] != nil else { return }
        chooseCards(for: task, on: node, orLater: placement.kind == .pipeline)
        bookSharedCards(of: task, on: node, sign: 1)
    }

    /// Chooses cards that are free, or if there are none those that will be.
    @discardableResult
    private func chooseCards(for task: Int, on node: Int, orLater: Bool) -> Bool {
        if let shares = chosenCards(for: task, on: node) {
            devices.choose(shares, for: task, isPromised: false)
        } else if orLater, let shares = chosenCardsLater(for: task, on: node) {
            devices.choose(shares, for: task, isPromised: true)
        } else {
            return false
        }
        return true
    }

    /// Gives them back: the exact inverse of `takeDevices`.
    func giveBackDevices(of task: Int, on node: Int) {
        if devices.isIdle { return }
        bookDevices(of: task, on: node, sign: -1)
        devices.unchoose(task)
    }

    // MARK: Nodes

    /// Reads the cards of a node that is new or has changed, and books its pods on them.
    func readCards(of node: Int, _ entry: Int) {
        devices.setCards(NodeCards(allocator.node(node), devices.settings), of: node)
        if !devices.isIdle, devices.nodes[node] != nil {
            forEachTask(on: entry) { bookCards(of: $0, on: node) }
        }
        holdBrokenCards(of: node)
    }

    /// Forgets the cards of a node that is about to go.
    func forgetCards(of node: Int, _ entry: Int) {
        forEachTask(on: entry) { devices.unbook($0, on: node) }
        devices.setCards(nil, of: node)
        holdBrokenCards(of: node)
    }

    /// Takes other rules for sharing.
    func shareDevices(by settings: DeviceSettings) {
        if devices.settings == settings { return }
        let (counted, smallest) = (devices.settings.parts, devices.smallestCardMiB)
        devices.settings = settings
        for entry in nodes.entries.indices {
            guard let index = nodes.entries[entry].index else { continue }
            forEachTask(on: entry) { devices.unbook($0, on: index) }
            readCards(of: index, entry)
        }
        if settings.parts == counted { recountMemory(before: smallest) } else { recountAll() }
    }

    /// Takes as many whole cards out of what a node offers as parts are held of.
    private func holdBrokenCards(of node: Int) {
        // Whole ones are chosen among those that are left.
        pins.forgetRoom(on: node)
        let cards = devices.nodes[node]
        var wanted = HeldCards()
        if let cards, cards.kind == .parts {
            wanted.leaving = cards.mendingCards
            wanted.promised = cards.promisedCards
            wanted.bound = cards.brokenCards - wanted.leaving - wanted.promised
        }
        let held = devices.held[node] ?? HeldCards()
        if held == wanted { return }
        hold(wanted.bound - held.bound, on: node, as: .bound)
        hold(wanted.leaving - held.leaving, on: node, as: .releasing)
        hold(wanted.promised - held.promised, on: node, as: .pipelined)
        devices.held[node] = wanted == HeldCards() ? nil : wanted
    }

    /// Takes so many more whole cards out of what a node offers; fewer, if the number is negative.
    private func hold(_ change: Int, on node: Int, as occupancy: Occupancy) {
        if change == 0 { return }
        let whole = wholeCardRequest()
        for _ in 0..<max(0, change) { allocator.add(whole, to: node, as: occupancy) }
        for _ in 0..<max(0, -change) { allocator.remove(whole, from: node, as: occupancy) }
    }

    private func wholeCardRequest() -> RequestID {
        if let known = devices.wholeCard { return known }
        let request = allocator.internHold(of: .nvidiaGPU)
        if amounts.add(request, from: allocator) { syncColumns() }
        devices.wholeCard = request
        return request
    }

    // MARK: Choosing

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
    /// - Complexity: O(1), without allocation.
    fileprivate func hasCard(withFree milli: Int64, on node: Int) -> Bool {
        guard node < devices.summaries.count else { return false }
        let summary = devices.summaries[node]
        return summary.largestOpen >= milli || summary.hasFresh && wholeCards(of: node) > 0
    }

    /// The cards that a pod would get on a node, by container; `nil` if there are too few.
    func chosenCards(for task: Int, on node: Int) -> [[NodeCards.Share]]? {
        guard let cards = devices.nodes[node] else { return nil }
        return chosenCards(for: task, of: cards, on: node, wholeCards: wholeCards(of: node))
    }

    /// Those that it would get once pods have left that are leaving.
    func chosenCardsLater(for task: Int, on node: Int) -> [[NodeCards.Share]]? {
        guard let cards = devices.cardsLater(of: node) else { return nil }
        return chosenCards(for: task, of: cards, on: node, wholeCards: wholeCardsLater(of: node))
    }

    /// Whether a pod that leaves a node may stay after all, beside those that have been promised places there.
    func mayStay(_ task: Int, on node: Int) -> Bool {
        if !fits(task, on: node) { return false }
        guard let shares = devices.shares(of: task), let cards = devices.cardsLater(of: node) else {
            return true
        }
        let own = shares.joined().filter { cards.cards.indices.contains($0.card) }
        let whole = Set(own.map(\.card)).count { cards.cards[$0].holders.isEmpty }
        return own.allSatisfy { $0.memory <= cards.cards[$0.card].freeMemory }
            && (cards.kind != .parts || whole <= wholeCardsLater(of: node))
    }

    /// Keeps cards for a pod for which a place is kept.
    func reserveDevices(of task: Int, on node: Int) {
        if devices.isIdle || devices.demand(of: task) == nil { return }
        if chooseCards(for: task, on: node, orLater: true) { bookSharedCards(of: task, on: node, sign: 1) }
    }

    /// Gives free what was kept.
    func unreserveDevices(of task: Int, on node: Int) {
        if !devices.isIdle, devices.shares(of: task) != nil { giveBackDevices(of: task, on: node) }
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
            for: task, of: cards, on: node, wholeCards: wholeCardsLater(of: node) + Int(whole)) != nil
    }

    private func chosenCards(
        for task: Int, of cards: NodeCards, on node: Int, wholeCards whole: Int
    ) -> [[NodeCards.Share]]? {
        guard let demand = devices.demand(of: task) else { return nil }
        switch cards.kind {
        case .parts:
            guard let part = demand.part, let milli = cards.milli(wanted: part) else { return nil }
            return chosenParts(part.cards, milli, of: cards, on: node, task, wholeCards: whole).map { [$0] }
        case .memory:
            if devices.settings.sharesMemory, demand.cardMemory > 0 {
                return cards.firstCard(with: demand.cardMemory).map { [$0] }
            }
            return demand.cardCount > 0 ? cards.emptyCards(demand.cardCount).map { [$0] } : nil
        case .virtual: return virtualChoice(for: task, of: cards)?.containers
        }
    }

    private func chosenParts(
        _ count: Int, _ milli: Int64, of cards: NodeCards, on node: Int, _ task: Int, wholeCards whole: Int
    ) -> [NodeCards.Share]? {
        guard
            let tightest = cards.tightestCards(
                count, milli, wholeCards: whole, except: givenGPUs(of: node))
        else { return nil }
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
        let spreads = demand.annotations["volcano.sh/vgpu-podgroup-policy"] == "spread"
        let rules = devices.settings.exclusiveRules.filter { Self.matches(demand.labels, $0) }
        return cards.virtualCards(for: demand, policy: devices.settings.schedulePolicy) { card in
            if !spreads, rules.isEmpty { return false }
            return cards.cards[card].holders.contains { holder in
                let other = Int(holder)
                if other < 0 || other == task { return false }
                if spreads, tasks[task].job != nil, tasks[other].job == tasks[task].job { return true }
                guard let labels = devices.demand(of: other)?.labels else { return false }
                return rules.contains { Self.matches(labels, $0) }
            }
        }
    }

    private static func matches(_ labels: [String: String], _ rule: [String: String]) -> Bool {
        rule.allSatisfy { labels[$0.key] == $0.value }
    }

    /// What is to be written on a pod that holds cards.
    func deviceAnnotations(of task: Int) -> [String: String] {
        guard !devices.isIdle, let demand = devices.demand(of: task), let shares = devices.shares(of: task),
            let entry = tasks[task].node, let node = nodes.entries[entry].index,
            let cards = devices.nodes[node]
        else { return [:] }
        return DeviceAnnotations.write(
            demand, shares, of: cards, node: nodes.entries[entry].name, now: now)
    }
}

/// Which nodes have cards for a pod.
struct DeviceRule: NodeRule {
    static let parts = NodeRefusal.noPartOfGPU.description
    private static let memory = "node(s) had not enough memory on one GPU"
    private static let whole = "node(s) had not enough empty GPUs"
    private static let virtual = "node(s) had not enough vGPUs that fit"

    private let task: Int
    private let session: Session
    private let refusal: NodeRefusal
    /// False for vGPUs: which of them share a card depends on whose they are. All else is a part of the shape.
    let isLasting: Bool
    /// Volcano evicts nobody for what it shares of cards itself.
    let isRoom: Bool
    /// The thousandths of one card of any model, where nothing else is asked for and whole ones are chosen for nobody.
    private let milli: Int64?

    init?(_ task: Int, in session: Session) {
        let settings = session.devices.settings
        guard let demand = session.devices.demand(of: task) else { return nil }
        let text: String
        if settings.virtual, !demand.virtual.isEmpty {
            text = Self.virtual
        } else if settings.sharesMemory, demand.cardMemory > 0 {
            text = Self.memory
        } else if settings.countsCards, demand.cardCount > 0 {
            text = Self.whole
        } else if settings.parts, let part = demand.part {
            text = part.mistake.map { "node(s) had no such part of a GPU: \($0)" } ?? Self.parts
        } else {
            return nil
        }
        isLasting = text != Self.virtual
        isRoom = text == Self.parts || session.compatibility == .gangwright
        refusal = .rule(text, isResolvable: isRoom)
        let plain = demand.part.flatMap { part in
            part.cards == 1 && part.milli > 0 && part.models.isEmpty && !part.isUnreadable ? part.milli : nil
        }
        milli = text == Self.parts && session.pins.isEmpty ? plain : nil
        self.task = task
        self.session = session
    }

    /// Why a node has none; `nil` if it has.
    func refusal(_ node: Int) -> NodeRefusal? {
        let fits =
            if let milli { session.hasCard(withFree: milli, on: node) } else {
                session.chosenCards(for: task, on: node) != nil
            }
        return fits ? nil : refusal
    }
}
