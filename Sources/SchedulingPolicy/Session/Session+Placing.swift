import Allocator
import ClusterModel

extension Session {
    /// Looks for a place for a task: the nominated node first, then all.
    ///
    /// - Returns: the place, or the number of the refusals.
    func findPlace(for task: Int) -> FoundPlace {
        guard let shape = tasks[task].shape else { return .none(refusals: number([:])) }
        if tasks[task].isNominated, let placement = nominatedPlace(for: task, shape) {
            return .place(placement)
        }
        let rules = points.nodeRules(for: task, in: self)
        if let rules, !rules.isLasting { return findPlace(for: task, shape, rules) }
        // What is taken only makes less room, so a shape that found none finds none until something is given back.
        if let refusals = exhausted[shape] { return .none(refusals: refusals) }
        let found = rules.map { findPlace(for: task, shape, $0) } ?? findPlainPlace(for: shape)
        guard case .none(let refusals) = found, rules?.failure == nil else { return found }
        exhausted[shape] = refusals
        if placesInStatement > 0 { exhaustedInStatement.append(shape) }
        return found
    }

    private func findPlainPlace(for shape: ShapeID) -> FoundPlace {
        if let placement = allocator.bestNode(for: shape) { return .place(placement) }
        return .none(refusals: number(refusalCounts(of: shape)))
    }

    func nominatedPlace(for task: Int, _ shape: ShapeID) -> Placement? {
        guard let index = nominatedNode(of: task), let placement = allocator.placement(of: shape, on: index)
        else { return nil }
        guard let rules = points.nodeRules(for: task, in: self),
            rules.refusal(index) != nil || waitsForKeptPins(task, on: index)
        else { return placement }
        // Those may be leaving still who have to leave for it.
        guard compatibility == .gangwright, rules.looksAtRoom, isRoomy(index, for: task, rules) else {
            return nil
        }
        return Placement(node: index, kind: .pipeline)
    }

    /// The allocator's index of the node on which room was made for a pod.
    func nominatedNode(of task: Int) -> Int? {
        guard let name = notes[task]?.nominatedNode, let entry = nodes.find(name) else { return nil }
        return nodes.entries[entry].index
    }

    /// Looks at every node, since plugins have a say on each.
    private func findPlace(for task: Int, _ shape: ShapeID, _ rules: NodeRules) -> FoundPlace {
        allocator.prepare(shape)
        if let question = rules.pins,
            let placement = allocator.bestNode(
                for: shape, where: { rules.refusal($0) == nil }, adding: rules.points,
                alike: pinLikeness(question))
        {
            return .place(placement)
        }
        var ruledOut: [NodeRefusal: Int] = [:]
        let placement =
            allocator.bestNode(
                for: shape,
                where: { node in
                    guard let refusal = rules.refusal(node) else { return true }
                    ruledOut[refusal, default: 0] += 1
                    return false
                }, adding: rules.points) ?? placeLater(for: task, shape, rules)
        if let placement {
            guard let failure = rules.failure else { return .place(placement) }
            return .none(refusals: number([.rule(failure, isResolvable: false): allocator.nodeCount]))
        }
        return .none(refusals: number(refusalCounts(of: shape).merging(ruledOut) { $0 + $1 }))
    }

    /// What nodes say to a pod that found no place, each reason with the number of nodes; nothing where nobody reads it.
    private func refusalCounts(of shape: ShapeID) -> [NodeRefusal: Int] {
        if detail == .reasons { return [:] }
        return lastingRefusals(of: shape).merging(allocator.diagnosis.shortageCounts(of: shape)) { $1 }
    }

    /// A place where leaving pods will have given cards, GPUs or processors back, of which no column knows.
    private func placeLater(for task: Int, _ shape: ShapeID, _ rules: NodeRules) -> Placement? {
        if !mayFindRoomLater(rules) { return nil }
        let found = allocator.bestNode(
            for: shape, where: { isRoomy($0, for: task, rules) }, adding: rules.points)
        return found.map { Placement(node: $0.node, kind: .pipeline) }
    }

    /// Whether what rules refuse now they may take once leaving pods have gone.
    func mayFindRoomLater(_ rules: NodeRules) -> Bool {
        if !rules.looksAtRoom { return false }
        if devices.leavingCount > 0 || allocator.isFreeing { return true }
        if compatibility != .gangwright || pins.layouts.isEmpty { return false }
        // What has been promised hides that others are leaving.
        return placesInStatement > 0 || !held.isEmpty || !reservations.isEmpty
    }

    /// Whether a node has room for a pod once leaving pods have gone.
    func isRoomy(_ node: Int, for task: Int, _ rules: NodeRules) -> Bool {
        rules.refusal(node, looksAtRoom: false) == nil && fits(task, on: node, without: [], freeing: [])
    }

    /// How many nodes constraints and the pods that are there rule out, whatever is free.
    func lastingRefusals(of shape: ShapeID) -> [NodeRefusal: Int] {
        constraintRefusals(of: shape).merging(allocator.diagnosis.markCounts(of: shape)) { $1 }
    }

    /// How many nodes the constraints of a shape rule out, counted once until nodes change.
    func constraintRefusals(of shape: ShapeID) -> [NodeRefusal: Int] {
        if let known = constraintRefusals[shape] { return known }
        let counts = allocator.diagnosis.constraintCounts(of: shape)
        constraintRefusals[shape] = counts
        return counts
    }

    /// Remembers what nodes had to say.
    func number(_ counts: [NodeRefusal: Int]) -> Int32 {
        refusals.append(counts)
        return Int32(refusals.count - 1)
    }

    /// Gives a pending task a place.
    func place(_ task: Int, _ placement: Placement) {
        guard let shape = tasks[task].shape, let job = tasks[task].job else { return }
        touch(job)
        takeDevices(of: task, placement)
        allocator.take(placement, for: shape)
        bookHostPorts(of: task, on: placement.node, sign: 1)
        bookNeighbours(of: task, on: placement.node, sign: 1)
        tasks[task].nodeEntry = Int32(nodes.entry(atIndex: placement.node))
        tasks[task].failure = nil
        assignPins(to: task, on: placement.node, orLater: placement.kind == .pipeline)
        setStatus(task, placement.kind == .allocate ? .allocated : .pipelined)
        charge(task, of: job, sign: 1)
        points.notify(task, .placed, in: self)
    }

    /// Takes a task's place away again: the exact inverse of `place`.
    func unplace(_ task: Int, because failure: TaskFailure?) {
        guard let shape = tasks[task].shape, let job = tasks[task].job, let node = tasks[task].node,
            let index = nodes.entries[node].index
        else { return }
        touch(job)
        points.notify(task, .unplaced, in: self)
        let kind: Placement.Kind = tasks[task].status == .pipelined ? .pipeline : .allocate
        allocator.giveBack(Placement(node: index, kind: kind), for: shape)
        giveBackDevices(of: task, on: index)
        bookHostPorts(of: task, on: index, sign: -1)
        bookNeighbours(of: task, on: index, sign: -1)
        unassignPins(of: task, on: index)
        nominated.remove(task)
        tasks[task].nodeEntry = TaskState.none
        tasks[task].failure = failure
        setStatus(task, .pending)
        charge(task, of: job, sign: -1)
    }

    /// Makes an allocated task's place final: it is assumed to be bound.
    func commit(_ task: Int) {
        guard let node = tasks[task].node else { return }
        setStatus(task, .binding)
        tasks[task].isAssumed = true
        link(task, to: node)
        forgetPinRoom(ofEntry: node)
        binds.append(task)
        if !cooldowns.isEmpty { cooldowns[task]?.scheduled = now }
        roomVersion.changed += 1
    }

    /// What is to be written on a pod that has just been bound; kept until the API server shows it there.
    func assumeAnnotations(of task: Int) -> [String: String] {
        let annotations = points.bindAnnotations(of: task, in: self)
        if !annotations.isEmpty { assumedAnnotations[task] = annotations }
        return annotations
    }
}

/// What looking for a place has found.
enum FoundPlace {
    /// A place.
    case place(Placement)
    /// No node takes the pod; the number of what they had to say.
    case none(refusals: Int32)
}
