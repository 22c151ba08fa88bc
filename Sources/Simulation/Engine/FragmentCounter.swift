import ClusterModel

/// Counts idle GPUs that the workload cannot use.
///
/// A node's idle GPUs count for each class of pods in proportion to how common it is among the plan's pods that ask for GPUs, if such a
/// pod does not fit there: too few GPUs, too little CPU, or labels that it does not ask for. Source of the measure: Weng et al.,
/// "Beware of Fragmentation", USENIX ATC 2023, for whole GPUs. Parts of GPUs are counted by node: which card they are on is not looked at.
struct FragmentCounter {
    private struct PodClass: Hashable {
        var milliGPU: Int64
        var milliCPU: Int64
        var selector: [String: String]
    }

    /// Classes, most common first, and the part of all pods that each is.
    private var classes: [(pods: PodClass, part: Double)] = []
    /// By class, whether the labels of each node that was asked about are right.
    private var access: [[Bool]] = []
    /// The most classes that are looked at.
    private static let mostClasses = 32

    init(_ plan: SimulationPlan) {
        var counts: [PodClass: Int] = [:]
        var order: [PodClass] = []
        var perShape = Array(repeating: 0, count: plan.shapes.count)
        for job in plan.jobs { perShape[job.shape] += 1 }
        for (shape, jobs) in zip(plan.shapes, perShape) where jobs > 0 {
            for set in shape.pods {
                let milliGPU = set.pod.milliGPU
                if milliGPU == 0 { continue }
                let key = PodClass(
                    milliGPU: milliGPU, milliCPU: set.pod.requests[.cpu] ?? 0, selector: set.pod.nodeSelector)
                if counts[key] == nil { order.append(key) }
                counts[key, default: 0] += jobs * set.count
            }
        }
        // Stable by first use, so that classes of one size do not depend on the order of a dictionary.
        let sorted = order.enumerated().sorted { left, right in
            let counts = (counts[left.element] ?? 0, counts[right.element] ?? 0)
            return counts.0 != counts.1 ? counts.0 > counts.1 : left.offset < right.offset
        }
        let kept = sorted.prefix(Self.mostClasses).map(\.element)
        let total = kept.reduce(0) { $0 + (counts[$1] ?? 0) }
        classes = kept.map { ($0, Double(counts[$0] ?? 0) / Double(max(1, total))) }
        forgetNodes()
    }

    /// Forgets what labels nodes have.
    mutating func forgetNodes() { access = Array(repeating: [], count: classes.count) }

    /// The idle GPUs, in GPUs. - Complexity: O(nodes × classes).
    mutating func count(_ nodes: NodeLedger) -> Double {
        for index in classes.indices where access[index].count < nodes.entries.count {
            let selector = classes[index].pods.selector
            for node in nodes.entries[access[index].count...] {
                access[index].append(selector.allSatisfy { node.node.labels[$0.key] == $0.value })
            }
        }
        var fragments = 0.0
        // Entries are large: only what counts is read of each.
        for position in nodes.entries.indices {
            let idle = nodes.entries[position].milliGPU - nodes.entries[position].usedMilliGPU
            if idle <= 0 || !nodes.entries[position].isUp { continue }
            let freeCPU = nodes.entries[position].milliCPU - nodes.entries[position].usedMilliCPU
            var part = 0.0
            for index in classes.indices {
                let pods = classes[index].pods
                if pods.milliGPU > idle || pods.milliCPU > freeCPU || !access[index][position] {
                    part += classes[index].part
                }
            }
            fragments += part * (Double(idle) / 1_000)
        }
        return fragments
    }
}
