import Allocator
import ClusterModel

/// Chooses the GPUs and processors of a node for a pod.
extension Session {
    /// Whether the kubelet of a node aligns a pod's processors with NUMA nodes.
    func isAligned(_ wish: PinTable.Wish, _ layout: NodeLayout) -> Bool {
        layout.isStatic && layout.policy != .none && !layout.cpus.numaNodes.isEmpty
            && layout.cpus.numaNodes.count <= CPULayout.mostNUMANodes
    }

    // MARK: As the kubelet

    /// What a kubelet with a policy does with a pod.
    enum AlignedChoice {
        case given(Pins)
        /// It refuses the container of that name.
        case refused(container: String)
    }

    /// Processors and GPUs, container after container, under the node's policy.
    ///
    /// Source: the kubelet's topology manager. Without `gpu-topology` it looks at processors alone, as Volcano's
    /// `numa-aware` does.
    ///
    /// - Parameter near: the GPUs that the pod's gang has on the node.
    func alignedChoice(
        _ wish: PinTable.Wish, _ gpuCount: Int, near: UInt64, _ room: PinTable.Room, _ layout: NodeLayout
    ) -> AlignedChoice {
        var (cpus, gpus, near) = (room.cpus, room.gpus, near)
        var assignment = Pins(followsKubelet: true)
        let nodeCount = layout.cpus.numaNodes.count
        // What init containers ask for beyond the containers cannot be told apart.
        let byContainer = wish.containers.reduce(0) { $0 + $1.gpus } == gpuCount
        for container in wish.containers {
            var hints: [[TopologyHint]] = []
            if container.wholeCPUs > 0 {
                hints.append(
                    TopologyHint.hints(
                        for: container.wholeCPUs, left: layout.cpus.countByNUMANode(cpus),
                        of: layout.cpus.counts))
            }
            let wanted = byContainer && gpuCount > 0 ? container.gpus : 0
            if wanted > 0, let machine = layout.gpus, let gpuHints = gpuHints(wanted, gpus, machine, layout) {
                hints.append(gpuHints)
            }
            guard let hint = layout.policy.admit(hints, nodeCount: nodeCount) else {
                return .refused(container: container.name)
            }
            let given = Self.take(container.wholeCPUs, of: cpus, near: hint.nodes, layout.cpus)
            assignment.cpus.formUnion(given)
            cpus = cpus.subtracting(given)
            if wanted > 0, let machine = layout.gpus {
                let within = gpus & self.gpus(ofNUMANodes: hint.nodes, machine, layout)
                if let set = machine.best(wanted, of: within, near: near)
                    ?? machine.best(wanted, of: gpus, near: near)
                {
                    assignment.gpus.formUnion(machine.numbers(of: set))
                    gpus &= ~set
                    near |= set
                }
            }
        }
        if !byContainer, let machine = layout.gpus, let set = machine.best(gpuCount, of: gpus, near: near) {
            assignment.gpus = machine.numbers(of: set)
        }
        return .given(assignment)
    }

    /// So many processors of some NUMA nodes, and of others if there are not enough; none where there are too few at all.
    private static func take(
        _ wanted: Int, of free: CPUSet, near nodes: UInt32, _ layout: CPULayout
    ) -> CPUSet {
        if wanted == 0 { return CPUSet() }
        let within = free.intersection(layout.cpus(ofNUMANodes: nodes))
        let first = layout.take(min(wanted, within.count), of: within) ?? CPUSet()
        guard let rest = layout.take(wanted - first.count, of: free.subtracting(first)) else {
            return CPUSet()
        }
        return first.union(rest)
    }

    /// The hints for GPUs; `nil`, no preference, where not every GPU says on which NUMA node it is.
    private func gpuHints(
        _ wanted: Int, _ free: UInt64, _ machine: GPULayout, _ layout: NodeLayout
    ) -> [TopologyHint]? {
        if !machine.knowsNUMANodes { return nil }
        let sets = layout.cpus.numaNodes.map { machine.gpusOfNUMANode[$0] ?? 0 }
        return TopologyHint.hints(
            for: wanted, left: sets.map { ($0 & free).nonzeroBitCount },
            of: sets.map(\.nonzeroBitCount))
    }

    private func gpus(ofNUMANodes nodes: UInt32, _ machine: GPULayout, _ layout: NodeLayout) -> UInt64 {
        var set: UInt64 = 0
        for (bit, node) in layout.cpus.numaNodes.enumerated() where nodes >> UInt32(bit) & 1 == 1 {
            set |= machine.gpusOfNUMANode[node] ?? 0
        }
        return set
    }

    // MARK: By GPUs

    /// The best GPUs, and for a pod that gets what it asks for and no more the processors next to them.
    func gpuChoice(
        _ count: Int, _ wish: PinTable.Wish?, near: UInt64, _ room: PinTable.Room, _ layout: NodeLayout
    ) -> Pins? {
        guard let machine = layout.gpus, let set = machine.best(count, of: room.gpus, near: near)
        else { return nil }
        var assignment = Pins(gpus: machine.numbers(of: set))
        let cpus = wish?.containers.reduce(0) { $0 + $1.wholeCPUs } ?? 0
        if cpus > 0 { assignment.cpus = nearCPUs(cpus, to: set, machine, of: room.cpus, layout) }
        return assignment
    }

    /// Processors next to GPUs: NUMA node after NUMA node, those with more of the GPUs first, then the nearer ones.
    ///
    /// Each of the first gives its part, as many as it has of the GPUs; what is missing comes from all in this order.
    private func nearCPUs(
        _ wanted: Int, to set: UInt64, _ machine: GPULayout, of free: CPUSet, _ layout: NodeLayout
    ) -> CPUSet {
        if free.count < wanted { return CPUSet() }
        let layout = (cpus: layout.cpus, nodes: layout.published.topology?.numaNodes ?? [])
        let counts = layout.cpus.numaNodes.map {
            ((machine.gpusOfNUMANode[$0] ?? 0) & set).nonzeroBitCount
        }
        let most = layout.cpus.numaNodes.indices.max { left, right in
            counts[left] == counts[right] ? left > right : counts[left] < counts[right]
        }
        let home = most.map { layout.cpus.numaNodes[$0] }
        let distances = layout.nodes.first { $0.id == home }?.distances ?? []
        func distance(_ position: Int) -> Int {
            let index = layout.nodes.firstIndex { $0.id == layout.cpus.numaNodes[position] } ?? .max
            return index < distances.count ? distances[index] : 0
        }
        let order = layout.cpus.numaNodes.indices.sorted { left, right in
            if counts[left] != counts[right] { return counts[left] > counts[right] }
            let (near, far) = (distance(left), distance(right))
            return near == far ? left < right : near < far
        }
        var taken = CPUSet()
        let all = counts.reduce(0, +)
        for node in order where counts[node] > 0 {
            let cpus = free.intersection(layout.cpus.cpusOfNUMANode[node])
            taken.formUnion(
                layout.cpus.take(min(wanted * counts[node] / all, cpus.count), of: cpus) ?? CPUSet())
        }
        for node in order where taken.count < wanted {
            let cpus = free.intersection(layout.cpus.cpusOfNUMANode[node]).subtracting(taken)
            taken.formUnion(
                layout.cpus.take(min(wanted - taken.count, cpus.count), of: cpus) ?? CPUSet())
        }
        return taken.count == wanted ? taken : CPUSet()
    }
}
