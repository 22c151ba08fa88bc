import Allocator
import ClusterModel

/// Turns a snapshot into the state that a cycle works on.
///
/// Everything is brought into an order of its own: nodes, queues and gangs by name and age, never by arrival.
struct SessionBuilder {
    private let snapshot: ClusterSnapshot
    private let compatibility: Compatibility
    private let options: CycleOptions
    private let priorities: PriorityResolver
    private var queueIndices: [String: Int] = [:]
    private var queues: [QueueShare] = []
    private var groups: [ObjectKey: PodGroup] = [:]
    private var members: [ObjectKey: [Int]] = [:]
    private var strays: [Stray] = []
    /// Gangs of which a pod asks for another scheduler.
    private var foreign: Set<ObjectKey> = []
    /// What each pod of the snapshot takes.
    private var requests: [PodRequest] = []

    init(snapshot: ClusterSnapshot, compatibility: Compatibility, options: CycleOptions) {
        self.snapshot = snapshot
        self.compatibility = compatibility
        self.options = options
        priorities = PriorityResolver(classes: snapshot.priorityClasses)
    }

    /// Builds the session.
    ///
    /// - Parameter demands: the filters and scores that the plugins chose.
    /// - Throws: `ResourceOverflow` when amounts do not add up within 63 bits.
    mutating func build(_ points: inout ExtensionPoints, plugins: [ConfiguredPlugin]) throws(ResourceOverflow)
        -> Session
    {
        let resources = resourceTable()
        for plugin in plugins { plugin.describeNodes(&points.nodes) }
        if compatibility == .gangwright { points.nodes.filters.insert(.nodeReady) }
        requests = podRequests(in: resources)
        var cluster = try ClusterState(nodes: snapshot.nodes, resources: resources)
        try occupy(&cluster)
        openQueues(columns: resources.count)
        gatherGangs()

        let counting = cluster.nodesByName.filter {
            compatibility != .gangwright || cluster.node($0).isReady
        }
        let total = (0..<resources.count).map { column in
            counting.reduce(0.0) { $0 + Double(cluster.allocatable[column][$1]) }
        }
        let used = (0..<resources.count).map { column in
            counting.reduce(0.0) { $0 + Double(cluster.allocatable[column][$1] - cluster.idle[column][$1]) }
        }
        let (filters, kernels) = (points.nodes.filters, points.nodes.kernels)
        var allocator: any PodAllocator =
            switch options.allocator {
            case .indexed: IndexedAllocator(cluster: cluster, filters: filters, kernels: kernels)
            case .reference: ReferenceAllocator(cluster: cluster, filters: filters, kernels: kernels)
            }
        var jobs: [JobState] = []
        var tasks: [TaskState] = []
        for group in groups.values.sorted(by: JobState.isOlder) {
            jobs.append(
                openJob(
                    group, index: jobs.count, resources: resources, evaluated: points.nodes.evaluated,
                    tasks: &tasks, allocator: &allocator, cluster: cluster))
        }
        return Session(
            compatibility: compatibility, snapshot: snapshot, resources: resources, total: total, used: used,
            jobs: jobs, tasks: tasks, queues: queues, strays: strays, allocator: allocator)
    }

    /// The columns: every resource that an object names.
    private func resourceTable() -> ResourceTable {
        var names = Set<ResourceName>()
        for node in snapshot.nodes { names.formUnion(node.allocatable.names) }
        for pod in snapshot.pods { names.formUnion(pod.requests.names) }
        for group in snapshot.podGroups { names.formUnion(group.minResources?.names ?? []) }
        for queue in snapshot.queues {
            names.formUnion(queue.capability.names)
            names.formUnion(queue.guarantee.names)
        }
        for type in snapshot.instanceTypes { names.formUnion(type.requests.names) }
        return ResourceTable(names)
    }

    /// What each pod takes. The pods of a gang come one after the other, and all alike.
    private func podRequests(in resources: ResourceTable) -> [PodRequest] {
        var last: (requests: ResourceList, nonZero: NonZeroRequests, request: PodRequest)?
        return snapshot.pods.map { pod in
            if let last, last.nonZero == pod.nonZeroRequests, last.requests == pod.requests {
                return last.request
            }
            let request = PodRequest(pod, in: resources)
            last = (pod.requests, pod.nonZeroRequests, request)
            return request
        }
    }

    /// Puts every pod that is on a node there, and makes sure that no sum can overflow later.
    private func occupy(_ cluster: inout ClusterState) throws(ResourceOverflow) {
        var sums = OverflowGuard(resources: cluster.resources)
        for (pod, request) in zip(snapshot.pods, requests) where !pod.isTerminal {
            try sums.add(request)
            // A pod without a group is its own minimum.
            if pod.podGroup == nil { try sums.add(request) }
            guard let name = pod.nodeName, let node = cluster.index(ofNode: name) else { continue }
            cluster.add(request, to: node, as: TaskStatus(pod) == .releasing ? .releasing : .bound)
        }
        // A gang's minimum and a queue's guarantee are added to what pods use.
        for group in snapshot.podGroups { try sums.add(group.minResources ?? [:]) }
        for queue in snapshot.queues { try sums.add(queue.guarantee) }
        for type in snapshot.instanceTypes { try sums.add(type.requests) }
    }

    private mutating func openQueues(columns: Int) {
        var all = snapshot.queues
        for name in ["default", "root"] where !all.contains(where: { $0.name == name }) {
            all.append(Queue(name: name))
        }
        for queue in all.sorted(by: { $0.name.precedes($1.name) }) {
            queueIndices[queue.name] = queues.count
            queues.append(QueueShare(queue: queue, columns: columns))
        }
    }

    /// Sorts pods into gangs; a pod without a group becomes a gang of one.
    private mutating func gatherGangs() {
        for group in snapshot.podGroups { groups[group.key] = group }
        var singles: [PodGroup] = []
        for (index, pod) in snapshot.pods.enumerated() {
            if pod.isPending, let schedulers = options.schedulerNames, !schedulers.contains(pod.schedulerName)
            {
                strays.append(
                    Stray(
                        pod: index, reason: .otherScheduler,
                        message: "asks for the scheduler \(pod.schedulerName)"))
                if let name = pod.podGroup {
                    foreign.insert(ObjectKey(namespace: pod.key.namespace, name: name))
                }
                continue
            }
            if pod.isPending, pod.isTerminating {
                strays.append(Stray(pod: index, reason: .terminating, message: "is being deleted"))
                continue
            }
            if let name = pod.podGroup {
                let key = ObjectKey(namespace: pod.key.namespace, name: name)
                if groups[key] != nil {
                    members[key, default: []].append(index)
                } else if pod.isPending {
                    strays.append(
                        Stray(
                            pod: index, reason: .podGroupNotFound,
                            message: "its PodGroup \(key) does not exist"))
                }
            } else if pod.isPending || isOurs(pod) {
                singles.append(Self.gangOfOne(pod))
                members[singles[singles.count - 1].key] = [index]
            }
        }
        // Only now: a pod may name no gang of one. A PodGroup has no such name, since a slash is no part of one.
        for group in singles { groups[group.key] = group }
    }

    /// Whether a bound pod without a group is one of those that a queue answers for.
    private func isOurs(_ pod: Pod) -> Bool {
        options.schedulerNames?.contains(pod.schedulerName) ?? (pod.schedulerName != "default-scheduler")
    }

    /// The group that Volcano's controller would make for a pod without one.
    private static func gangOfOne(_ pod: Pod) -> PodGroup {
        var resources = pod.requests
        resources[.pods] = 1
        return PodGroup(
            key: ObjectKey(namespace: pod.key.namespace, name: pod.key.name + "/pod"), created: pod.created,
            queue: pod.annotations["scheduling.volcano.sh/queue-name"] ?? "default", minMember: 1,
            minResources: resources, priorityClassName: pod.priorityClassName,
            phase: pod.nodeName == nil ? .pending : .running, origin: .singlePod)
    }

    private mutating func openJob(
        _ group: PodGroup, index: Int, resources: ResourceTable, evaluated: Set<UnsupportedConstraint>,
        tasks: inout [TaskState], allocator: inout any PodAllocator, cluster: ClusterState
    ) -> JobState {
        let pods = (members[group.key] ?? []).sorted { snapshot.pods[$0].key < snapshot.pods[$1].key }
        let order = TaskOrder(pods: pods.map { snapshot.pods[$0] })
        let queue = queueIndices[group.queue]
        var job = JobState(
            group: group, queue: queue, priority: priority(of: group, pods: pods),
            roles: Self.roles(of: group, pods: pods.map { snapshot.pods[$0] }),
            minResources: group.minResources.map(resources.row), columns: resources.count)
        if queue == nil { job.refusal = .queueNotFound }
        if let invalid = group.invalid { job.refusal = .invalid(invalid) }
        if pods.isEmpty, foreign.contains(group.key) { job.refusal = .otherScheduler }

        for position in order.positions {
            let pod = snapshot.pods[pods[position]]
            let status = TaskStatus(pod)
            let task = TaskState(
                pod: pods[position], job: index,
                role: job.roles.firstIndex { $0.name == pod.role } ?? 0,
                shape: status == .pending ? allocator.intern(pod) : nil,
                request: requests[pods[position]],
                priority: pod.annotations["volcano.sh/task-priority"].flatMap { Int32($0) } ?? pod.priority
                    ?? 1,
                nominatedNode: pod.nominatedNodeName.flatMap(cluster.index(ofNode:)),
                block: Self.block(pod, evaluated: evaluated), status: status)
            job.count(status, in: task.role, isBestEffort: task.isBestEffort, by: 1)
            account(task, to: &job, queue: queue)
            job.tasks.append(tasks.count)
            tasks.append(task)
        }
        settle(job)
        return job
    }

    /// Books what a pod takes or asks for.
    private mutating func account(_ task: TaskState, to job: inout JobState, queue: Int?) {
        for entry in task.request.amounts {
            if task.status.isAllocated { job.allocated[entry.column] += entry.amount }
            if case .schedulingGates = task.block { job.gatedRequests[entry.column] += entry.amount }
            guard let queue else { continue }
            if task.status.isAllocated { queues[queue].allocated[entry.column] += entry.amount }
            if task.status.isAllocated || task.status == .pending {
                queues[queue].request[entry.column] += entry.amount
            }
        }
    }

    /// Books what a gang holds beyond its minimum, and what admission has promised it.
    private mutating func settle(_ job: JobState) {
        guard let queue = job.queue else { return }
        queues[queue].hasJobs = true
        for column in job.allocated.indices {
            queues[queue].elastic[column] += max(0, job.allocated[column] - (job.minResources?[column] ?? 0))
        }
        let promised =
            job.phase == .inqueue || (job.phase == .running && job.counts.allocated >= job.group.minMember)
        if promised, job.minResources != nil {
            for (column, amount) in job.outstanding(after: job.allocated).enumerated() {
                queues[queue].inqueue[column] += amount
            }
        }
    }

    /// The value of the gang's priority class, else of the cluster's default class, else 0.
    private func priority(of group: PodGroup, pods: [Int]) -> Int32 {
        if group.origin == .singlePod, let pod = pods.first { return snapshot.pods[pod].priority ?? 0 }
        return priorities.priority(ofClass: group.priorityClassName) ?? 0
    }

    /// The roles of a gang: those that its pods have, and those that it sets a minimum for.
    private static func roles(of group: PodGroup, pods: [Pod]) -> [RoleState] {
        var minima: [String: Int] = [:]
        for pod in pods { minima[pod.role] = 0 }
        for role in group.minTaskMember { minima[role.role] = role.minimum }
        if minima.isEmpty { minima[""] = 0 }
        return minima.sorted { $0.key.precedes($1.key) }.map { RoleState(name: $0.key, minimum: $0.value) }
    }

    private static func block(_ pod: Pod, evaluated: Set<UnsupportedConstraint>) -> PodBlock? {
        if !pod.schedulingGates.isEmpty { return .schedulingGates(pod.schedulingGates) }
        let open = pod.unsupportedConstraints.filter(evaluated.contains)
        return open.isEmpty ? nil : .unsupported(open)
    }
}

/// The sums of everything that a cycle may ever add up, to find out before it matters that one would overflow.
private struct OverflowGuard {
    private let resources: ResourceTable
    private var sums: [Int64]
    private var milliCPU: Int64 = 0
    private var memory: Int64 = 0

    init(resources: ResourceTable) {
        self.resources = resources
        sums = [Int64](repeating: 0, count: resources.count)
    }

    mutating func add(_ request: PodRequest) throws(ResourceOverflow) {
        for entry in request.amounts {
            try Self.add(entry.amount, to: &sums[entry.column], of: resources.names[entry.column])
        }
        try Self.add(request.nonZero.milliCPU, to: &milliCPU, of: .cpu)
        try Self.add(request.nonZero.memory, to: &memory, of: .memory)
    }

    mutating func add(_ list: ResourceList) throws(ResourceOverflow) {
        for (name, amount) in list.sorted {
            guard let column = resources.column(name) else { continue }
            try Self.add(amount, to: &sums[column], of: name)
        }
    }

    private static func add(_ amount: Int64, to sum: inout Int64, of name: ResourceName)
        throws(ResourceOverflow)
    {
        let (result, overflow) = sum.addingReportingOverflow(amount)
        if overflow { throw ResourceOverflow(resource: name) }
        sum = result
    }
}
