import Allocator
public import ClusterModel

/// Pods are asked to leave: they keep their node until they have gone, and their gang and queue have lost them.
extension Session {
    /// Takes a pod that is on a node for one that is leaving it.
    ///
    /// Its slot is free at once, and it counts no more in scores, until the cycle is closed. Source: Volcano, which takes it out
    /// of what Kubernetes' filters see.
    func evict(_ task: Int) {
        tasks[task].traits.insert(.hasLeftSlot)
        moveOnNode(task, to: .releasing)
        countEvicted(task, isGone: true)
        points.notify(task, .evicted, in: self)
    }

    /// Takes an eviction back: the exact inverse of `evict`.
    ///
    /// But with Volcano a pod that was only bound counts as running until the cycle is closed.
    func restore(_ task: Int, to before: TaskStatus) {
        let status = compatibility.isVolcano ? .running : before
        if status != before { boundAgain.append(task) }
        moveOnNode(task, to: status)
        tasks[task].traits.remove(.hasLeftSlot)
        countEvicted(task, isGone: false)
        points.notify(task, .restored, in: self)
    }

    private func moveOnNode(_ task: Int, to status: TaskStatus) {
        guard let job = tasks[task].job, let before = tasks[task].occupancy else { return }
        touch(job)
        book(task, of: job, sign: -1)
        tasks[task].status = status
        book(task, of: job, sign: 1)
        if let entry = tasks[task].node, let index = nodes.entries[entry].index,
            let after = tasks[task].occupancy
        {
            allocator.remove(tasks[task].request, from: index, as: before)
            allocator.add(tasks[task].request, to: index, as: after)
            setCardsLeaving(of: task, on: index, after != .bound)
            pins.forgetRoomLater(on: index)
            victimTable?.noteChange(on: index)
        }
        forgetExhaustion()
    }

    /// Books what was evicted as it is: it is there until it has gone.
    func settleEvictions() {
        for eviction in evictions where tasks[eviction.task].traits.contains(.hasLeftSlot) {
            let task = eviction.task
            tasks[task].traits.remove(.hasLeftSlot)
            guard let index = tasks[task].node.flatMap({ nodes.entries[$0].index }) else { continue }
            allocator.remove(tasks[task].request, from: index, as: .evicted)
            allocator.add(tasks[task].request, to: index, as: .releasing)
        }
    }

    /// Makes pods that count as running, since their eviction was taken back, what they are.
    func settleBoundAgain() {
        for task in boundAgain where tasks[task].status == .running { setStatus(task, .bound) }
        boundAgain.removeAll(keepingCapacity: true)
    }

    /// Makes an eviction final: the pod is assumed to be leaving until it has gone.
    func commitEviction(of task: Int, because reason: EvictionReason, for preemptor: Int) {
        tasks[task].traits.insert(.isEvicted)
        evictedTasks.insert(task)
        evictions.append(Eviction(task: task, reason: reason, preemptor: preemptor))
        roomVersion.freed += 1
        roomVersion.changed += 1
    }

    /// Notes that room is being made for a pod on the node where it holds a place.
    func nominate(_ task: Int) { nominated.insert(task) }

    /// Remembers, beyond the cycle, the nodes on which room is being made: what the API server would be told.
    func keepNominations() {
        // Volcano 1.5 tells nobody.
        if compatibility == .volcano15 { nominated.removeAll(keepingCapacity: true) }
        for task in nominated.sorted() {
            guard let node = tasks[task].node else { continue }
            notes[task, default: TaskNotes()].nominatedNode = nodes.entries[node].name
            tasks[task].isNominated = true
        }
        nominated.removeAll(keepingCapacity: true)
    }

    /// Takes note that an eviction was refused: the pod stays where it is.
    public func refuseEviction(_ key: ObjectKey) {
        closeCycle()
        guard let task = findTask(key), tasks[task].traits.contains(.isEvicted) else { return }
        tasks[task].traits.remove(.isEvicted)
        evictedTasks.remove(task)
        if tasks[task].status == .releasing {
            moveOnNode(task, to: .running)
            countStaying(task)
        }
        roomVersion.changed += 1
    }

    /// The pods on a node that a rule accepts, in the order in which they would leave for a queue.
    func victimCandidates(on entry: Int, for queue: Int, where accepts: (Int) -> Bool) -> [Int] {
        var found: [Int] = []
        forEachTask(on: entry) { task in
            guard let job = tasks[task].job, jobs[job].origin != nil, accepts(task) else { return }
            if !jobs[job].isOrdered { orderTasks(of: job) }
            found.append(task)
        }
        return found.sorted { left, right in
            points.isVictim(left, before: right, for: queue, in: self)
        }
    }

    /// Whether a pod's request fits what will be free on a node, if so much of each column came on top.
    func fits(_ task: Int, on node: Int, with extra: [Int64] = []) -> Bool {
        amounts.range(of: tasks[task].request).allSatisfy { index in
            let entry = amounts.entries[index]
            let more = extra.isEmpty ? 0 : extra[entry.column]
            return entry.amount <= allocator.futureIdle(node, entry.column) + more
        }
    }

    /// What pods take together, by column.
    func sum(of tasks: [Int]) -> [Int64] {
        var sum = [Int64](repeating: 0, count: resources.count)
        for task in tasks {
            for index in amounts.range(of: self.tasks[task].request) {
                sum[amounts.entries[index].column] += amounts.entries[index].amount
            }
        }
        return sum
    }
}

/// Which action evicts, in Volcano's words.
public enum EvictionReason: String, Sendable, CaseIterable {
    /// For a gang of the same queue.
    case preempt
    /// For a gang of another queue.
    case reclaim
    /// To even out the cluster.
    case shuffle
    /// For none in particular, in Volcano 1.5.
    case evict
    /// For a whole gang of the same queue.
    case gangpreempt
    /// For a whole gang of another queue.
    case gangreclaim
}

/// A pod that this cycle evicts.
struct Eviction {
    /// Stands for the gang where pods leave for none in particular.
    static let nobody = -1
    let task: Int
    let reason: EvictionReason
    /// The gang that it leaves for; negative for none.
    let preemptor: Int
}

extension Session {
    /// Whether nobody is to leave for a pod: it says so, or its gang does.
    func neverPreempts(_ task: Int) -> Bool {
        tasks[task].traits.contains(.neverPreempts) || tasks[task].job.map { jobs[$0].preemptsNever } ?? false
    }
}

/// Marks of a pod that matter to evictions.
struct TaskTraits: OptionSet, Sendable {
    let rawValue: UInt16

    /// It may be chosen as a victim.
    static let isPreemptable = TaskTraits(rawValue: 1 << 0)
    /// It says itself whether it is preemptable.
    static let saysPreemptable = TaskTraits(rawValue: 1 << 1)
    /// The system needs it: its priority class or its namespace says so.
    static let isCritical = TaskTraits(rawValue: 1 << 2)
    /// Its `preemptionPolicy` is `Never`.
    static let neverPreempts = TaskTraits(rawValue: 1 << 3)
    /// This session has evicted it, and nobody has seen it leave.
    static let isEvicted = TaskTraits(rawValue: 1 << 4)
    /// It has labels.
    static let hasLabels = TaskTraits(rawValue: 1 << 5)
    /// It is leaving because a scheduler preempted it.
    static let isPreempted = TaskTraits(rawValue: 1 << 6)
    /// It may run on nodes that are lent for a part of the day.
    static let isRevocable = TaskTraits(rawValue: 1 << 7)
    /// It is its own gang.
    static let isSingle = TaskTraits(rawValue: 1 << 9)
    /// It was evicted in the open cycle, and its slot is free already: `Occupancy.evicted`.
    static let hasLeftSlot = TaskTraits(rawValue: 1 << 8)
}
