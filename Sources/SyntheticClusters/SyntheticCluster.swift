public import ClusterModel

/// A recipe for a cluster and its workload: equal recipes and seeds give equal snapshots.
///
///     var cluster = SyntheticCluster.mixed(nodes: 10_000)
///     cluster.fillPercent = 90
///     let snapshot = cluster.snapshot(seed: 42)
///
/// Tests, benchmarks and simulations share these. What such a cluster holds is sane: no node is over-committed, no gang
/// runs in part. For the opposite see `AdversarialCluster`.
public struct SyntheticCluster: Equatable, Sendable {
    /// The nodes, pool by pool.
    public var pools: [NodePool]
    /// What jobs there are, and how many of each beside the others.
    public var jobs: [Weighted<JobTemplate>]
    /// The queues, and how many jobs go to each beside the others.
    public var queues: [Weighted<Queue>]
    /// The priority classes, and how many jobs have each beside the others; `nil` stands for jobs without one.
    public var priorityClasses: [Weighted<PriorityClass?>]
    /// The part of every resource of every pool that running pods hold at most, and come as close to as they can.
    public var fillPercent: Int
    /// The work that waits.
    public var pending: PendingDemand
    /// The namespace of all pods.
    public var namespace: String
    /// The scheduler that the pods ask for.
    public var schedulerName: String

    /// A recipe; by default nothing runs, and the jobs that wait ask for 95 % of the cluster.
    public init(
        pools: [NodePool], jobs: [Weighted<JobTemplate>],
        queues: [Weighted<Queue>] = [Weighted(Queue(name: "default"), weight: 1)],
        priorityClasses: [Weighted<PriorityClass?>] = [Weighted(nil, weight: 1)], fillPercent: Int = 0,
        pending: PendingDemand = .percentOfCapacity(95), namespace: String = "training",
        schedulerName: String = "gangwright"
    ) {
        self.pools = pools
        self.jobs = jobs
        self.queues = queues
        self.priorityClasses = priorityClasses
        self.fillPercent = fillPercent
        self.pending = pending
        self.namespace = namespace
        self.schedulerName = schedulerName
    }

    /// The cluster of a seed.
    ///
    /// Jobs are numbered in the order of their creation, a second apart: those that run come first.
    ///
    /// - Complexity: O(nodes × job templates + pods).
    public func snapshot(seed: UInt64) -> ClusterSnapshot {
        var random = SeededGenerator(seed: seed)
        var running = random.fork()
        var waiting = random.fork()

        let nodes = makeNodes()
        var workload = WorkloadBuilder(recipe: self)
        var placement = RunningPlacement(recipe: self)
        placement.fill(using: &running) { job, nodeIndices, random in
            workload.add(job, onNodes: nodeIndices.map { nodes[$0].name }, using: &random)
        }
        addPending(to: &workload, using: &waiting)

        return ClusterSnapshot(
            nodes: nodes, pods: workload.pods, podGroups: workload.podGroups, queues: queues.map(\.value),
            priorityClasses: priorityClasses.compactMap(\.value), instanceTypes: instanceTypes,
            newestTimestamp: workload.podGroups.last?.created)
    }

    private func makeNodes() -> [Node] {
        var nodes: [Node] = []
        nodes.reserveCapacity(pools.reduce(0) { $0 + $1.count })
        for pool in pools {
            let allocatable = pool.allocatable
            let sharedLabels = pool.sharedLabels
            for _ in 0..<pool.count {
                let name = "\(pool.namePrefix)-\(paddedNumber(nodes.count))"
                var labels = sharedLabels
                labels[NodePool.hostnameLabel] = name
                nodes.append(
                    Node(
                        name: name, labels: labels, taints: pool.taints, ready: .isTrue,
                        allocatable: allocatable))
            }
        }
        return nodes
    }

    private func addPending(to workload: inout WorkloadBuilder, using random: inout SeededGenerator) {
        guard jobs.contains(where: { $0.weight > 0 }) else { return }
        let resource: ResourceName?
        var left: Int64
        switch pending {
        case .pods(let count):
            resource = nil
            left = Int64(count)
        case .percentOfCapacity(let percent):
            let candidates = [ResourceName.nvidiaGPU, .cpu].filter { name in
                capacity(of: name) > 0 && isAsked(name)
            }
            guard let measured = candidates.first else { return }
            resource = measured
            left = capacity(of: measured) * Int64(percent) / 100
        }
        while left > 0 {
            let job = random.choice(jobs)
            let cost = resource.map { job.instanceType.requests[$0] ?? 0 } ?? 1
            var size = random.choice(job.gangSizes)
            if cost > 0 { size = min(size, Int(left / cost)) }
            if size == 0 { return }
            workload.add(job, waitingWorkers: size, using: &random)
            left -= cost * Int64(size)
        }
    }

    private func capacity(of resource: ResourceName) -> Int64 {
        pools.reduce(0) { $0 + Int64($1.count) * ($1.allocatable[resource] ?? 0) }
    }

    private func isAsked(_ resource: ResourceName) -> Bool {
        jobs.contains { $0.weight > 0 && ($0.value.instanceType.requests[resource] ?? 0) > 0 }
    }

    /// The types of all jobs, each once, and the built-in default unless one of them is an override of it.
    private var instanceTypes: [InstanceType] {
        var seen: Set<String> = []
        let all = jobs.map(\.value.instanceType) + [BuiltInInstanceType.azureml2022.instanceType]
        return all.filter { seen.insert($0.name).inserted }
    }
}

/// A number of at least five digits, so that names sort as their numbers do.
func paddedNumber(_ number: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, 5 - digits.utf8.count)) + digits
}
