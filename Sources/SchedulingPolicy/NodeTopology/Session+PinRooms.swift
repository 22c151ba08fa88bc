import Allocator
import ClusterModel

/// What is left of the GPUs and processors of nodes: now, and once pods have left.
extension Session {
    /// What is left on a node.
    ///
    /// Pods that hold GPUs and do not say which are taken to have the free ones of the smallest numbers, as device plugins
    /// give them out. Processors count as taken by a pod that the exporter does not know of yet; where it names no pods,
    /// by all until as many are taken as all pods there have.
    ///
    /// - Complexity: O(1) while nothing has changed there, else O(pods on the node).
    func pinRoom(on node: Int, _ layout: NodeLayout) -> PinTable.Room {
        if let known = pins.room(on: node) { return known }
        return pins.setRoom(
            countPinRoom(on: node, layout, partlyHeld: partlyHeld(of: node)), on: node, layout)
    }

    /// What will be left on a node once those have gone who are leaving, and some more.
    ///
    /// - Parameter countsUnreported: whether processors are free of which only the exporter has yet to say so.
    /// - Complexity: O(1) while nothing has changed there and nobody else goes, else O(pods on the node).
    func pinRoomLater(
        on node: Int, _ layout: NodeLayout, without others: [Int] = [], countsUnreported: Bool = false
    ) -> PinTable.Room {
        let isPlain = others.isEmpty && !countsUnreported
        if isPlain, let known = pins.roomLater(on: node) { return known }
        var gone = Set(others)
        forEachTask(on: nodes.entry(atIndex: node)) { if isLeaving($0) { gone.insert($0) } }
        let unreported = countsUnreported ? unreportedCPUs(on: node, layout) : CPUSet()
        var room = pinRoom(on: node, layout)
        if !gone.isEmpty || !unreported.isEmpty {
            let parts = devices.cardsLater(of: node, without: others).map(Self.partlyHeld) ?? CPUSet()
            room = pins.numbered(
                countPinRoom(on: node, layout, without: gone, partlyHeld: parts, unreported: unreported),
                layout)
        }
        if isPlain { pins.setRoomLater(room, on: node) }
        return room
    }

    /// What will be left on a node for those who have been promised places there.
    func pinRoom(on node: Int, _ layout: NodeLayout, forPromised promised: [Int]) -> PinTable.Room {
        var gone = Set(promised)
        forEachTask(on: nodes.entry(atIndex: node)) { if isLeaving($0) { gone.insert($0) } }
        let isNominated = promised.contains { tasks[$0].isNominated && nominatedNode(of: $0) == node }
        return countPinRoom(
            on: node, layout, without: gone,
            partlyHeld: devices.cardsLater(of: node).map(Self.partlyHeld) ?? CPUSet(),
            unreported: isNominated ? unreportedCPUs(on: node, layout) : CPUSet())
    }

    /// What would be left on a node if one who leaves stayed, the others had left, and nobody had been promised anything.
    func pinRoom(on node: Int, _ layout: NodeLayout, keeping task: Int, without promised: [Int])
        -> PinTable.Room
    {
        var gone = Set(promised)
        forEachTask(on: nodes.entry(atIndex: node)) { if isLeaving($0), $0 != task { gone.insert($0) } }
        var parts = devices.cardsLater(of: node).map(Self.partlyHeld) ?? CPUSet()
        if devices.nodes[node]?.kind == .parts, let shares = devices.shares(of: task) {
            for share in shares.joined() { parts.insert(share.card) }
        }
        return countPinRoom(on: node, layout, without: gone, partlyHeld: parts)
    }

    /// The nodes of which what is left has been kept and is another, for those who compare books.
    var nodesWithOtherPinRooms: [String] {
        nodes.entries.indices.compactMap { entry in
            guard let node = nodes.entries[entry].index, let layout = layout(of: node) else { return nil }
            let (kept, keptLater) = (pins.room(on: node), pins.roomLater(on: node))
            pins.forgetRoom(on: node)
            let isOther =
                kept.map { $0 != pinRoom(on: node, layout) } ?? false
                || keptLater.map { $0 != pinRoomLater(on: node, layout) } ?? false
            return isOther ? nodes.entries[entry].name : nil
        }
    }

    /// Whether a pod is leaving its node, if only in thought.
    func isLeaving(_ task: Int) -> Bool {
        tasks[task].status == .releasing || pins.leavingInThought.contains(task)
    }

    private func partlyHeld(of node: Int) -> CPUSet { devices.nodes[node].map(Self.partlyHeld) ?? CPUSet() }

    private static func partlyHeld(_ cards: NodeCards) -> CPUSet {
        cards.kind == .parts ? cards.partlyHeld : CPUSet()
    }

    /// - Parameters:
    ///   - gone: those who count as having left.
    ///   - partlyHeld: the GPUs of which parts are held.
    ///   - unreported: processors that are free, whatever the exporter says.
    private func countPinRoom(
        on node: Int, _ layout: NodeLayout, without gone: Set<Int> = [], partlyHeld: CPUSet,
        unreported: CPUSet = CPUSet()
    ) -> PinTable.Room {
        let given = pins.tasks(on: node)
        var (gpus, held, pending, new, count) = (partlyHeld, CPUSet(), CPUSet(), CPUSet(), 0)
        var freed = unreported
        for task in given {
            guard let assignment = pins.assignment(of: task) else { continue }
            let isNew = hasNewPins(task) && !layout.hasAllocated(tasks[task])
            if !isNew { count += assignment.cpus.count }
            if gone.contains(task) {
                freed.formUnion(assignment.cpus)
                continue
            }
            gpus.formUnion(assignment.gpus)
            held.formUnion(assignment.cpus)
            if isNew {
                new.formUnion(assignment.cpus)
            } else if !layout.hasAllocated(tasks[task]) {
                pending.formUnion(assignment.cpus)
            }
        }
        var room = PinTable.Room()
        // Nobody can know yet of what has just been given away.
        room.cpus = layout.available.subtracting(new)
        let isUpToDate = layout.published.podAllocations.isEmpty && layout.exclusiveCount >= count
        if !isUpToDate || layout.published.allocatableCPUs == nil {
            room.cpus = room.cpus.subtracting(pending)
        }
        if !freed.isEmpty { room.cpus.formUnion(freed.intersection(layout.usable).subtracting(held)) }
        if let machine = layout.gpus {
            room.gpus = machine.all & ~machine.set(of: gpus)
            var unnamed = 0
            forEachTask(on: nodes.entry(atIndex: node)) { task in
                if gone.contains(task) { return }
                if !given.contains(task) || (pins.assignment(of: task)?.gpus.isEmpty ?? true) {
                    unnamed += wholeGPUs(of: task)
                }
            }
            while unnamed > 0, room.gpus != 0 {
                room.gpus &= room.gpus - 1
                unnamed -= 1
            }
        }
        return room
    }

    /// Whether a pod has been given its GPUs and processors so lately that no exporter can know of it: nobody has confirmed its binding.
    private func hasNewPins(_ task: Int) -> Bool {
        switch tasks[task].status {
        case .pending, .allocated, .pipelined, .binding: true
        default: false
        }
    }

    /// Takes note that a pod of a node is another or stands elsewhere: what is left there is counted anew.
    func forgetPinRoom(ofEntry entry: Int) {
        if pins.layouts.isEmpty { return }
        if let index = nodes.entries[entry].index { pins.forgetRoom(on: index) }
    }

    /// The processors of pods that have gone, of which the exporter has not heard; none where that cannot be told.
    ///
    /// It names a pod that is not there, or says that more processors are taken than all pods have; and of all who
    /// have processors of their own it is known which.
    private func unreportedCPUs(on node: Int, _ layout: NodeLayout) -> CPUSet {
        guard let left = layout.published.allocatableCPUs else { return CPUSet() }
        var (known, count, reported, isKnown) = (CPUSet(), 0, 0, true)
        forEachTask(on: nodes.entry(atIndex: node)) { task in
            if layout.hasAllocated(tasks[task]) { reported += 1 }
            let own = pins.assignment(of: task)?.cpus ?? CPUSet()
            known.formUnion(own)
            count += own.count
            let wanted = pins.wishes[task]?.containers.contains { $0.wholeCPUs > 0 } ?? false
            if wanted, own.isEmpty { isKnown = false }
        }
        let named = layout.published.podAllocations.count
        let isBehind = named == 0 ? layout.exclusiveCount > count : reported < named
        return isKnown && isBehind ? layout.usable.subtracting(left).subtracting(known) : CPUSet()
    }
}
