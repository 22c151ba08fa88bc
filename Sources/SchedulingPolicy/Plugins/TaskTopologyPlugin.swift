import Allocator
import ClusterModel

/// Brings pods of roles that belong together onto one node, where a gang's annotations ask for it.
///
/// Source: Volcano's `task-topology`, which Azure ML's configuration names. A gang without the annotations is not touched.
struct TaskTopologyPlugin: Plugin {
    static let name = "task-topology"
    static let arguments = [ArgumentSchema(name: "task-topology.weight", kind: .integer(default: 1))]

    private let weight: Int64

    init(_ arguments: Arguments) { weight = arguments.integer("task-topology.weight") }

    func open(_ session: Session, _ points: inout PluginPoints) {
        if session.topologies.isEmpty { return }
        let gangs = TopologyGangs(session)
        if gangs.buckets.isEmpty { return }
        points.orderTasks { session, left, right in
            guard let job = session.tasks[left].job, job == session.tasks[right].job,
                let buckets = gangs.buckets[job]
            else { return 0 }
            return buckets.order(left, right, session)
        }
        points.observePlaces { session, task, event in gangs.note(task, event, session) }
        points.scoreNodes { [weight] session, task in
            guard let job = session.tasks[task].job, let buckets = gangs.buckets[job],
                buckets.contains(task)
            else { return nil }
            return NodeScore { nodes in
                nodes.map { node in
                    let entry = session.nodes.entry(atIndex: node)
                    return buckets.score(
                        task, on: entry,
                        free: { gangs.free(node, entry, $0, session) }, weight: weight, session)
                }
            }
        }
    }
}

/// The gangs with a topology of which pods wait, in the cycle that is open.
private final class TopologyGangs {
    /// By gang.
    let buckets: [Int: TaskBuckets]
    /// What is promised on nodes (by entry) in this cycle, by column: Volcano looks past it here.
    private var promised: [Int: [Int64]] = [:]

    init(_ session: Session) {
        var buckets: [Int: TaskBuckets] = [:]
        for (job, topology) in session.topologies {
            let gang = session.jobs[job]
            if gang.counts.pending == 0 || gang.origin == nil { continue }
            let roles = Set(gang.roles.filter { $0.counts != PodCounts() }.map(\.name))
            if topology.isValid(roles: roles) {
                buckets[job] = TaskBuckets(topology, of: job, in: session)
            }
        }
        self.buckets = buckets
    }

    func note(_ task: Int, _ event: PlaceEvent, _ session: Session) {
        if event == .evicted || event == .restored { return }
        let sign: Int64 = event == .placed ? 1 : -1
        if let node = session.tasks[task].node, session.tasks[task].status == .pipelined {
            let none = [Int64](repeating: 0, count: session.resources.count)
            session.change(&promised[node, default: none], by: task, sign: sign)
        }
        if let job = session.tasks[task].job { buckets[job]?.note(task, sign: Int(sign), session) }
    }

    /// What is idle on a node or is being freed there.
    func free(_ node: Int, _ entry: Int, _ column: Int, _ session: Session) -> Int64 {
        session.allocator.futureIdle(node, column) + (promised[entry]?[column] ?? 0)
    }
}
