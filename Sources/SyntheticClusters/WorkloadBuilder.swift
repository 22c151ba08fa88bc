import ClusterModel

/// Turns drawn jobs into pod groups and pods, numbering them in the order in which they come.
struct WorkloadBuilder {
    private(set) var pods: [Pod] = []
    private(set) var podGroups: [PodGroup] = []

    private let namespace: String
    private let schedulerName: String
    private let queueNames: [Weighted<String>]
    private let priorityClasses: [Weighted<PriorityClass?>]

    /// 2026-01-01T00:00:00Z, when the first job is created.
    private static let firstCreation: Int64 = 1_767_225_600

    init(recipe: SyntheticCluster) {
        namespace = recipe.namespace
        schedulerName = recipe.schedulerName
        queueNames = recipe.queues.map { Weighted($0.value.name, weight: $0.weight) }
        priorityClasses = recipe.priorityClasses
    }

    /// Adds a gang that runs, one worker on each of the nodes named.
    mutating func add(_ job: JobTemplate, onNodes nodes: [String], using random: inout SeededGenerator) {
        add(job, workers: nodes.count, nodes: nodes, using: &random)
    }

    /// Adds a gang that waits.
    mutating func add(_ job: JobTemplate, waitingWorkers: Int, using random: inout SeededGenerator) {
        add(job, workers: waitingWorkers, nodes: nil, using: &random)
    }

    private mutating func add(
        _ job: JobTemplate, workers: Int, nodes: [String]?, using random: inout SeededGenerator
    ) {
        let number = podGroups.count
        let name = "job-\(paddedNumber(number))"
        let created = Timestamp(secondsSinceEpoch: Self.firstCreation + Int64(number))
        let priorityClass = random.choice(priorityClasses)
        podGroups.append(
            PodGroup(
                key: ObjectKey(namespace: namespace, name: name), created: created,
                queue: random.choice(queueNames), minMember: workers,
                minResources: multiplied(job.instanceType.requests, by: workers),
                priorityClassName: priorityClass?.name ?? "", phase: nodes == nil ? .pending : .running))
        var pod = Pod(
            key: ObjectKey(namespace: namespace, name: ""), created: created, podGroup: name, role: "worker",
            schedulerName: schedulerName, phase: nodes == nil ? .pending : .running,
            priority: priorityClass?.value, priorityClassName: priorityClass?.name ?? "",
            requests: job.instanceType.requests, nodeSelector: job.instanceType.nodeSelector,
            tolerations: job.tolerations)
        for worker in 0..<workers {
            pod.key.name = "\(name)-worker-\(worker)"
            pod.nodeName = nodes?[worker]
            pods.append(pod)
        }
    }

    private func multiplied(_ amounts: ResourceList, by count: Int) -> ResourceList {
        var product = amounts
        for (name, amount) in amounts.sorted { product[name] = amount * Int64(count) }
        return product
    }
}
