import Allocator
import ClusterModel

/// One scheduling cycle's view of the cluster: gangs, their pods, queues and the allocator, all in step.
///
/// Every change of a pod's state goes through `place`, `unplace` and `commit`, so that node columns, gang counts and
/// queue shares can never disagree.
final class Session {
    /// Whose semantics hold.
    let compatibility: Compatibility
    /// What the cycle looks at.
    let snapshot: ClusterSnapshot
    /// Names and columns of the resources.
    let resources: ResourceTable
    /// What all nodes that count offer together, by column.
    let total: [Double]
    /// What is used on them, leaving pods included, by column.
    let used: [Double]
    /// The gangs, by creation, then namespace and name.
    var jobs: [JobState]
    /// Their pods.
    var tasks: [TaskState]
    /// The queues, by name.
    var queues: [QueueShare]
    /// The minimum resources of admitted gangs, as `overcommit` counts them, by column.
    var admitted: [Int64]
    /// Where pods can go.
    var allocator: any PodAllocator
    /// Binds in the order of their commits.
    var binds: [Int] = []
    /// Shapes for which no node was left, until something is given back.
    private var exhausted: [ShapeID: [NodeRefusal: Int]] = [:]
    /// Pending pods that are in no gang of the cycle, with the reason.
    let strays: [Stray]

    init(
        compatibility: Compatibility, snapshot: ClusterSnapshot, resources: ResourceTable, total: [Double],
        used: [Double], jobs: [JobState], tasks: [TaskState], queues: [QueueShare], strays: [Stray],
        allocator: any PodAllocator
    ) {
        self.compatibility = compatibility
        self.snapshot = snapshot
        self.resources = resources
        self.total = total
        self.used = used
        self.jobs = jobs
        self.tasks = tasks
        self.queues = queues
        self.strays = strays
        self.allocator = allocator
        admitted = [Int64](repeating: 0, count: resources.count)
    }

    /// The pod of a task.
    func pod(_ task: Int) -> Pod { snapshot.pods[tasks[task].pod] }

    // MARK: Placing

    /// Looks for a place for a task: the nominated node first, then all.
    ///
    /// - Returns: the place, or why no node takes the pod.
    func findPlace(for task: Int) -> Result<Placement, NoPlace> {
        guard let shape = tasks[task].shape else { return .failure(NoPlace(refusals: [:])) }
        if let node = tasks[task].nominatedNode,
            let placement = allocator.placement(of: shape, on: node)
        {
            return .success(placement)
        }
        // What is taken only makes less room, so a shape that found none finds none until something is given back.
        if let refusals = exhausted[shape] { return .failure(NoPlace(refusals: refusals)) }
        if let placement = allocator.bestNode(for: shape) { return .success(placement) }
        let refusals = allocator.diagnosis.refusalCounts(of: shape)
        exhausted[shape] = refusals
        return .failure(NoPlace(refusals: refusals))
    }

    /// Gives a pending task a place.
    func place(_ task: Int, _ placement: Placement) {
        guard let shape = tasks[task].shape else { return }
        allocator.take(placement, for: shape)
        tasks[task].placement = placement
        tasks[task].failure = nil
        setStatus(task, placement.kind == .allocate ? .allocated : .pipelined)
        charge(task, sign: 1)
    }

    /// Takes a task's place away again: the exact inverse of `place`.
    func unplace(_ task: Int) {
        guard let placement = tasks[task].placement, let shape = tasks[task].shape else { return }
        allocator.giveBack(placement, for: shape)
        exhausted.removeAll(keepingCapacity: true)
        tasks[task].placement = nil
        tasks[task].failure = .rolledBack(node: placement.node)
        setStatus(task, .pending)
        charge(task, sign: -1)
    }

    /// Makes an allocated task's place final.
    func commit(_ task: Int) {
        setStatus(task, .binding)
        binds.append(task)
    }

    private func setStatus(_ task: Int, _ status: TaskStatus) {
        let state = tasks[task]
        jobs[state.job].count(state.status, in: state.role, isBestEffort: state.isBestEffort, by: -1)
        jobs[state.job].count(status, in: state.role, isBestEffort: state.isBestEffort, by: 1)
        tasks[task].status = status
    }

    /// Books a task's request to its gang and queue, or takes it off again.
    private func charge(_ task: Int, sign: Int64) {
        let job = tasks[task].job
        guard let queue = jobs[job].queue else { return }
        for entry in tasks[task].request.amounts {
            jobs[job].allocated[entry.column] += sign * entry.amount
            queues[queue].allocated[entry.column] += sign * entry.amount
        }
    }
}

/// No node takes a pod: for each reason, on how many nodes.
struct NoPlace: Error {
    let refusals: [NodeRefusal: Int]
}

/// A pending pod that is in no gang of the cycle.
struct Stray: Sendable {
    /// The pod's index in the snapshot.
    let pod: Int
    /// Why.
    let reason: PendingReason
    /// The sentence for people.
    let message: String
}

extension JobState {
    /// Counts a pod of a role in or out.
    mutating func count(_ status: TaskStatus, in role: Int, isBestEffort: Bool, by change: Int) {
        counts.count(status, isBestEffort: isBestEffort, by: change)
        roles[role].counts.count(status, isBestEffort: isBestEffort, by: change)
    }
}
