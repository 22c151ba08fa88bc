import ClusterModel

/// The nodes as the simulated cluster has them, and what pods hold of them.
struct NodeLedger {
    /// A node.
    struct Entry {
        /// The node as it is when nothing is wrong with it.
        var node: Node
        /// Thousandths of GPUs that it offers, slices of MIG among them.
        var milliGPU: Int64
        var milliCPU: Int64
        var usedMilliGPU: Int64 = 0
        var usedMilliCPU: Int64 = 0
        /// The position of its GPU model.
        var model: Int
        /// What an hour of it costs.
        var price: Double
        /// Pods that hold a place on it, in no order that matters.
        var pods: [Int32] = []
        var exists = true
        var hasFailed = false
        /// Drained or cordoned.
        var isClosed = false

        /// Whether it counts as capacity.
        var isUp: Bool { exists && !hasFailed && node.isReady }
        /// Whether it takes pods.
        var takesPods: Bool { isUp && !isClosed && !node.isUnschedulable }

        /// The node as the API server shows it, with the taints that the node controller puts on it: some schedulers look at nothing else.
        var shown: Node {
            var node = node
            if hasFailed {
                node.ready = .isFalse
                node.taints += [Taint.Effect.noSchedule, .noExecute].map {
                    Taint(key: "node.kubernetes.io/not-ready", effect: $0)
                }
            }
            if isClosed {
                node.isUnschedulable = true
                node.taints.append(Taint(key: "node.kubernetes.io/unschedulable", effect: .noSchedule))
            }
            return node
        }
    }

    private(set) var entries: [Entry] = []
    /// GPU models in byte-wise order; fixed for a run.
    let models: [String]
    private var positions: [String: Int] = [:]
    private let prices: [String: Double]

    /// The nodes of a plan's start; nodes that come later may have models of their own.
    init(_ plan: SimulationPlan) {
        var names: Set<String> = []
        let later = plan.events.flatMap { event -> [Node] in
            if case .nodesAdded(let nodes) = event.event { nodes } else { [] }
        }
        for node in plan.cluster.nodes + later where node.allocatable.milliGPU > 0 {
            names.insert(Self.model(of: node))
        }
        models = names.sorted { $0.precedes($1) }
        prices = plan.pricePerHour
        for node in plan.cluster.nodes { set(node) }
    }

    /// The position of a node's entry; `nil` if there never was one of that name.
    func position(of name: String) -> Int? { positions[name] }

    /// Adds a node, or takes note of what has changed about it. - Returns: its position.
    @discardableResult mutating func set(_ node: Node) -> Int {
        let milliGPU = node.allocatable.milliGPU
        let model = milliGPU > 0 ? models.firstIndex(of: Self.model(of: node)) ?? 0 : 0
        if let position = positions[node.name] {
            entries[position].node = node
            entries[position].milliGPU = milliGPU
            entries[position].milliCPU = node.allocatable[.cpu] ?? 0
            entries[position].model = model
            entries[position].exists = true
            return position
        }
        positions[node.name] = entries.count
        entries.append(
            Entry(
                node: node, milliGPU: milliGPU, milliCPU: node.allocatable[.cpu] ?? 0, model: model,
                price: prices[node.name] ?? 0))
        return entries.count - 1
    }

    /// Changes what is wrong with a node.
    mutating func change(_ position: Int, _ change: (inout Entry) -> Void) { change(&entries[position]) }

    /// Gives a place to a pod.
    mutating func take(_ position: Int, pod: Int32, milliGPU: Int64, milliCPU: Int64) {
        entries[position].usedMilliGPU += milliGPU
        entries[position].usedMilliCPU += milliCPU
        entries[position].pods.append(pod)
    }

    /// Takes a pod's place back. - Complexity: O(pods of the node).
    mutating func give(_ position: Int, pod: Int32, milliGPU: Int64, milliCPU: Int64) {
        entries[position].usedMilliGPU -= milliGPU
        entries[position].usedMilliCPU -= milliCPU
        guard let index = entries[position].pods.lastIndex(of: pod) else { return }
        entries[position].pods.swapAt(index, entries[position].pods.count - 1)
        entries[position].pods.removeLast()
    }

    private static let modelLabels = ["nvidia.com/gpu.product", "amd.com/gpu.product-name"]

    /// The model of a node's GPUs, as feature discovery labels it; empty if no label says.
    static func model(of node: Node) -> String {
        for label in modelLabels { if let model = node.labels[label] { return model } }
        return ""
    }

    /// Which GPUs are in use now.
    func picture(at time: Int64) -> OccupancyPicture {
        let nodes = entries.filter { $0.exists && $0.milliGPU > 0 }.map {
            OccupancyPicture.Node(
                name: $0.node.name, model: Self.model(of: $0.node), gpus: $0.milliGPU / 1_000,
                used: ($0.usedMilliGPU + 999) / 1_000,
                isUp: $0.takesPods)
        }
        return OccupancyPicture(time: time, nodes: nodes.sorted { $0.name.precedes($1.name) })
    }
}
