import Allocator
import ClusterModel

/// Reads off a session, after a cycle, what holds the jobs that wait. Jobs that ask for the same share what nodes say.
///
/// - Complexity: O(nodes × resources) for each shape that found no node.
public final class HoldReader {
    private let session: Session
    private var resourceHolds: [ShapeID: [Hold]] = [:]

    /// A reader of what the session's last cycle has left.
    public init(_ session: Session) { self.session = session }

    /// What holds a gang, the main cause first; empty if nothing does.
    public func holds(_ group: CycleResult.Group) -> [Hold] {
        guard let reason = group.reason, let job = session.jobIDs[group.key] else { return [] }
        if reason == .gangNotReady, group.placed > 0 {
            return group.placed >= group.minMember
                ? [.releasing]
                : [.gangMinimum(.init(lack: .room, needed: group.minMember, found: group.placed, role: nil))]
        }
        var holds = holds(of: job, session.jobs[job].tasks, reason, group.message)
        if reason == .reserved {
            let kept = ReservationHold(
                keptFor: group.key, nodes: group.reservedNodes, until: group.expectedStart)
            holds.append(.reservation(kept))
        }
        return holds
    }

    /// What holds a pod, the main cause first.
    public func holds(_ pending: CycleResult.Pending) -> [Hold] {
        guard let task = session.findTask(pending.pod) else { return [] }
        guard let job = session.tasks[task].job, session.jobs[job].origin != nil else {
            return [.invalid(message: pending.message)]
        }
        return holds(of: job, [task], pending.reason, pending.message)
    }

    private func holds(of job: Int, _ tasks: [Int], _ reason: PendingReason, _ message: String) -> [Hold] {
        switch reason {
        case .schedulingGated:
            let gates = Set(tasks.flatMap { session.notes[$0]?.gates ?? [] })
            return [.gate(gates.sorted { $0.precedes($1) })]
        case .unsupportedConstraint:
            let all = tasks.reduce(into: UnsupportedConstraints()) {
                $0.formUnion(session.unsupported($1))
            }
            return [.unsupported(all.names)]
        case .otherScheduler, .terminating, .podGroupNotFound, .unknownInstanceType:
            return [.invalid(message: message)]
        case .queueNotFound: return [.queueState(queue: session.jobs[job].queueName, state: nil)]
        case .notEnqueued: return [admissionHold(of: job)]
        case .queueOverused: return [shareHold(of: job, tasks)]
        case .queueShareExceeded: return [closedQueue(of: job) ?? shareHold(of: job, tasks)]
        case .notEnoughTasks, .notEnoughPodsOfTask, .networkTopologyNotReady:
            return [missingPods(of: job, message)]
        case .notTried: return [.notTried]
        case .reserved, .unschedulable, .gangNotReady: return roomHolds(of: job, tasks, message)
        }
    }

    // MARK: Room

    private func roomHolds(of job: Int, _ tasks: [Int], _ message: String) -> [Hold] {
        var holds: [Hold] = []
        if let (task, refusals) = firstRefused(tasks) {
            let needed = session.neededTasks(of: job, among: tasks)
            if refusals.keys.contains(where: { $0.isShortage }) {
                holds += resources(shortOf: task, job, needed)
            }
            holds += constraints(refusals)
            if holds.isEmpty { holds = [.constraint(.init(constraint: .rule, reason: message, nodes: 0))] }
            if let other = session.gangWithPlaces(wantedBy: task),
                let reservation = session.reservations.first(where: { $0.job == other })
            {
                let kept = ReservationHold(
                    keptFor: session.jobs[other].key, nodes: session.nodeNames(of: reservation),
                    until: reservation.start)
                holds.append(.reservation(kept))
            }
        }
        if case .noDomain? = session.jobs[job].refusal {
            holds.append(.constraint(.init(constraint: .networkTopology, reason: message, nodes: 0)))
        }
        let needed = session.jobs[job].minMember
        if needed > 1, tasks.count == session.jobs[job].tasks.count {
            let found = tasks.count { task in
                switch session.tasks[task].failure {
                case .rolledBack, .noRoomForGang: true
                default: session.tasks[task].status != .pending
                }
            }
            holds.append(.gangMinimum(.init(lack: .room, needed: needed, found: found, role: nil)))
        }
        return holds.isEmpty ? [.notTried] : holds
    }

    /// The first pod that waits and that no node took, and what nodes said.
    private func firstRefused(_ tasks: [Int]) -> (task: Int, refusals: [NodeRefusal: Int])? {
        for task in tasks where session.tasks[task].status == .pending {
            if case .noNode(let number) = session.tasks[task].failure {
                return (task, session.refusals[Int(number)])
            }
        }
        return nil
    }

    /// The resources of which there is too little for the next pod of a gang once those of it that have room have taken it,
    /// most nodes first.
    private func resources(shortOf task: Int, _ job: Int, _ needed: [Int]) -> [Hold] {
        session.withRoomTaken(by: job, needed) { missing in
            let next = missing.first ?? task
            guard let shape = session.tasks[next].shape else { return [] }
            // Where none of it has room, gangs of the same shape have the same to say.
            if missing.count < needed.count { return resourceHolds(of: shape) }
            if let known = resourceHolds[shape] { return known }
            let holds = resourceHolds(of: shape)
            resourceHolds[shape] = holds
            return holds
        }
    }

    private func resourceHolds(of shape: ShapeID) -> [Hold] {
        let allocator = session.allocator
        let request = allocator.request(allocator.requestID(of: shape))
        let nodes = allocator.nodes(meetingDemandsOf: shape).filter {
            !allocator.isMarked($0, against: shape)
        }
        // Of whole GPUs the thousandths say nothing more.
        let said = request.amounts.contains { $0.column == session.gpuColumn }
        let holds = session.resources.canonical.compactMap { column -> ResourceHold? in
            guard column != ResourceTable.pods, !said || session.resources.names[column] != .sharedGPU,
                let asked = request.amounts.first(where: { $0.column == column })?.amount, asked > 0
            else { return nil }
            let missing = nodes.map { Session.shortfall(asked, session.free(on: $0, column)) }.filter {
                $0 > 0
            }
            guard let least = missing.min(), let most = missing.max() else { return nil }
            return ResourceHold(
                resource: session.resources.names[column], asked: asked,
                nodesWithEnough: nodes.count - missing.count, nodesShort: missing.count,
                leastMissing: least, mostMissing: most)
        }
        // The scarcest first; of equally scarce ones devices before what every node has.
        return holds.enumerated()
            .sorted { left, right in
                left.element.nodesShort == right.element.nodesShort
                    ? left.offset > right.offset : left.element.nodesShort > right.element.nodesShort
            }
            .map { .resource($0.element) }
    }

    private func constraints(_ refusals: [NodeRefusal: Int]) -> [Hold] {
        let found = refusals.compactMap { refusal, nodes in
            ConstraintHold.Constraint(refusal).map {
                ConstraintHold(constraint: $0, reason: refusal.description, nodes: nodes)
            }
        }
        return found.sorted { $0.nodes == $1.nodes ? $0.reason.precedes($1.reason) : $0.nodes > $1.nodes }
            .map { .constraint($0) }
    }

    // MARK: Pods that do not exist

    private func missingPods(of job: Int, _ message: String) -> Hold {
        switch session.jobs[job].refusal {
        case .notEnoughTasks(let valid):
            let needed = session.jobs[job].minMember
            return .gangMinimum(.init(lack: .pods, needed: needed, found: valid, role: nil))
        case .notEnoughPodsOfTask(let role, let valid, let minimum):
            return .gangMinimum(.init(lack: .pods, needed: minimum, found: valid, role: role))
        case .notEnoughSubGroups(_, let found, let minimum):
            return .gangMinimum(.init(lack: .pods, needed: minimum, found: found, role: nil))
        case .topologyNotReady:
            return .constraint(.init(constraint: .networkTopology, reason: message, nodes: 0))
        default:
            let counts = session.jobs[job].counts
            let needed = session.jobs[job].minMember
            return .gangMinimum(.init(lack: .pods, needed: needed, found: counts.valid, role: nil))
        }
    }

    // MARK: Queues

    private func closedQueue(of job: Int) -> Hold? {
        guard let queue = session.jobs[job].queue.map({ session.queues[$0].queue }), queue.state != .open
        else { return nil }
        return .queueState(queue: queue.name, state: queue.state)
    }

    private func admissionHold(of job: Int) -> Hold {
        if let closed = closedQueue(of: job) { return closed }
        guard case .notEnqueued(let message) = session.jobs[job].refusal else {
            return .admission(message: "")
        }
        if message.hasPrefix(EnqueueRejection.quota) { return .quota(message: message) }
        if message.hasPrefix(EnqueueRejection.queue) { return shareHold(of: job, session.jobs[job].tasks) }
        return .admission(message: message)
    }

    private func shareHold(of job: Int, _ tasks: [Int]) -> Hold {
        let name = session.jobs[job].queueName
        guard let queue = session.jobs[job].queue, let (limit, amounts) = session.queueLimits(queue) else {
            return .queueShare(.init(queue: name, limit: .deserved, excess: []))
        }
        let asked = session.asked(of: job, session.neededTasks(of: job, among: tasks))
        let resources = session.resources
        let excess = resources.canonical.compactMap { column -> QueueShareHold.Excess? in
            let held = session.queues[queue].allocated[column]
            let most = (amounts[column] / resources.subunits(column)).rounded(.down)
            guard column != ResourceTable.pods, asked[column] > 0, let limit = Int64(exactly: most) else {
                return nil
            }
            let (sum, isTooLarge) = held.addingReportingOverflow(asked[column])
            if isTooLarge || sum <= limit { return nil }
            return .init(
                resource: resources.names[column], held: held, asked: asked[column], limit: limit,
                over: sum - limit)
        }
        return .queueShare(.init(queue: name, limit: limit, excess: excess))
    }
}

extension ConstraintHold.Constraint {
    /// The word for a refusal; `nil` for a resource that is short.
    init?(_ refusal: NodeRefusal) {
        switch refusal {
        case .insufficient: return nil
        case .notReady: self = .nodeReady
        case .unschedulable: self = .cordon
        case .affinity: self = .nodeAffinity
        case .taint: self = .taint
        case .podCount: self = .podCount
        case .mark: self = .hostPorts
        case PodAffinityRule.affinity: self = .podAffinity
        case PodAffinityRule.antiAffinity, PodAffinityRule.existingAntiAffinity: self = .podAntiAffinity
        case TopologySpreadRule.missingLabel, TopologySpreadRule.skew: self = .topologySpread
        case VolumeRestrictionsRule.inUse, VolumeRestrictionsRule.diskConflict, VolumeZoneRule.conflict,
            VolumeLimitsRule.exceeded:
            self = .volumes
        case .rule(let reason, _): self = VolumeBindingRule.gives(reason) ? .volumes : .rule
        }
    }
}

extension Session {
    /// What is left of a column on a node for a new pod, promised places taken off.
    func free(on node: Int, _ column: Int) -> Int64 {
        min(allocator.idle(node, column), allocator.futureIdle(node, column))
    }

    /// The waiting pods that a gang needs for its minimum: of each role what the role lacks, then in order.
    func neededTasks(of job: Int, among tasks: [Int]) -> [Int] {
        let waiting = tasks.filter { self.tasks[$0].status == .pending }
            .sorted { points.isTask($0, before: $1, in: self) }
        if tasks.count < jobs[job].tasks.count { return waiting }
        let wanted = max(0, max(jobs[job].minMember, 1) - jobs[job].counts.ready - jobs[job].counts.pipelined)
        var lacking = jobs[job].roles.map { max(0, $0.minimum - $0.counts.ready - $0.counts.pipelined) }
        var chosen: [Int] = []
        for task in waiting where lacking[self.tasks[task].role] > 0 {
            lacking[self.tasks[task].role] -= 1
            chosen.append(task)
        }
        let byRole = Set(chosen)
        chosen += waiting.filter { !byRole.contains($0) }.prefix(max(0, wanted - chosen.count))
        return chosen
    }

    /// What a queue may hold, in Volcano's units, and which rule says so; `nil` where none does.
    func queueLimits(_ queue: Int) -> (rule: QueueShareHold.Limit, amounts: [Double])? {
        let plugins = configuration.tiers.joined()
        if let capacity = plugins.first(where: { $0.name == CapacityPlugin.name }) {
            let tree = QueueTree(self, isHierarchical: capacity.isEnabled(.hierarchy))
            return (.capability, tree.branches[queue].ceiling)
        }
        return queues[queue].deserved.map { (.deserved, $0) }
    }
}
