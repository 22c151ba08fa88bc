import Allocator
import ClusterModel

/// Why a gang, and each of its pods, waits.
struct GangOutcome {
    let job: Int
    let session: Session
    let points: ExtensionPoints
    /// What was found out before.
    let facts: OutcomeFacts

    private var state: JobState { session.jobs[job] }
    private var placed: Int { state.counts.allocated + state.counts.pipelined }

    /// The gang's reason and sentence; no reason if its minimum has a place.
    func summary() -> (reason: PendingReason?, message: String) {
        if let (reason, message) = refusal() { return (reason, message) }
        let members = state.tasks.count
        if state.tasks.isEmpty {
            return state.group.minMember == 0 ? (nil, "has no pods") : (.notEnoughTasks, shortage(valid: 0))
        }
        if points.isReady(job, in: session) {
            let waiting = state.counts.pending
            if waiting == 0 { return (nil, "\(count(placed, of: members)) have a place") }
            return (
                nil, "\(count(placed, of: members)) have a place; " + (firstFailure() ?? "the others wait")
            )
        }
        if placed > 0, points.isPipelined(job, in: session) {
            return (
                .gangNotReady, "\(count(placed, of: members)) hold a place until what occupies it has gone"
            )
        }
        return firstReason()
    }

    /// A pod's reason, sentence and counts of nodes.
    func explanation(of task: Int) -> (PendingReason, String, [CycleResult.NodeReason]) {
        switch session.tasks[task].block {
        case .schedulingGates(let gates):
            return (.schedulingGated, "waits for its scheduling gates: \(gates.joined(separator: ", "))", [])
        case .unsupported(let constraints):
            let names = constraints.map(\.rawValue).joined(separator: ", ")
            return (.unsupportedConstraint, "states what this version does not evaluate: \(names)", [])
        case nil: break
        }
        if case .noNode(let refusals) = session.tasks[task].failure {
            let reasons = Self.sorted(refusals)
            return (.unschedulable, noNodeMessage(task, refusals), reasons)
        }
        if let (reason, message) = refusal() { return (reason, message, []) }
        switch session.tasks[task].failure {
        case .queueShare: return (.queueShareExceeded, queueShareMessage(), [])
        case .rolledBack(let node):
            let name = session.allocator.node(node).name
            return (.gangNotReady, "would fit on \(name); \(gangMessage())", [])
        case .roleFailed:
            let role = state.roles[session.tasks[task].role].name
            return (.gangNotReady, "not tried: a pod of its role \(role) found no node; \(gangMessage())", [])
        case .noNode, nil: break
        }
        if state.wasTried { return (.gangNotReady, "not tried: \(gangMessage())", []) }
        let what =
            session.tasks[task].isBestEffort ? "pods that ask for nothing" : "pods that ask for resources"
        return (.notTried, "no action of the configuration places \(what)", [])
    }

    // MARK: Sentences

    /// What keeps the gang from being tried at all.
    private func refusal() -> (PendingReason, String)? {
        switch state.refusal {
        case nil: return nil
        case .queueNotFound: return (.queueNotFound, "its queue \(state.group.queue) does not exist")
        case .otherScheduler: return (.otherScheduler, "its pods ask for another scheduler")
        case .invalid(let invalid):
            switch invalid.reason {
            case .unknownInstanceType: return (.unknownInstanceType, invalid.message)
            }
        case .notEnoughTasks(let valid): return (.notEnoughTasks, shortage(valid: valid))
        case .notEnoughPodsOfTask(let role, let valid, let minimum):
            return (.notEnoughPodsOfTask, shortage(of: " of role \(role)", needed: minimum, valid: valid))
        case .notEnqueued(let message): return (.notEnqueued, "not admitted: \(message)")
        case .queueOverused:
            return (.queueOverused, "its queue \(state.group.queue) uses all that it deserves")
        }
    }

    private func shortage(valid: Int) -> String {
        shortage(of: "", needed: state.minMember, valid: valid)
    }

    private func shortage(of role: String, needed: Int, valid: Int) -> String {
        "needs \(needed) pod\(needed == 1 ? "" : "s")\(role) and has \(valid); failed and leaving ones do not count"
    }

    private func count(_ some: Int, of all: Int) -> String { "\(some) of \(all) pods" }

    /// What the first pod without a place has to say.
    private func firstFailure() -> String? {
        tellingTask().map { explanation(of: $0).1 }
    }

    private func firstReason() -> (PendingReason?, String) {
        guard let task = tellingTask() else { return (.gangNotReady, gangMessage()) }
        let (reason, message, _) = explanation(of: task)
        if state.group.minMember <= 1 || reason == .gangNotReady { return (reason, message) }
        return (reason, "\(gangMessage()): \(message)")
    }

    /// The waiting pod whose reason tells most: one that no node took, that its queue cannot take, that is blocked.
    private func tellingTask() -> Int? {
        let waiting = state.tasks.filter { session.tasks[$0].status == .pending }
        return waiting.min { weight(of: $0) < weight(of: $1) }
    }

    private func weight(of task: Int) -> Int {
        if session.tasks[task].block != nil { return 2 }
        switch session.tasks[task].failure {
        case .noNode: return 0
        case .queueShare: return 1
        case .roleFailed: return 3
        case .rolledBack: return 4
        case nil: return 5
        }
    }

    /// What the gang needs at once, and how much of it found room: of the pods, or of the role that holds it back.
    ///
    /// It looks at every pod, and every pod may ask for it: it is found out once.
    private func gangMessage() -> String {
        facts.gangMessage(of: job) { makeGangMessage() }
    }

    private func makeGangMessage() -> String {
        let tasks = state.tasks
        let hadRoom = tasks.filter { task in
            if case .rolledBack = session.tasks[task].failure { return true }
            return session.tasks[task].status != .pending
        }
        func sentence(_ needed: Int, _ what: String, _ found: Int) -> String {
            "the gang needs \(needed) \(what) at once and found room for \(found == 0 ? "none" : String(found))"
        }
        if hadRoom.count >= state.minMember {
            for (index, role) in state.roles.enumerated() {
                let found = hadRoom.count { session.tasks[$0].role == index }
                if found < role.minimum { return sentence(role.minimum, "pods of role \(role.name)", found) }
            }
        }
        return sentence(state.minMember, "pods", hadRoom.count)
    }

    private func queueShareMessage() -> String {
        guard let queue = state.queue else { return "" }
        let share = session.queues[queue].queue
        return share.state == .open
            ? "would take its queue \(share.name) beyond what it deserves"
            : "its queue \(share.name) is \(share.state.rawValue)"
    }

    /// What is short on the nodes that qualify; of the others only how many they are, unless there are no others.
    private func noNodeMessage(_ task: Int, _ refusals: [NodeRefusal: Int]) -> String {
        let total = session.allocator.nodeCount
        if total == 0 { return "there are no nodes" }
        let shortages = refusals.filter { $0.key.isShortage }
        let named = Self.sorted(shortages.isEmpty ? refusals : shortages)
        var parts = named.map { "\($0.count) \($0.reason)" }
        let unqualified = refusals.reduce(0) { $1.key.isShortage ? $0 : $0 + $1.value }
        if !shortages.isEmpty, unqualified > 0 { parts.append("\(unqualified) do not qualify") }
        var message = "0/\(total) nodes are available: \(parts.joined(separator: ", "))"
        if !shortages.isEmpty, let shape = session.tasks[task].shape,
            !facts.fitsSomeEmptyNode(shape, in: session)
        {
            message += "; none that qualifies is large enough, even empty"
        }
        return message
    }

    /// Most nodes first, then by the words.
    static func sorted(_ refusals: [NodeRefusal: Int]) -> [CycleResult.NodeReason] {
        refusals.map { CycleResult.NodeReason(reason: $0.key.description, count: $0.value) }
            .sorted { $0.count == $1.count ? $0.reason.precedes($1.reason) : $0.count > $1.count }
    }
}

/// Answers that many pods ask for, each found out once.
final class OutcomeFacts {
    private var fits: [ShapeID: Bool] = [:]
    private var gangMessage: (job: Int, message: String)?

    /// What is to be said about a gang; pods ask gang by gang.
    func gangMessage(of job: Int, make: () -> String) -> String {
        if let gangMessage, gangMessage.job == job { return gangMessage.message }
        let message = make()
        gangMessage = (job, message)
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
