import Allocator
import ClusterModel

/// GPUs and processors that leaving pods give back: who has to leave for a pod, and what is promised to it.
///
/// Ours, under `compatibility: gangwright`. Volcano's actions know nothing of it.
extension Session {
    /// What a pod would get on a node once those have gone who are leaving, and some more; `nil` where nothing is known of
    /// the node, or nobody asks.
    ///
    /// Room was made for a nominated pod on its node. Until the exporter has heard that those are gone who made it, what
    /// they had is the pod's: else others would be evicted for it in turn.
    ///
    /// - Complexity: O(pods on the node), and O(1) more for a state of a node that has been met before.
    func pinAnswerLater(for task: Int, on node: Int, without others: [Int] = []) -> PinAnswer? {
        guard !pins.layouts.isEmpty, compatibility == .gangwright, let layout = layout(of: node) else {
            return nil
        }
        let (gpus, wish) = (wholeGPUs(of: task), pins.wishes[task])
        let question = PinQuestion(
            wish: wish, gpus: gpus, near: [:],
            answers: pins.answers(to: PinAnswers.Demand(wish: wish, gpus: gpus)))
        let isNominated = tasks[task].isNominated && nominatedNode(of: task) == node
        let room = pinRoomLater(on: node, layout, without: others, countsUnreported: isNominated)
        return pinAnswer(question, gpus == 0 ? 0 : gangGPUs(of: task, on: node, layout), room, layout)
    }

    /// Whether it matters for a pod which cards, GPUs or processors of a node are free, and not only how many.
    func looksInsideNodes(_ task: Int) -> Bool {
        devices.demand(of: task) != nil || !pins.layouts.isEmpty && pins.wishes[task] != nil
    }

    /// Whether a node's kubelet would take a pod once others have left, beside those that are leaving.
    ///
    /// - Complexity: O(1) for a pod that asks for nothing of the kind, and where nobody has said what nodes are made of.
    @inline(__always)
    func isTakenByKubelet(_ task: Int, on node: Int, without others: [Int]) -> Bool {
        if pins.layouts.isEmpty || pins.wishes.isEmpty { return true }
        return isAdmitted(task, on: node, without: others)
    }

    private func isAdmitted(_ task: Int, on node: Int, without others: [Int]) -> Bool {
        guard nodeDescriptions.followsKubelet, pins.wishes[task] != nil else { return true }
        return pinAnswerLater(for: task, on: node, without: others)?.refusal == nil
    }

    /// Why a node's kubelet would not take a pod even if everybody had left.
    func lastingPinRefusal(_ question: PinQuestion, on node: Int) -> NodeRefusal? {
        guard let refusal = pinAnswer(question, on: node).refusal, let layout = layout(of: node) else {
            return pinAnswer(question, on: node).refusal
        }
        if !refusal.isResolvable { return refusal }
        var room = PinTable.Room()
        room.gpus = layout.gpus?.all ?? 0
        room.cpus = layout.usable
        return pinAnswer(question, 0, pins.numbered(room, layout), layout).refusal
    }

    /// Whether a pod that leaves a node may keep its GPUs and processors after all, beside what has been promised there.
    func mayKeepPins(_ task: Int, on node: Int) -> Bool {
        guard !pins.isEmpty, compatibility == .gangwright, let layout = layout(of: node) else { return true }
        // Parts of GPUs may be promised of those that are its own.
        if let own = pins.assignment(of: task)?.gpus, let cards = devices.nodes[node]?.cards,
            cards.indices.contains(where: { cards[$0].promisedShares > 0 && own.contains($0) })
        {
            return false
        }
        let promised = promisedTasks(on: node)
        if promised.isEmpty { return true }
        let room = pinRoom(on: node, layout, keeping: task, without: promised)
        return promised.allSatisfy { other in
            guard let assignment = pins.assignment(of: other) else { return true }
            let gpus = layout.gpus?.set(of: assignment.gpus) ?? 0
            return assignment.cpus.isSubset(of: room.cpus) && gpus & ~room.gpus == 0
        }
    }

    /// The pods that have been promised GPUs or processors of a node, in no order.
    private func promisedTasks(on node: Int) -> [Int] {
        pins.tasks(on: node).filter { tasks[$0].status == .pipelined || tasks[$0].status == .pending }
    }

    // MARK: Promises

    /// Chooses once more for all who have been promised places on the nodes of some pods, those included, as the next cycle will do: gang after gang in their
    /// order, and from all that has been set free, where each had been given what had been free until then.
    ///
    /// - Returns: whether kubelets would still take all of them; nothing has changed if not.
    /// - Complexity: O(pods on the nodes × log).
    func renewPromises(besides placed: [Int]) -> Bool {
        guard !pins.layouts.isEmpty, compatibility == .gangwright, nodeDescriptions.choosesPins else {
            return true
        }
        var renewed: [(task: Int, node: Int, pins: Pins)] = []
        for node in Set(placed.compactMap(nodeIndex)).sorted() {
            guard let layout = layout(of: node) else { continue }
            let promised = promisedTasks(on: node).sorted(by: isPromised)
            var room = pinRoom(on: node, layout, forPromised: promised)
            var near: [Int: UInt64] = [:]
            for task in promised {
                let job = tasks[task].job ?? -1
                let own = near[job] ?? gangGPUs(of: task, on: node, layout, besides: promised)
                let answer = pinAnswer(pinQuestion(for: task), own, pins.numbered(room, layout), layout)
                if answer.refusal != nil { return false }
                guard let choice = answer.pins, answer.isWhole else { continue }
                room.cpus = room.cpus.subtracting(choice.cpus)
                let gpus = layout.gpus?.set(of: choice.gpus) ?? 0
                room.gpus &= ~gpus
                near[job] = own | gpus
                renewed.append((task, node, choice))
            }
        }
        for (task, node, choice) in renewed {
            pins.setAssignment(choice, of: task)
            pins.forgetRoom(on: node)
        }
        return true
    }

    /// Whether what a pod has been promised is chosen before another's: gangs in their order, and of a gang whoever asks for most.
    func isPromised(_ left: Int, before right: Int) -> Bool {
        guard let first = tasks[left].job, let second = tasks[right].job, first != second else {
            let (own, others) = (wholesWanted(by: left), wholesWanted(by: right))
            return own == others ? points.isTask(left, before: right, in: self) : own > others
        }
        return (cycleJobs.firstIndex(of: first) ?? .max, first) < (
            cycleJobs.firstIndex(of: second) ?? .max, second
        )
    }

    // MARK: Places that are kept

    /// Keeps GPUs and processors for a pod for which a place is kept.
    func reservePins(of task: Int, on node: Int) {
        guard !pins.layouts.isEmpty, nodeDescriptions.choosesPins, pins.assignment(of: task) == nil,
            let answer = pinAnswerLater(for: task, on: node), answer.isWhole, answer.refusal == nil,
            let choice = answer.pins, !choice.isEmpty
        else { return }
        pins.setAssignment(choice, of: task)
        pins.book(task, on: node, sign: 1)
        pins.kept[task] = PinTable.Kept(node: node, pins: choice)
    }

    /// What is kept for a pod on a node, if it is free there, or will be.
    func keptPins(of task: Int, on node: Int, orLater: Bool) -> Pins? {
        if pins.kept.isEmpty { return nil }
        guard let kept = pins.kept[task], kept.node == node, let layout = layout(of: node) else { return nil }
        let room =
            orLater
            ? pinRoomLater(on: node, layout, countsUnreported: true) : pinRoom(on: node, layout)
        let gpus = layout.gpus?.set(of: kept.pins.gpus) ?? 0
        return kept.pins.cpus.isSubset(of: room.cpus) && gpus & ~room.gpus == 0 ? kept.pins : nil
    }

    /// Whether what is kept for a pod on a node has yet to become free: if it took something else, that would be what is kept for others.
    func waitsForKeptPins(_ task: Int, on node: Int) -> Bool {
        !pins.kept.isEmpty && pins.kept[task]?.node == node
            && keptPins(of: task, on: node, orLater: false) == nil
            && keptPins(of: task, on: node, orLater: true) != nil
    }

    /// How many processors and GPUs a pod has for itself.
    private func wholesWanted(by task: Int) -> Int {
        (pins.wishes[task]?.containers.reduce(0) { $0 + $1.wholeCPUs } ?? 0) + wholeGPUs(of: task)
    }

    /// Gives free what was kept.
    func unreservePins(of task: Int, on node: Int) {
        if pins.assignment(of: task) != nil { unassignPins(of: task, on: node) }
    }

    /// The GPUs that the other pods of a pod's gang have on a node, by bit.
    private func gangGPUs(
        of task: Int, on node: Int, _ layout: NodeLayout, besides others: [Int] = []
    ) -> UInt64 {
        guard let job = tasks[task].job, let machine = layout.gpus else { return 0 }
        return pins.tasks(on: node).reduce(0) { set, other in
            guard other != task, tasks[other].job == job, !others.contains(other),
                let assignment = pins.assignment(of: other)
            else { return set }
            return set | machine.set(of: assignment.gpus)
        }
    }
}
