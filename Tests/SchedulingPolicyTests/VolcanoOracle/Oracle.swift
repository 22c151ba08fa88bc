import ClusterModel

/// One scheduling session of Volcano's main branch, written down a second time from its description alone.
///
/// It is slow and short: everything is added up and compared anew whenever it is asked for. What Volcano leaves to
/// chance follows our rules: all nodes are looked at, of equal scores the smallest name wins, of equal jobs and
/// queues the older one (without a time: oldest), then the smaller name.
///
/// Not in it: network topology and sub-groups, nominated nodes, dry-run preemption, drf's hierarchy, devices.
final class Oracle {
    struct Placement: Equatable, Hashable {
        var pod: String
        var node: String
    }
    struct Eviction: Equatable {
        var pod: String
        var node: String
        var reason: String
        var preemptor: String
    }

    let configuration: OracleConfiguration
    var nodes: [OracleNode] = []
    var jobs: [OracleJob] = []
    var queues: [String: Queue] = [:]
    var tiers: [[OraclePlugin]] = []
    var binds: [Placement] = []
    var evictions: [Eviction] = []
    private var jobOfPod: [ObjectKey: OracleJob] = [:]

    /// A session that has just been opened.
    init(_ snapshot: ClusterSnapshot, _ configuration: OracleConfiguration) {
        self.configuration = configuration
        let tasks = snapshot.pods.sorted { $0.key < $1.key }.map { OracleTask($0) }
        nodes = snapshot.nodes.sorted { $0.name.precedes($1.name) }.map {
            OracleNode($0, all: tasks)
        }
        for queue in snapshot.queues { queues[queue.name] = queue }
        // The scheduler makes these two when it starts (1.3).
        for name in ["default", "root"] where queues[name] == nil { queues[name] = Queue(builtIn: name) }
        var classes: [String: Int] = [
            "system-node-critical": 2_000_001_000, "system-cluster-critical": 2_000_000_000,
        ]
        for known in snapshot.priorityClasses { classes[known.name] = Int(known.value) }
        let fallback = snapshot.priorityClasses.first { $0.isGlobalDefault }.map { Int($0.value) } ?? 0
        let groups = snapshot.podGroups.sorted { Self.isOlder($0.created, $0.key, $1.created, $1.key) }
        for group in groups where queues[group.queue] != nil {
            let members = tasks.filter {
                $0.pod.key.namespace == group.key.namespace && $0.pod.podGroup == group.key.name
            }
            let job = OracleJob(
                group, tasks: members, priority: classes[group.priorityClassName] ?? fallback)
            jobs.append(job)
            for task in members { jobOfPod[task.pod.key] = job }
        }
        tiers = configuration.tiers.map { tier in
            tier.compactMap { setting in OraclePlugin.kinds[setting.name].map { $0.init(setting, self) } }
        }
        for plugin in tiers.joined() { plugin.open() }
    }

    /// Runs the actions and closes the session.
    func run() {
        for action in configuration.actions {
            switch action {
            case "enqueue": enqueue()
            case "allocate": allocate()
            case "backfill": backfill()
            case "preempt": preempt()
            case "reclaim": reclaim()
            default: break
            }
        }
        for job in jobs { job.phase = phaseAtClose(job) }
    }

    /// What the nodes of the cluster offer together (4).
    var total: OracleAmounts { .sum(nodes.map(\.allocatable)) }

    /// The order in which sums over queues are made, which decides their last bit: Volcano leaves it to chance.
    var queueNames: [String] { queues.keys.sorted { $0.precedes($1) } }

    func job(of task: OracleTask) -> OracleJob? { jobOfPod[task.pod.key] }
    func queue(of job: OracleJob) -> Queue { queues[job.group.queue] ?? Queue(name: job.group.queue) }

    /// Pods that hold a place at the end without being bound.
    var holding: Set<Placement> {
        Set(
            jobs.flatMap(\.tasks).filter { $0.status == .pipelined || $0.status == .allocated }.map {
                Placement(pod: $0.pod.key.description, node: $0.node ?? "")
            })
    }

    /// The phase that is written at the end (8.3).
    private func phaseAtClose(_ job: OracleJob) -> PodGroup.Phase {
        let isUnschedulable = tiers.joined().contains { $0.isUnschedulable(job) }
        if job.count(.running) > 0 && isUnschedulable { return .unknown }
        let completed = job.count(.failed, .succeeded)
        let scheduled =
            job.count(.running, .bound, .failed, .succeeded)
            + job.tasks.count { $0.status == .releasing && $0.node != nil }
        if scheduled >= job.min { return completed == scheduled ? .completed : .running }
        return job.phase == .inqueue ? .inqueue : .pending
    }
}
