import Allocator
import ClusterModel

/// Reads the outcome of a cycle off its session.
struct CycleReport {
    let session: Session
    let points: ExtensionPoints
    let hasGang: Bool
    private let facts = OutcomeFacts()

    init(session: Session, points: ExtensionPoints, hasGang: Bool) {
        self.session = session
        self.points = points
        self.hasGang = hasGang
    }

    func result() -> CycleResult {
        var result = CycleResult()
        result.nodeCount = session.allocator.nodeCount
        result.podCount = session.snapshot.pods.count
        result.boundBefore = session.snapshot.pods.count { $0.nodeName != nil && !$0.isTerminal }
        result.binds = session.binds.map { CycleResult.Bind(pod: session.pod($0).key, node: node(of: $0)) }
        for job in session.jobs.indices {
            let outcome = GangOutcome(job: job, session: session, points: points, facts: facts)
            for task in session.jobs[job].tasks { report(task, of: job, outcome, to: &result) }
            if session.jobs[job].group.origin != .singlePod { result.podGroups.append(group(job, outcome)) }
        }
        for stray in session.strays.sorted(by: { key(of: $0) < key(of: $1) }) {
            result.pending.append(
                CycleResult.Pending(
                    pod: key(of: stray), podGroup: nil, reason: stray.reason, message: stray.message,
                    nodeReasons: []))
        }
        result.queues = session.queues.map(use)
        return result
    }

    private func key(of stray: Stray) -> ObjectKey { session.snapshot.pods[stray.pod].key }

    private func node(of task: Int) -> String {
        session.tasks[task].placement.map { session.allocator.node($0.node).name } ?? ""
    }

    private func report(_ task: Int, of job: Int, _ outcome: GangOutcome, to result: inout CycleResult) {
        switch session.tasks[task].status {
        case .pipelined:
            result.pipelined.append(
                CycleResult.Pipelined(pod: session.pod(task).key, node: node(of: task), waitsFor: .releasing))
        case .allocated:
            result.pipelined.append(
                CycleResult.Pipelined(pod: session.pod(task).key, node: node(of: task), waitsFor: .gang))
        case .pending:
            let (reason, message, nodeReasons) = outcome.explanation(of: task)
            let group = session.jobs[job].group
            result.pending.append(
                CycleResult.Pending(
                    pod: session.pod(task).key, podGroup: group.origin == .singlePod ? nil : group.key,
                    reason: reason, message: message, nodeReasons: nodeReasons))
        default: break
        }
    }

    private func group(_ job: Int, _ outcome: GangOutcome) -> CycleResult.Group {
        let state = session.jobs[job]
        let (reason, message) = outcome.summary()
        return CycleResult.Group(
            key: state.group.key, queue: state.group.queue, phase: phase(of: job),
            minMember: state.group.minMember,
            placed: state.counts.allocated + state.counts.pipelined, pods: state.tasks.count, reason: reason,
            message: message, origin: state.group.origin)
    }

    /// The phase that the gang's status would have when the cycle closes.
    ///
    /// Source: Volcano's job updater. A pod that has just been given to the binder counts for Volcano only once it is
    /// bound, so that a gang is still Inqueue in the cycle that places it; ours says Running at once.
    private func phase(of job: Int) -> PodGroup.Phase {
        let state = session.jobs[job]
        if state.queue == nil { return state.phase }
        var scheduled = 0
        var completed = 0
        var running = 0
        for task in state.tasks {
            switch session.tasks[task].status {
            case .running:
                running += 1
                scheduled += 1
            case .bound: scheduled += 1
            case .binding: scheduled += session.compatibility == .gangwright ? 1 : 0
            case .succeeded, .failed:
                completed += 1
                scheduled += 1
            case .releasing: scheduled += session.pod(task).nodeName == nil ? 0 : 1
            default: break
            }
        }
        let minimum = state.group.minMember
        let hasWaiting = state.counts.pending + state.counts.pipelined > 0
        let isUnschedulable =
            hasGang && !state.tasks.isEmpty && !points.isReady(job, in: session)
            && (hasWaiting || scheduled < minimum)
        if running > 0, isUnschedulable { return .unknown }
        if scheduled >= minimum, scheduled > 0 || session.compatibility == .volcano {
            return completed == scheduled ? .completed : .running
        }
        return state.phase == .inqueue ? .inqueue : .pending
    }

    private func use(_ share: QueueShare) -> CycleResult.QueueUse {
        let resources = session.resources
        let deserved = resources.canonical.compactMap { column -> CycleResult.Amount? in
            guard let amount = share.deserved?[column], amount != 0 else { return nil }
            return CycleResult.Amount(
                resource: resources.names[column], milli: Self.milli(amount / resources.subunits(column)))
        }
        return CycleResult.QueueUse(
            name: share.queue.name, weight: share.queue.weight, deservedMilli: deserved,
            allocated: resources.list(share.allocated), request: resources.list(share.request))
    }

    /// Thousandths, as far as 63 bits go.
    private static func milli(_ amount: Double) -> Int64 {
        Int64(exactly: (amount * 1000).rounded()) ?? .max
    }
}
