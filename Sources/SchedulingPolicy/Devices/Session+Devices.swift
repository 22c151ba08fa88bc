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

    // MARK: Promises

    /// Keeps cards for a pod for which a place is kept.
    func reserveDevices(of task: Int, on node: Int) {
        reservePins(of: task, on: node)
        if devices.isIdle || devices.demand(of: task) == nil { return }
        if chooseCards(for: task, on: node, orLater: true) { bookSharedCards(of: task, on: node, sign: 1) }
    }

    /// Gives free what was kept.
    func unreserveDevices(of task: Int, on node: Int) {
        unreservePins(of: task, on: node)
        if !devices.isIdle, devices.shares(of: task) != nil { giveBackDevices(of: task, on: node) }
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
