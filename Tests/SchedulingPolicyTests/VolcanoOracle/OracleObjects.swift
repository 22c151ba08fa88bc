import ClusterModel

/// The status of a task (7.4).
enum OracleStatus: Sendable {
    case pending, allocated, pipelined, binding, bound, running, releasing, succeeded, failed, unknown

    /// The set *Allocated*.
    var isAllocated: Bool { [.bound, .binding, .running, .allocated].contains(self) }
}

/// A pod as the session sees it.
final class OracleTask {
    let pod: Pod
    let request: OracleAmounts
    var status: OracleStatus
    var node: String?
    /// Evicted in this session: it has left what Kubernetes' filters see of the node (6.7).
    var isEvicted = false

    init(_ pod: Pod) {
        self.pod = pod
        request = .request(of: pod)
        node = pod.nodeName
        switch pod.phase {
        case .running: status = pod.isTerminating ? .releasing : .running
        case .pending: status = pod.isTerminating ? .releasing : pod.nodeName == nil ? .pending : .bound
        case .succeeded: status = .succeeded
        case .failed: status = .failed
        case .unknown: status = .unknown
        }
    }

    var isBestEffort: Bool { request.isBestEffort }
    var isGated: Bool { !pod.schedulingGates.isEmpty }
    /// 6.2.
    var priority: Int {
        pod.annotations["volcano.sh/task-priority"].flatMap { Int32($0) }.map(Int.init)
            ?? pod.priority.map(Int.init) ?? 1
    }
    /// 2.2: missing is true, unreadable is false.
    var isPreemptable: Bool {
        guard let text = pod.annotations["volcano.sh/preemptable"] ?? pod.labels["volcano.sh/preemptable"]
        else { return true }
        return ["1", "t", "T", "true", "TRUE", "True"].contains(text)
    }
    /// The last part of a name of three parts or more, if it is a number (4.1).
    var index: Int? {
        let parts = pod.key.name.split(separator: "-", omittingEmptySubsequences: false)
        return parts.count >= 3 ? Int(parts[parts.count - 1]) : nil
    }
}

/// A pod group and its pods.
final class OracleJob {
    let group: PodGroup
    let tasks: [OracleTask]
    let priority: Int
    var phase: PodGroup.Phase
    /// The roles of which a pod has found no node in this session.
    var failedRoles: Set<String> = []

    init(_ group: PodGroup, tasks: [OracleTask], priority: Int) {
        self.group = group
        self.tasks = tasks
        self.priority = priority
        phase = group.phase
    }

    var min: Int { group.minMember }
    var minResources: OracleAmounts? { group.minResources.map { OracleAmounts($0) } }

    func count(_ statuses: OracleStatus...) -> Int { tasks.count { statuses.contains($0.status) } }

    /// 6.1.
    var ready: Int { count(.bound, .binding, .running, .allocated, .succeeded) }
    var waiting: Int { count(.pipelined) }
    var pendingBestEffort: Int { tasks.count { $0.status == .pending && $0.isBestEffort } }

    /// What its tasks hold as the plugins' event handlers count: pipelined ones too, evicted ones no more (5.1).
    var allocated: OracleAmounts {
        .sum(tasks.filter { $0.status.isAllocated || $0.status == .pipelined }.map(\.request))
    }

    /// Whether each role has its minimum, unless the roles ask for more than the gang.
    func hasRoles(counting counts: (OracleTask) -> Bool) -> Bool {
        if min < group.minTaskMember.reduce(0, { $0 + $1.minimum }) { return true }
        return group.minTaskMember.allSatisfy { role in
            tasks.count { $0.pod.role == role.role && counts($0) } >= role.minimum
        }
    }
}

/// A node: its books are added up anew whenever they are asked for (7.5).
final class OracleNode {
    let node: Node
    let allocatable: OracleAmounts
    /// Every task of the cluster.
    let all: [OracleTask]

    init(_ node: Node, all: [OracleTask]) {
        self.node = node
        self.all = all
        var amounts = OracleAmounts(node.allocatable)
        // Deliberate difference: a node that does not name pods takes any number.
        if amounts.values["pods"] == nil { amounts.values["pods"] = 1e9 }
        allocatable = amounts
    }

    var name: String { node.name }

    /// The tasks on the node; ended ones have left it.
    var tasks: [OracleTask] {
        all.filter { $0.node == name && $0.status != .succeeded && $0.status != .failed }
    }

    private func total(_ isCounted: (OracleStatus) -> Bool) -> OracleAmounts {
        .sum(tasks.filter { isCounted($0.status) }.map(\.request))
    }

    var used: OracleAmounts { total { $0 != .pipelined } }
    var idle: OracleAmounts { allocatable - used }
    var futureIdle: OracleAmounts { idle + total { $0 == .releasing } - total { $0 == .pipelined } }

    /// Room for one more pod, now and when those that are promised a place have come.
    var hasSlot: Bool { idle["pods"] >= 1 && allocatable["pods"] >= Double(kubernetesTasks.count + 1) }

    /// What Kubernetes' own filters and scores see; what is evicted has left it.
    var kubernetesTasks: [OracleTask] { tasks.filter { !$0.isEvicted } }
}
