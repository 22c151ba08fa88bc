import Allocator
import ClusterModel

/// Reads the outcome of a cycle off its session.
struct CycleReport {
    let session: Session
    let hasGang: Bool
    private let facts = OutcomeFacts()

    init(session: Session, hasGang: Bool) {
        self.session = session
        self.hasGang = hasGang
    }

    /// The outcome; the phases of the gangs are from now on those that it reports.
    func result() -> CycleResult {
        let onlyNews = session.detail == .reasons
        var result = CycleResult()
        result.cycle = session.cycle
        result.nodeCount = session.allocator.nodeCount
        result.podCount = session.tasks.count - session.freeTasks.count
        result.boundBefore = session.boundBefore
        result.binds = session.binds.map {
            CycleResult.Bind(
                pod: session.tasks[$0].key, node: node(of: $0), cycle: session.cycle,
                claims: session.claimBindings(of: $0), annotations: session.assumeAnnotations(of: $0))
        }
        result.evictions = session.evictions.map { eviction in
            CycleResult.Eviction(
                pod: session.tasks[eviction.task].key, node: node(of: eviction.task), reason: eviction.reason,
                preemptor: eviction.preemptor < 0 ? nil : session.jobs[eviction.preemptor].key,
                cycle: session.cycle)
        }
        for job in session.reportedJobs {
            let known = session.jobs[job].report
            if let known, onlyNews {
                result.hasWaiting = result.hasWaiting || known.hasPending
                continue
            }
            if onlyNews, repeats(job) {
                result.hasWaiting = true
                continue
            }
            let report = known ?? report(on: job, &result)
            result.hasWaiting = result.hasWaiting || report.hasPending
            result.pending += report.pending
            if let group = report.group { result.podGroups.append(group) }
            session.jobs[job].report = isLasting(job) ? report : nil
        }
        for task in session.strays.sorted(by: { session.tasks[$0].key < session.tasks[$1].key }) {
            result.pending.append(CycleResult.Pending(session.tasks[task].key, nil, strayReason(task)))
        }
        result.queues = session.queueOrder.map { use(session.queues[$0]) }
        result.hasWaiting = result.hasWaiting || !result.pending.isEmpty || !result.pipelined.isEmpty
        for job in session.reportedJobs where setPhase(of: job) { result.hasNewPhases = true }
        return result
    }

    /// Whether nobody would be told anything new of a gang that waits, for the same reason as before and as a whole.
    private func repeats(_ job: Int) -> Bool {
        let counts = session.jobs[job].counts
        guard counts.pending > 0, counts.allocated + counts.pipelined == 0 else {
            session.jobs[job].toldReason = nil
            return false
        }
        let outcome = GangOutcome(job: job, session: session, facts: facts)
        let isSingle = session.jobs[job].isSingle
        let reason =
            isSingle
            ? session.jobs[job].tasks.first.map { outcome.explanation(of: $0).reason }
            : outcome.summary().reason
        defer { session.jobs[job].toldReason = reason }
        return reason != nil && reason != .reserved && reason == session.jobs[job].toldReason
    }

    /// Whether what is said of a gang holds until something happens: it is passed over until something helps it.
    private func isLasting(_ job: Int) -> Bool {
        if session.jobs[job].failedAt == nil { return false }
        // Sentences tell for whom places are kept.
        return session.reservations.isEmpty
            || session.detail == .reasons && session.reservation(of: job) == nil
    }

    private func node(of task: Int) -> String {
        session.tasks[task].node.map { session.nodes.entries[$0].name } ?? ""
    }

    private func strayReason(_ task: Int) -> PendingExplanation {
        switch session.tasks[task].stray {
        case .otherScheduler:
            let name = session.notes[task]?.schedulerName ?? ""
            return PendingExplanation(.otherScheduler, "asks for the scheduler \(name)")
        case .terminating: return PendingExplanation(.terminating, "is being deleted")
        case nil:
            let key = session.tasks[task].job.map { "\(session.jobs[$0].key)" } ?? ""
            return PendingExplanation(.podGroupNotFound, "its PodGroup \(key) does not exist")
        }
    }

    private func report(on job: Int, _ result: inout CycleResult) -> GangReport {
        let outcome = GangOutcome(job: job, session: session, facts: facts)
        let isSingle = session.jobs[job].isSingle
        let key = isSingle ? nil : session.jobs[job].key
        var pending: [CycleResult.Pending] = []
        for task in session.jobs[job].tasks {
            let pod = session.tasks[task].key
            switch session.tasks[task].status {
            case .pipelined:
                result.pipelined.append(
                    CycleResult.Pipelined(
                        pod: pod, node: node(of: task),
                        waitsFor: session.nominated.contains(task) ? .eviction : .releasing))
            case .allocated:
                result.pipelined.append(
                    CycleResult.Pipelined(pod: pod, node: node(of: task), waitsFor: .gang))
            case .pending where isSingle || session.detail == .everything:
                pending.append(CycleResult.Pending(pod, key, outcome.explanation(of: task)))
            default: break
            }
        }
        return GangReport(
            hasPending: session.jobs[job].counts.pending > 0, pending: pending,
            group: isSingle ? nil : group(job, outcome))
    }

    private func group(_ job: Int, _ outcome: GangOutcome) -> CycleResult.Group {
        let (reason, message) = outcome.summary()
        let counts = session.jobs[job].counts
        var group = CycleResult.Group(
            key: session.jobs[job].key, queue: session.jobs[job].queueName, phase: phase(of: job),
            minMember: session.jobs[job].minMember, placed: counts.allocated + counts.pipelined,
            pods: session.jobs[job].tasks.count, reason: reason, message: message,
            origin: session.jobs[job].origin ?? .object)
        if let reservation = session.reservation(of: job) {
            group.reservedNodes = session.nodeNames(of: reservation)
            group.expectedStart = reservation.start
        }
        if session.jobs[job].topology != nil { group.allocatedHyperNode = session.heldDomainName(of: job) }
        return group
    }

    /// Sets the phase that a gang has from now on. - Returns: Whether it is another.
    private func setPhase(of job: Int) -> Bool {
        if session.jobs[job].isPhaseKnown { return false }
        let phase = phase(of: job)
        let isNew = session.jobs[job].phase != phase
        if isNew {
            session.touch(job)
            session.jobs[job].phase = phase
        }
        session.jobs[job].isPhaseKnown = true
        return isNew
    }

    /// The phase that the gang's status would have when the cycle closes.
    ///
    /// Source: Volcano's job updater. A pod that has just been given to the binder counts for Volcano only once it is
    /// bound, so that a gang is still Inqueue in the cycle that places it; ours says Running at once.
    private func phase(of job: Int) -> PodGroup.Phase {
        if session.jobs[job].queue == nil { return session.jobs[job].phase }
        if session.compatibility == .volcano15 { return phase15(of: job) }
        var scheduled = 0
        var completed = 0
        var running = 0
        for task in session.jobs[job].tasks {
            switch session.tasks[task].status {
            case .running:
                running += 1
                scheduled += 1
            case .bound: scheduled += 1
            case .binding: scheduled += session.compatibility == .gangwright ? 1 : 0
            case .succeeded, .failed:
                completed += 1
                scheduled += 1
            case .releasing: scheduled += session.tasks[task].node == nil ? 0 : 1
            default: break
            }
        }
        let minimum = session.jobs[job].minMember
        let counts = session.jobs[job].counts
        let isUnschedulable =
            hasGang && !session.jobs[job].tasks.isEmpty && !session.points.isReady(job, in: session)
            && (counts.pending + counts.pipelined > 0 || scheduled < minimum)
        if running > 0, isUnschedulable { return .unknown }
        if scheduled >= minimum, scheduled > 0 || session.compatibility.isVolcano {
            return completed == scheduled ? .completed : .running
        }
        return session.jobs[job].phase == .inqueue ? .inqueue : .pending
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

/// What a cycle has to say about one gang; shared, since few gangs have one and all have room for it.
final class GangReport: Sendable {
    /// Whether it has pods without a place.
    let hasPending: Bool
    /// Its pods without a place, as far as they are told of one by one.
    let pending: [CycleResult.Pending]
    /// The gang itself; `nil` for a pod that is its own.
    let group: CycleResult.Group?

    init(hasPending: Bool, pending: [CycleResult.Pending], group: CycleResult.Group?) {
        self.hasPending = hasPending
        self.pending = pending
        self.group = group
    }
}
