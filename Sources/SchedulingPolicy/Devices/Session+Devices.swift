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

    /// Whether a pod states devices that only the books of cards are for.
    func hasManagedDevices(_ pod: Pod) -> Bool {
        !pod.containerDevices.isEmpty && compatibility != .volcano15
    }

    /// What vGPUs have of a card is for the card's books alone: no node offers it as such.
    ///
    /// Source: the resources that Volcano's vGPU devices want ignored.
    func withoutManagedDevices(_ pod: Pod) -> Pod {
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
        if sign > 0 { devices.book(task, on: node) } else { devices.unbook(task, on: node) }
        holdBrokenCards(of: node)
    }

    /// Takes a place's cards for a pod that has just been given the place.
    func takeDevices(of task: Int, on node: Int) {
        if devices.isIdle || devices.nodes.isEmpty { return }
        guard devices.demand(of: task) != nil, devices.nodes[node] != nil else { return }
        if let shares = chosenCards(for: task, on: node) { devices.choose(shares, for: task) }
        bookSharedCards(of: task, on: node, sign: 1)
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
            forEachTask(on: entry) { devices.book($0, on: node) }
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
        devices.settings = settings
        for entry in nodes.entries.indices {
            guard let index = nodes.entries[entry].index else { continue }
            forEachTask(on: entry) { devices.unbook($0, on: index) }
            readCards(of: index, entry)
        }
    }

    /// Takes as many whole cards out of what a node offers as parts are held of.
    private func holdBrokenCards(of node: Int) {
        // Whole ones are chosen among those that are left.
        pins.forgetRoom(on: node)
        let cards = devices.nodes[node]
        let wanted = cards?.kind == .parts ? cards?.brokenCards ?? 0 : 0
        var held = devices.held[node] ?? 0
        if held == wanted { return }
        let whole = wholeCardRequest()
        while held < wanted {
            allocator.add(whole, to: node, as: .bound)
            held += 1
        }
        while held > wanted {
            allocator.remove(whole, from: node, as: .bound)
            held -= 1
        }
        devices.held[node] = held == 0 ? nil : held
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
    func wholeCards(of node: Int) -> Int {
        guard let column = resources.column(.nvidiaGPU) else { return 0 }
        return Int(free(on: node, column))
    }

    /// The cards that a pod would get on a node, by container; `nil` if there are too few.
    func chosenCards(for task: Int, on node: Int) -> [[NodeCards.Share]]? {
        guard let demand = devices.demand(of: task), let cards = devices.nodes[node] else { return nil }
        switch cards.kind {
        case .parts:
            guard let part = demand.part, !part.isUnreadable, let milli = cards.milli(of: part) else {
                return nil
            }
            if let model = cards.model, !part.models.isEmpty, !part.models.contains(model) { return nil }
            if !part.models.isEmpty, cards.model == nil { return nil }
            return chosenParts(part.cards, milli, of: cards, on: node, task).map { [$0] }
        case .memory:
            if devices.settings.sharesMemory, demand.cardMemory > 0 {
                return cards.firstCard(with: demand.cardMemory).map { [$0] }
            }
            return demand.cardCount > 0 ? cards.emptyCards(demand.cardCount).map { [$0] } : nil
        case .virtual: return virtualChoice(for: task, on: node)?.containers
        }
    }

    private func chosenParts(
        _ count: Int, _ milli: Int64, of cards: NodeCards, on node: Int, _ task: Int
    ) -> [NodeCards.Share]? {
        let whole = wholeCards(of: node)
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
        guard let demand = devices.demand(of: task), let cards = devices.nodes[node],
            cards.kind == .virtual, !demand.virtual.isEmpty
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
    static let parts = NodeRefusal.rule("node(s) had no GPU with so much of it free", isResolvable: false)
    static let memory = NodeRefusal.rule("node(s) had not enough memory on one GPU", isResolvable: false)
    static let whole = NodeRefusal.rule("node(s) had not enough empty GPUs", isResolvable: false)
    static let virtual = NodeRefusal.rule("node(s) had not enough vGPUs that fit", isResolvable: false)

    private let task: Int
    private let session: Session
    private let refusal: NodeRefusal

    init?(_ task: Int, in session: Session) {
        let settings = session.devices.settings
        guard let demand = session.devices.demand(of: task) else { return nil }
        if settings.virtual, !demand.virtual.isEmpty {
            refusal = Self.virtual
        } else if settings.sharesMemory, demand.cardMemory > 0 {
            refusal = Self.memory
        } else if settings.countsCards, demand.cardCount > 0 {
            refusal = Self.whole
        } else if settings.parts, demand.part != nil {
            refusal = Self.parts
        } else {
            return nil
        }
        self.task = task
        self.session = session
    }

    /// Why a node has none; `nil` if it has.
    func refusal(_ node: Int) -> NodeRefusal? {
        session.chosenCards(for: task, on: node) == nil ? refusal : nil
    }
}
