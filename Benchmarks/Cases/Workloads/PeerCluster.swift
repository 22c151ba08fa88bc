import ClusterModel

/// An allocate step as peers do it: for each pod, at each node, each plugin's predicate and score through an interface,
/// on copies of all node states that are made when a cycle begins.
///
/// It is Volcano's loop in as few lines as show its cost: no queues, no events, no cache of predicates, one thread. It
/// stands for a way to work, not for any program.
final class PeerCluster {
    private let nodes: [PeerNode]
    private let plugins: [any PeerPlugin] = [PeerPredicates(), PeerPreferences(), PeerBinpack()]
    /// How many nodes that take the pod are enough, and where the next search begins.
    private let enough: Int
    private var start = 0

    /// A cycle begins: copies every node's state.
    ///
    /// - Parameter samples: whether to stop at a part of the nodes, as kube-scheduler and Volcano do by default: half of
    ///   them less one percent for each 125, at least 5 % and at least 100.
    init(copying nodes: [PeerNode], samples: Bool) {
        self.nodes = nodes.map { PeerNode(copying: $0) }
        let part = max(5, 50 - nodes.count / 125)
        enough = samples ? min(nodes.count, max(100, nodes.count * part / 100)) : nodes.count
    }

    /// Places a gang's pods one by one; gives their places back if one finds none.
    func place(_ pods: [Pod]) -> Bool {
        var placed: [Int] = []
        for pod in pods {
            guard let node = best(for: pod) else {
                for (node, pod) in zip(placed, pods) {
                    nodes[node].idle.add(PeerAmounts(pod.requests), sign: 1)
                }
                return false
            }
            nodes[node].idle.add(PeerAmounts(pod.requests), sign: -1)
            placed.append(node)
        }
        return true
    }

    private func best(for pod: Pod) -> Int? {
        let request = PeerAmounts(pod.requests)
        var candidates: [Int] = []
        var seen = 0
        while seen < nodes.count, candidates.count < enough {
            let node = (start + seen) % nodes.count
            seen += 1
            if request.fits(nodes[node].idle), plugins.allSatisfy({ $0.admits(pod, nodes[node]) }) {
                candidates.append(node)
            }
        }
        start = (start + seen) % nodes.count
        var best: (node: Int, score: Double)?
        for node in candidates {
            let score = plugins.reduce(0) { $0 + $1.score(pod, request, nodes[node]) }
            if best.map({ score > $0.score }) ?? true { best = (node, score) }
        }
        return best?.node
    }
}

/// Amounts as peers keep them: CPU and memory as fields, all else in a map.
struct PeerAmounts {
    var milliCPU = 0.0
    var memory = 0.0
    var others: [String: Double] = [:]

    init(_ list: ResourceList) {
        list.forEach { name, amount in
            switch name {
            case .cpu: milliCPU = Double(amount)
            case .memory: memory = Double(amount)
            default: others[name.description] = Double(amount)
            }
        }
    }

    mutating func add(_ amounts: PeerAmounts, sign: Double) {
        milliCPU += sign * amounts.milliCPU
        memory += sign * amounts.memory
        for (name, amount) in amounts.others { others[name, default: 0] += sign * amount }
    }

    func fits(_ idle: PeerAmounts) -> Bool {
        milliCPU <= idle.milliCPU && memory <= idle.memory
            && others.allSatisfy { $0.value <= idle.others[$0.key] ?? 0 }
    }
}

/// A node's state as peers keep it.
final class PeerNode {
    let node: Node
    let allocatable: PeerAmounts
    var idle: PeerAmounts

    init(_ node: Node) {
        self.node = node
        allocatable = PeerAmounts(node.allocatable)
        idle = allocatable
    }

    init(copying other: PeerNode) {
        node = other.node
        allocatable = other.allocatable
        idle = other.idle
    }
}

/// What a plugin of a peer says to one pod on one node.
protocol PeerPlugin {
    func admits(_ pod: Pod, _ node: PeerNode) -> Bool
    func score(_ pod: Pod, _ request: PeerAmounts, _ node: PeerNode) -> Double
}

/// Readiness, cordons, selectors and taints.
struct PeerPredicates: PeerPlugin {
    func admits(_ pod: Pod, _ node: PeerNode) -> Bool {
        node.node.isReady && !node.node.isUnschedulable
            && pod.nodeSelector.allSatisfy { node.node.labels[$0.key] == $0.value }
            && node.node.taints.allSatisfy { taint in
                !taint.repels || pod.tolerations.contains { $0.tolerates(taint) }
            }
    }

    func score(_ pod: Pod, _ request: PeerAmounts, _ node: PeerNode) -> Double { 0 }
}

/// Taints that a node would rather not have pods for.
struct PeerPreferences: PeerPlugin {
    func admits(_ pod: Pod, _ node: PeerNode) -> Bool { true }

    func score(_ pod: Pod, _ request: PeerAmounts, _ node: PeerNode) -> Double {
        let repelling = node.node.taints.filter { taint in
            taint.effect == .preferNoSchedule && !pod.tolerations.contains { $0.tolerates(taint) }
        }
        return -Double(repelling.count)
    }
}

/// Volcano's binpack.
struct PeerBinpack: PeerPlugin {
    func admits(_ pod: Pod, _ node: PeerNode) -> Bool { true }

    func score(_ pod: Pod, _ request: PeerAmounts, _ node: PeerNode) -> Double {
        var sum = 0.0
        var weights = 0.0
        func add(_ request: Double, _ idle: Double, _ allocatable: Double, weight: Double) {
            if request == 0 || allocatable == 0 { return }
            sum += (allocatable - idle + request) / allocatable * weight
            weights += weight
        }
        add(request.milliCPU, node.idle.milliCPU, node.allocatable.milliCPU, weight: 1)
        add(request.memory, node.idle.memory, node.allocatable.memory, weight: 1)
        for (name, amount) in request.others {
            add(amount, node.idle.others[name] ?? 0, node.allocatable.others[name] ?? 0, weight: 10)
        }
        return weights == 0 ? 0 : sum / weights * 100
    }
}
