import ClusterModel
import SyntheticClusters
import TestSupport

/// Small random clusters for the oracle: everything that decides is drawn often, and nothing that the scheduler
/// treats differently from Volcano on purpose (docs/volcano-compatibility.md).
struct AgreementCluster {
    private var random: SeededGenerator
    private var snapshot = ClusterSnapshot()
    private var ledger = NodeLedger()

    static func snapshot(seed: UInt64) -> ClusterSnapshot {
        var cluster = AgreementCluster(random: SeededGenerator(seed: seed))
        cluster.drawNodes()
        cluster.drawQueues()
        cluster.drawStrangers()
        for number in 0..<cluster.random.integer(in: 2...8) { cluster.drawGang(number) }
        return cluster.snapshot
    }

    private init(random: SeededGenerator) { self.random = random }

    private mutating func drawNodes() {
        let isEqual = random.chance(1, in: 2)
        let hasGPUs = random.chance(2, in: 3)
        for number in 0..<random.integer(in: 2...8) {
            var node = Node.of(
                "n\(number)", isEqual ? 4_000 : random.choice([2_000, 4_000, 8_000]),
                memory: (isEqual ? 8 : random.choice([4, 8, 16])) * gibibyte,
                gpus: hasGPUs && random.chance(2, in: 3) ? random.choice([2, 4]) : nil,
                slots: random.chance(1, in: 6) ? Int64(random.integer(in: 1...4)) : 110,
                labels: ["zone": random.choice(["a", "b"])])
            if random.chance(1, in: 6) {
                node.taints = [
                    Taint(key: "dedicated", effect: random.choice([.noSchedule, .preferNoSchedule]))
                ]
            }
            node.isUnschedulable = random.chance(1, in: 15)
            snapshot.nodes.append(node)
        }
    }

    private mutating func time() -> Timestamp? {
        random.chance(1, in: 4) ? nil : .second(Int64(random.integer(in: 0...3)))
    }

    private mutating func drawQueues() {
        for number in 0..<random.integer(in: 1...4) {
            var queue = Queue(name: number == 0 ? "default" : "q\(number)", created: time())
            queue.weight = random.choice([1, 1, 2, 3])
            if random.chance(1, in: 6) { queue.priority = Int32(random.integer(in: 1...2)) }
            if random.chance(1, in: 4) { queue.capability = [.cpu: Int64(random.integer(in: 1...8)) * 1_000] }
            if random.chance(1, in: 8) {
                var capability = queue.capability ?? [:]
                capability[.nvidiaGPU] = Int64(random.integer(in: 0...3))
                queue.capability = capability
            }
            if random.chance(1, in: 2) { queue.deserved = [.cpu: Int64(random.integer(in: 1...6)) * 1_000] }
            if random.chance(1, in: 4) {
                queue.deserved[.memory] = Int64(random.integer(in: 1...16)) * gibibyte
            }
            if random.chance(1, in: 6) { queue.deserved[.nvidiaGPU] = Int64(random.integer(in: 0...3)) }
            if random.chance(1, in: 12) { queue.isReclaimable = false }
            if random.chance(1, in: 5) { queue.guarantee = [.cpu: Int64(random.integer(in: 1...2)) * 1_000] }
            if random.chance(1, in: 12) { queue.state = .closed }
            if number > 1, random.chance(1, in: 2) {
                queue.parent = random.choice(["q1", number > 2 ? "q2" : "q1", "root"])
            }
            snapshot.queues.append(queue)
        }
        snapshot.priorityClasses = [
            PriorityClass(name: "low", value: 10), PriorityClass(name: "high", value: 100),
        ]
        if random.chance(1, in: 4) {
            snapshot.priorityClasses.append(PriorityClass(name: "usual", value: 50, isGlobalDefault: true))
        }
    }

    private mutating func request() -> ResourceList {
        if random.chance(1, in: 8) { return [:] }
        var amounts: ResourceList = [.cpu: random.choice([500, 1_000, 1_000, 2_000, 3_000])]
        if random.chance(2, in: 3) { amounts[.memory] = Int64(random.integer(in: 1...4)) * gibibyte }
        if random.chance(1, in: 3) { amounts[.nvidiaGPU] = Int64(random.integer(in: 1...2)) }
        return amounts
    }

    /// Pods of another scheduler.
    private mutating func drawStrangers() {
        for number in 0..<random.integer(in: 0...2) {
            let pod = Pod.waiting("stranger-\(number)", asking: request()).with { $0.schedulerName = "other" }
            guard let node = room(for: pod) else { continue }
            ledger.add(pod, to: node)
            snapshot.pods.append(pod.running(on: node))
        }
    }

    private mutating func room(for pod: Pod) -> String? {
        let counted = pod.requests.sorted + [(name: .pods, amount: 1)]
        var free: [String] = []
        for node in snapshot.nodes {
            let isFull = counted.contains { entry in
                let limit = NodeLedger.limit(of: entry.name, on: node)
                return ledger.amount(of: entry.name, on: node.name) + entry.amount > limit
            }
            if !isFull { free.append(node.name) }
        }
        return free.isEmpty ? nil : random.choice(free)
    }

    private func isParent(_ queue: Queue) -> Bool { snapshot.queues.contains { $0.parent == queue.name } }

    private mutating func drawGang(_ number: Int) {
        let name = random.choice(["a", "b", "c"]) + "\(number)"
        let size = random.integer(in: 1...5)
        var group = PodGroup.gang(
            name, min: random.integer(in: random.chance(1, in: 10) ? 0...size : 1...size),
            queue: random.choice(snapshot.queues.filter { !isParent($0) || random.chance(1, in: 60) }).name)
        group.created = time()
        group.priorityClassName = random.choice(["", "", "low", "high", "unknown"])
        let isStarted = random.chance(2, in: 5)
        group.phase = random.choice(
            isStarted ? [.running, .running, .inqueue, .unknown, .pending] : [.pending, .pending, .inqueue])
        let roles = random.choice([[""], ["worker"], ["master", "worker"]])
        var pods: [Pod] = []
        let usual = request()
        for index in 0..<size {
            let role = roles.count == 1 ? roles[0] : index == 0 ? roles[0] : roles[1]
            let asked = random.chance(4, in: 5) ? usual : request()
            var pod = Pod.waiting("\(name)-\(role)-\(index)", asking: asked, of: name, role: role)
            drawWishes(&pod)
            if isStarted { start(&pod) }
            pods.append(pod)
        }
        for role in roles where random.chance(1, in: 3) {
            let count = pods.count { $0.role == role }
            group.minTaskMember.append(
                RoleMinimum(role: role, minimum: random.integer(in: 1...max(1, count))))
        }
        if random.chance(3, in: 4) {
            var sum = ResourceList()
            for pod in pods.prefix(max(1, group.minMember)) {
                for (name, amount) in pod.requests.sorted { sum[name] = (sum[name] ?? 0) + amount }
            }
            group.minResources = sum
        }
        if random.chance(1, in: 20) { pods = [] }
        snapshot.podGroups.append(group)
        snapshot.pods += pods
    }

    private mutating func drawWishes(_ pod: inout Pod) {
        pod.created = time()
        if random.chance(1, in: 4) { pod.priority = Int32(random.integer(in: 0...3)) }
        if random.chance(1, in: 12) { pod.nodeSelector = ["zone": "a"] }
        if random.chance(1, in: 6) {
            let requirement = NodeSelectorRequirement(key: "zone", operator: .isIn, values: ["b"])
            let term = NodeSelectorTerm(matchExpressions: [requirement])
            if random.chance(1, in: 3) {
                pod.nodeAffinity.required = [term]
            } else {
                pod.nodeAffinity.preferred = [PreferredSchedulingTerm(weight: 10, preference: term)]
            }
        }
        if random.chance(1, in: 8) { pod.tolerations = [Toleration(key: "dedicated", operator: .exists)] }
        if random.chance(1, in: 10) {
            pod.annotations["volcano.sh/preemptable"] = random.choice(["true", "false"])
        }
        if random.chance(1, in: 30) { pod.priorityClassName = "system-node-critical" }
    }

    private mutating func start(_ pod: inout Pod) {
        if random.chance(1, in: 4) { return }
        if random.chance(1, in: 10) {
            pod.nodeName = random.choice(snapshot.nodes).name
            pod.phase = random.choice([.succeeded, .failed])
            return
        }
        guard let node = room(for: pod) else { return }
        ledger.add(pod, to: node)
        pod.nodeName = node
        pod.phase = random.chance(4, in: 5) ? .running : .pending
        pod.isTerminating = random.chance(1, in: 6)
    }
}
