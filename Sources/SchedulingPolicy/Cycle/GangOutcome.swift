import Allocator
import ClusterModel

/// Why a gang, and each of its pods, waits.
struct GangOutcome {
    let job: Int
    let session: Session
    /// What was found out before.
    let facts: OutcomeFacts

    private var placed: Int { session.jobs[job].counts.allocated + session.jobs[job].counts.pipelined }
    private var minMember: Int { session.jobs[job].minMember }

    /// An explanation, in so far as anybody wants to hear it.
    private func explain(
        _ reason: PendingReason, _ message: @autoclosure () -> String,
        _ nodeReasons: @autoclosure () -> [CycleResult.NodeReason] = []
    ) -> PendingExplanation {
        session.detail == .reasons
            ? PendingExplanation(reason, "") : PendingExplanation(reason, message(), nodeReasons())
    }

    /// A sentence, if anybody wants to hear it.
    private func say(_ sentence: @autoclosure () -> String) -> String {
        session.detail == .reasons ? "" : sentence()
    }

    /// The gang's reason and sentence; no reason if its minimum has a place.
    func summary() -> (reason: PendingReason?, message: String) {
        if let refusal = refusal() { return (refusal.reason, refusal.message) }
        let members = session.jobs[job].tasks.count
        if members == 0 {
            return minMember == 0 ? (nil, say("has no pods")) : (.notEnoughTasks, say(shortage(valid: 0)))
        }
        if session.points.isReady(job, in: session) {
            let waiting = session.jobs[job].counts.pending
            if waiting == 0 { return (nil, say("\(count(placed, of: members)) have a place")) }
            return (
                nil,
                say("\(count(placed, of: members)) have a place; " + (firstFailure() ?? "the others wait"))
            )
        }
        if placed > 0, session.points.isPipelined(job, in: session) {
            let isComplete = session.membersNeeded(job) == 0
            return (
                .gangNotReady,
                say(
                    "\(count(placed, of: members)) hold a place until "
                        + (isComplete ? "what occupies it has gone" : "the others find one"))
            )
        }
        let (reason, message) = firstReason()
        if let reservation = session.reservation(of: job) {
            return (.reserved, say("\(reservationMessage(reservation)); \(message)"))
        }
        return (reason, message)
    }

    /// For which other gang places are kept that a pod could use, if for any.
    private func keptForOthers(_ task: Int) -> String {
        if session.reservations.isEmpty { return "" }
        let other = session.gangWithPlaces(wantedBy: task)
        return other.map { "; places are kept for \(session.jobs[$0].key)" } ?? ""
    }

    private func reservationMessage(_ reservation: Reservation) -> String {
        let names = session.nodeNames(of: reservation)
        let places =
            names.count <= 3
            ? names.joined(separator: ", ")
            : "\(names.prefix(3).joined(separator: ", ")) and \(names.count - 3) nodes more"
        let start = reservation.start.map { ", expected to be free at \($0)" } ?? ""
        return "places are kept for it on \(places)\(start)"
    }

    /// Why a pod waits. Pods of the gang that wait for the same share the answer.
    func explanation(of task: Int) -> PendingExplanation {
        if session.tasks[task].isGated || !session.unsupported(task).isEmpty { return blockage(of: task) }
        let key = OutcomeFacts.Key(
            failure: session.tasks[task].failure, shape: session.tasks[task].shape,
            role: session.tasks[task].roleIndex, isBestEffort: session.tasks[task].isBestEffort)
        return facts.explanation(of: job, key) { makeExplanation(of: task) }
    }

    private func blockage(of task: Int) -> PendingExplanation {
        if session.tasks[task].isGated {
            let gates = session.notes[task]?.gates ?? []
            return explain(
                .schedulingGated, "waits for its scheduling gates: \(gates.joined(separator: ", "))")
        }
        let names = session.unsupported(task).names.joined(separator: ", ")
        return explain(.unsupportedConstraint, "states what is not evaluated here: \(names)")
    }

    private func makeExplanation(of task: Int) -> PendingExplanation {
        if case .noNode(let refusals) = session.tasks[task].failure {
            return explain(
                .unschedulable, noNodeMessage(task, refusals) + keptForOthers(task),
                Self.sorted(session.refusals[Int(refusals)]))
        }
        if let refusal = refusal() { return refusal }
        switch session.tasks[task].failure {
        case .queueShare: return explain(.queueShareExceeded, queueShareMessage())
        case .rolledBack(let node):
            let name = session.nodes.entries[Int(node)].name
            return explain(.gangNotReady, "would fit on \(name); \(gangMessage())")
        case .noRoomForGang: return explain(.gangNotReady, "would fit; \(gangMessage())")
        case .roleFailed:
            let role = session.jobs[job].roles[session.tasks[task].role].name
            return explain(
                .gangNotReady, "not tried: a pod of its role \(role) found no node; \(gangMessage())")
        case .noNode, nil: break
        }
        if session.jobs[job].wasTried {
            return explain(.gangNotReady, "not tried: \(gangMessage())")
        }
        let what =
            session.tasks[task].isBestEffort ? "pods that ask for nothing" : "pods that ask for resources"
        return explain(.notTried, "no action of the configuration places \(what)")
    }

    // MARK: Sentences

    /// What keeps the gang from being tried at all.
    private func refusal() -> PendingExplanation? {
        switch session.jobs[job].refusal {
        case nil: return nil
        case .queueNotFound:
            return explain(
                .queueNotFound, "its queue \(session.jobs[job].queueName) does not exist")
        case .otherScheduler:
            return explain(.otherScheduler, "its pods ask for another scheduler")
        case .invalid(let invalid):
            switch invalid.reason {
            case .unknownInstanceType: return explain(.unknownInstanceType, invalid.message)
            }
        case .notEnoughTasks(let valid): return explain(.notEnoughTasks, shortage(valid: valid))
        case .notEnoughPodsOfTask(let role, let valid, let minimum):
            return explain(
                .notEnoughPodsOfTask, shortage(of: " of role \(role)", needed: minimum, valid: valid))
        case .notEnoughSubGroups(let policy, let found, let minimum):
            return explain(
                .notEnoughPodsOfTask,
                "needs \(minimum) sub-group\(minimum == 1 ? "" : "s") of policy \(policy) and has \(found)")
        case .topologyNotReady(let defect):
            return explain(
                .networkTopologyNotReady, "the HyperNodes are not ready: \(defect)")
        case .noDomain(let message): return explain(.unschedulable, message)
        case .notEnqueued(let message): return explain(.notEnqueued, "not admitted: \(message)")
        case .queueOverused:
            return explain(
                .queueOverused, "its queue \(session.jobs[job].queueName) uses all that it deserves")
        }
    }

    private func shortage(valid: Int) -> String { shortage(of: "", needed: minMember, valid: valid) }

    private func shortage(of role: String, needed: Int, valid: Int) -> String {
        "needs \(needed) pod\(needed == 1 ? "" : "s")\(role) and has \(valid); failed and leaving ones do not count"
    }

    private func count(_ some: Int, of all: Int) -> String { "\(some) of \(all) pods" }

    /// What the first pod without a place has to say.
    private func firstFailure() -> String? { tellingTask().map { explanation(of: $0).message } }

    private func firstReason() -> (PendingReason?, String) {
        guard let task = tellingTask() else { return (.gangNotReady, say(gangMessage())) }
        let explanation = explanation(of: task)
        if minMember <= 1 || explanation.reason == .gangNotReady {
            return (explanation.reason, explanation.message)
        }
        return (explanation.reason, say("\(gangMessage()): \(explanation.message)"))
    }

    /// The waiting pod whose reason tells most: one that no node took, that its queue cannot take, that is blocked.
    private func tellingTask() -> Int? {
        var best: (task: Int, weight: Int)?
        for task in session.jobs[job].tasks where session.tasks[task].status == .pending {
            let weight = weight(of: task)
            if weight == 0 { return task }
            if best.map({ weight < $0.weight }) ?? true { best = (task, weight) }
        }
        return best?.task
    }

    private func weight(of task: Int) -> Int {
        if session.isBlocked(task) { return 2 }
        switch session.tasks[task].failure {
        case .noNode: return 0
        case .queueShare: return 1
        case .roleFailed: return 3
        case .rolledBack, .noRoomForGang: return 4
        case nil: return 5
        }
    }

    /// What the gang needs at once, and how much of it found room: of the pods, or of the role that holds it back.
    ///
    /// It looks at every pod, and every pod may ask for it: it is found out once.
    private func gangMessage() -> String { facts.gangMessage(of: job) { makeGangMessage() } }

    private func makeGangMessage() -> String {
        func sentence(_ needed: Int, _ what: String, _ found: Int) -> String {
            "the gang needs \(needed) \(what) at once and found room for \(found == 0 ? "none" : String(found))"
        }
        let tasks = session.jobs[job].tasks
        let hadRoom = tasks.filter { task in
            switch session.tasks[task].failure {
            case .rolledBack, .noRoomForGang: true
            default: session.tasks[task].status != .pending
            }
        }
        if hadRoom.count >= minMember, let short = shortPolicy(counting: Set(hadRoom)) {
            return sentence(
                short.policy.minSubGroups, "sub-groups of policy \(short.policy.name)", short.complete)
        }
        if hadRoom.count >= minMember {
            let roles = session.jobs[job].roles.indices.sorted {
                session.jobs[job].roles[$0].name.precedes(session.jobs[job].roles[$1].name)
            }
            for index in roles {
                let role = session.jobs[job].roles[index]
                let found = hadRoom.count { session.tasks[$0].role == index }
                if found < role.minimum { return sentence(role.minimum, "pods of role \(role.name)", found) }
            }
        }
        return sentence(minMember, "pods", hadRoom.count)
    }

    /// The rule of which too few parts would be complete with some pods.
    private func shortPolicy(counting pods: Set<Int>) -> (policy: SubGroupPolicy, complete: Int)? {
        guard let gang = session.jobs[job].topology else { return nil }
        for (position, policy) in gang.policies.enumerated() {
            let complete = gang.subGroups.count { group in
                group.policy == position && group.tasks.count { pods.contains($0) } >= policy.subGroupSize
            }
            if complete < policy.minSubGroups { return (policy, complete) }
        }
        return nil
    }

    private func queueShareMessage() -> String {
        guard let queue = session.jobs[job].queue else { return "" }
        let share = session.queues[queue].queue
        return share.state == .open
            ? "would take its queue \(share.name) beyond what it deserves"
            : "its queue \(share.name) is \(share.state.rawValue)"
    }

    /// What is short on the nodes that qualify; of the others only how many they are, unless there are no others.
    private func noNodeMessage(_ task: Int, _ number: Int32) -> String {
        let domain = session.topology.refusedDomains[number]
        let total = domain?.nodes ?? session.allocator.nodeCount
        if total == 0 { return "there are no nodes" }
        guard let shape = session.tasks[task].shape else { return "" }
        return facts.noNodeMessage(shape, number) {
            let refusals = session.refusals[Int(number)]
            let shortages = refusals.filter { $0.key.isShortage }
            let named = Self.sorted(shortages.isEmpty ? refusals : shortages)
            var parts = named.map { "\($0.count) \($0.reason)" }
            let unqualified = refusals.reduce(0) { $1.key.isShortage ? $0 : $0 + $1.value }
            if !shortages.isEmpty, unqualified > 0 { parts.append("\(unqualified) do not qualify") }
            var message = domain.map { "In \($0.name): " } ?? ""
            message += "0/\(total) nodes are available: \(parts.joined(separator: ", "))"
            if !shortages.isEmpty, !facts.fitsSomeEmptyNode(shape, in: session) {
                message += "; none that qualifies is large enough, even empty"
            }
            return message
        }
    }

    /// Most nodes first, then by the words.
    static func sorted(_ refusals: [NodeRefusal: Int]) -> [CycleResult.NodeReason] {
        refusals.map { CycleResult.NodeReason(reason: $0.key.description, count: $0.value) }
            .sorted { $0.count == $1.count ? $0.reason.precedes($1.reason) : $0.count > $1.count }
    }
}

/// Answers that many pods ask for, each found out once.
final class OutcomeFacts {
    /// What pods of a gang have in common that wait for the same.
    struct Key: Equatable {
        let failure: TaskFailure?
        let shape: ShapeID?
        let role: Int32
        let isBestEffort: Bool
    }

    /// What a message about nodes depends on.
    private struct NoNode: Hashable {
        let shape: ShapeID
        let refusals: Int32
    }

    private var fits: [ShapeID: Bool] = [:]
    private var noNode: [NoNode: String] = [:]
    private var gangMessage: (job: Int, message: String)?
    private var last: (job: Int, key: Key, explanation: PendingExplanation)?

    /// What is to be said about a gang; pods ask gang by gang.
    func gangMessage(of job: Int, make: () -> String) -> String {
        if let gangMessage, gangMessage.job == job { return gangMessage.message }
        let message = make()
        gangMessage = (job, message)
        return message
    }

    /// Why pods wait; they ask gang by gang, and mostly wait for the same.
    func explanation(of job: Int, _ key: Key, make: () -> PendingExplanation) -> PendingExplanation {
        if let last, last.job == job, last.key == key { return last.explanation }
        let explanation = make()
        last = (job, key, explanation)
        return explanation
    }

    /// What nodes have to say to pods of a shape, put into words.
    func noNodeMessage(_ shape: ShapeID, _ refusals: Int32, make: () -> String) -> String {
        let key = NoNode(shape: shape, refusals: refusals)
        if let known = noNode[key] { return known }
        let message = make()
        noNode[key] = message
        return message
    }

    /// Whether a pod would fit somewhere if nothing else ran there.
    func fitsSomeEmptyNode(_ shape: ShapeID, in session: Session) -> Bool {
        if let known = fits[shape] { return known }
        let answer = session.allocator.diagnosis.fitsSomeEmptyNode(shape)
        fits[shape] = answer
        return answer
    }
}
