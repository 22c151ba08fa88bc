import Allocator
import ClusterModel
import Documents

/// Lends nodes to preemptable pods for a part of the day.
///
/// Source: Volcano's `tdm` (time division multiplexing). A node's label `volcano.sh/revocable-zone` names its zone, an argument gives
/// the zone's window. Only pods that are revocable go there, while the window is open; once it is over they are evicted,
/// as many at a time as their gang's budget allows.
struct TDMPlugin: Plugin {
    static let name = "tdm"
    static let arguments = [
        ArgumentSchema(name: "tdm.revocable-zone.*", kind: .string(default: nil)) { value in
            guard let text = value.scalarText, RevocableWindow(text) == nil else { return nil }
            return "found \(String(text.prefix(40)).debugDescription), expected a window such as 22:00-06:00"
        },
        ArgumentSchema(name: "tdm.evict.period", kind: .duration(default: .seconds(60))) { value in
            positiveDurationMistake(value.scalarText)
        },
    ]

    private let windows: [String: RevocableWindow]
    private let evictionPeriod: Int64

    init(_ arguments: Arguments) {
        var windows: [String: RevocableWindow] = [:]
        for zone in arguments.members(of: "tdm.revocable-zone.*") {
            windows[zone] = arguments.string("tdm.revocable-zone.\(zone)").flatMap { RevocableWindow($0) }
        }
        self.windows = windows
        evictionPeriod = (arguments.duration("tdm.evict.period") ?? .seconds(60)).secondsRoundedUp
    }

    func open(_ session: Session, _ points: inout PluginPoints) {
        let lent = LentNodes(session, windows)
        points.orderJobs { session, left, right in
            let (left, right) = (Self.isPreemptable(left, session), Self.isPreemptable(right, session))
            return left == right ? 0 : (left ? 1 : -1)
        }
        points.gatePipelined { session, job in
            session.isGangPipelined(job) ? .permit : .reject("fewer pods than the minimum have a place")
        }
        points.gateStarving { session, job in
            !Self.isPreemptable(job, session) && session.jobs[job].counts.pending > 0
        }
        describeNodes(lent, &points)
        points.choosePreemptable { session, task, candidates in
            if session.isPreemptable(task) || session.tasks[task].traits.contains(.isRevocable) { return [] }
            let allowed = candidates.filter { victim in
                guard let node = session.nodeIndex(of: victim) else { return false }
                return session.tasks[victim].status == .running && session.isPreemptable(victim)
                    && lent.zones[node] == nil
            }
            return Self.withinBudgets(allowed, session, sparesMinima: false)
        }
        points.nameVictims { session in nameVictims(lent, session) }
        noteChanges(lent, session, &points)
    }

    private static func isPreemptable(_ job: Int, _ session: Session) -> Bool {
        !session.gangNotes.isEmpty && session.gangNotes[job]?.isPreemptable ?? false
    }

    // MARK: Nodes

    private func describeNodes(_ lent: LentNodes, _ points: inout PluginPoints) {
        if lent.zones.isEmpty { return }
        let forOthers = NodeCheck { node in
            lent.zones[node] == nil
                ? nil : .rule("node(s) were lent to revocable pods only", isResolvable: false)
        }
        let forRevocable =
            lent.closed.isEmpty
            ? nil
            : NodeCheck { node in
                lent.closed.contains(node)
                    ? .rule("node(s) were outside the time of their revocable zone", isResolvable: false)
                    : nil
            }
        points.filterNodes { session, task in
            session.tasks[task].traits.contains(.isRevocable) ? forRevocable : forOthers
        }
        if lent.open.isEmpty { return }
        let score = NodeScore { nodes in nodes.map { lent.open.contains($0) ? 100 * scoreUnit : 0 } }
        points.scoreNodes { session, task in
            session.tasks[task].traits.contains(.isRevocable) ? score : nil
        }
    }

    // MARK: Victims

    /// The pods that have to leave nodes whose window is over, at most once a period.
    private func nameVictims(_ lent: LentNodes, _ session: Session) -> [Int] {
        guard let now = session.now else { return [] }
        if let last = session.lastTimeDivision,
            last.secondsSinceEpoch + evictionPeriod > now.secondsSinceEpoch
        {
            return []
        }
        session.lastTimeDivision = now
        let overdue = lent.overdue(session).sorted { left, right in
            session.tasks[left].job == session.tasks[right].job
                ? session.points.isTask(right, before: left, in: session)
                : session.tasks[left].key < session.tasks[right].key
        }
        return Self.withinBudgets(overdue, session, sparesMinima: session.compatibility == .gangwright)
    }

    /// Of each gang's pods as many from the front as its budget allows.
    ///
    /// - Parameter sparesMinima: whether a gang with a budget that does not let all of it go keeps its minimum.
    private static func withinBudgets(
        _ candidates: [Int], _ session: Session, sparesMinima: Bool
    ) -> [Int] {
        var left: [Int: Int] = [:]
        return candidates.filter { task in
            guard let job = session.tasks[task].job else { return false }
            let allowed = left[job] ?? allowance(of: job, session, sparesMinimum: sparesMinima)
            left[job] = allowed - 1
            return allowed > 0
        }
    }

    private static func allowance(of job: Int, _ session: Session, sparesMinimum: Bool) -> Int {
        var (ended, running) = (0, 0)
        for task in session.jobs[job].tasks {
            switch session.tasks[task].status {
            case .succeeded, .failed: ended += 1
            case .running: running += 1
            default: break
            }
        }
        let budget = session.gangNotes[job]?.budget ?? GangBudget()
        let allowed = budget.allowance(
            pods: session.jobs[job].tasks.count, ended: ended, running: running,
            under: session.compatibility)
        let counts = session.jobs[job].counts
        if !sparesMinimum || budget.isDefault || allowed >= counts.allocated { return allowed }
        return min(allowed, max(0, counts.ready - session.jobs[job].minMember))
    }

    // MARK: Time

    private func noteChanges(_ lent: LentNodes, _ session: Session, _ points: inout PluginPoints) {
        guard let now = session.now else { return }
        let second = session.localSecond(at: now)
        for zone in Set(lent.zones.values) {
            guard let window = windows[zone] else { continue }
            let wait = window.secondsToChange(from: second)
            points.mayChange(at: Timestamp(secondsSinceEpoch: now.secondsSinceEpoch + wait))
        }
        if session.configuration.actions.contains(.shuffle), !lent.overdue(session).isEmpty {
            var next = now.secondsSinceEpoch + evictionPeriod
            if let last = session.lastTimeDivision,
                last.secondsSinceEpoch + evictionPeriod > now.secondsSinceEpoch
            {
                next = last.secondsSinceEpoch + evictionPeriod
            }
            points.mayChange(at: Timestamp(secondsSinceEpoch: next))
        }
    }
}

/// The nodes that are lent by the hour, as of the opening; nodes are the allocator's indices.
private struct LentNodes {
    /// The zone of each.
    let zones: [Int: String]
    /// Those that may be used now.
    private(set) var open: Set<Int> = []
    /// Those that may not: their window is over, or their zone has none. Where nobody knows the time, only the latter.
    private(set) var closed: Set<Int> = []
    /// Those whose window is over.
    private var revoked: [Int] = []

    init(_ session: Session, _ windows: [String: RevocableWindow]) {
        zones = session.nodes(labelled: "volcano.sh/revocable-zone")
        for (node, zone) in zones {
            guard let window = windows[zone] else {
                closed.insert(node)
                continue
            }
            guard let now = session.now else { continue }
            if window.contains(session.localSecond(at: now), under: session.compatibility) {
                open.insert(node)
            } else {
                closed.insert(node)
                revoked.append(node)
            }
        }
        revoked.sort()
    }

    /// The preemptable pods that run where the window is over.
    func overdue(_ session: Session) -> [Int] {
        var found: [Int] = []
        for node in revoked {
            session.forEachTask(on: session.nodes.entry(atIndex: node)) { task in
                guard session.tasks[task].status == .running, session.isPreemptable(task),
                    let job = session.tasks[task].job, session.jobs[job].origin != nil
                else { return }
                if !session.jobs[job].isOrdered { session.orderTasks(of: job) }
                found.append(task)
            }
        }
        return found
    }
}
