import ClusterModel
import TestSupport

/// 6.7: the number of pods, cordons, node affinity and selector, taints.
final class OraclePredicates: OraclePlugin {
    override func predicate(_ task: OracleTask, _ node: OracleNode) -> OracleFit? {
        if !NodeOracle.objections(to: task.pod, on: node.node, readiness: false).isEmpty {
            return .unresolvable
        }
        let places = node.node.allocatable[.pods] ?? .max
        return places <= Int64(node.kubernetesTasks.count) ? .unschedulable : .fits
    }
}

/// 6.8: kube-scheduler's scores, each in whole points, times its weight.
final class OracleNodeOrder: OraclePlugin {
    override func scores(_ task: OracleTask, _ nodes: [OracleNode]) -> [Double]? {
        var totals = nodes.map { _ in 0.0 }
        func add(_ name: String, _ weight: Double, _ points: [Int64]) {
            let weight = setting.number("\(name).weight", weight)
            for (index, score) in points.enumerated() { totals[index] += Double(score) * weight }
        }
        add("leastrequested", 1, nodes.map { meanOfTwo(task, $0) { ($1 - $0) * 100 / $1 } })
        add("mostrequested", 0, nodes.map { meanOfTwo(task, $0) { $0 * 100 / $1 } })
        add("balancedresource", 1, nodes.map { balanced(task, $0) })
        add("nodeaffinity", 2, scaled(nodes.map { preference(task.pod, $0.node) }))
        let repelling = nodes.map { repulsion(task.pod, $0.node) }
        add("tainttoleration", 3, scaled(repelling).map { 100 - $0 })
        return totals
    }

    /// CPU and memory alike, by what counts at least as a little; what a node has none of does not count.
    private func meanOfTwo(_ task: OracleTask, _ node: OracleNode, _ points: (Int64, Int64) -> Int64) -> Int64
    {
        let pods = node.kubernetesTasks.map(\.pod) + [task.pod]
        let cpu = (pods.reduce(0) { $0 + $1.nonZeroRequests.milliCPU }, node.node.allocatable[.cpu] ?? 0)
        let memory = (pods.reduce(0) { $0 + $1.nonZeroRequests.memory }, node.node.allocatable[.memory] ?? 0)
        let known = [cpu, memory].filter { $0.1 > 0 }
        if known.isEmpty { return 0 }
        return known.reduce(0) { $0 + ($1.0 > $1.1 ? 0 : points($1.0, $1.1)) } / Int64(known.count)
    }

    /// 100 less the standard deviation of what is used of CPU, memory and, if asked for, GPUs.
    private func balanced(_ task: OracleTask, _ node: OracleNode) -> Int64 {
        let pods = node.kubernetesTasks.map(\.pod) + [task.pod]
        var parts: [Double] = []
        for name in [ResourceName.cpu, .memory, .nvidiaGPU] {
            if name == .nvidiaGPU, (task.pod.requests[name] ?? 0) == 0 { continue }
            guard let whole = node.node.allocatable[name], whole > 0 else { continue }
            parts.append(min(1, Double(pods.reduce(0) { $0 + ($1.requests[name] ?? 0) }) / Double(whole)))
        }
        var deviation = 0.0
        if parts.count == 2 { deviation = abs(parts[0] - parts[1]) / 2 }
        if parts.count > 2 {
            let mean = parts.reduce(0, +) / Double(parts.count)
            deviation = (parts.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(parts.count))
                .squareRoot()
        }
        return Int64((1 - deviation) * 100)
    }

    private func preference(_ pod: Pod, _ node: Node) -> Int64 {
        pod.nodeAffinity.preferred.filter { $0.preference.matches(node) }.reduce(0) { $0 + $1.weight }
    }

    /// Taints that make a node less welcome, and that the pod does not tolerate.
    private func repulsion(_ pod: Pod, _ node: Node) -> Int64 {
        Int64(node.taints.count { $0.effect == .preferNoSchedule && !NodeOracle.isTolerated($0, by: pod) })
    }

    /// The largest becomes 100.
    private func scaled(_ points: [Int64]) -> [Int64] {
        let largest = points.max() ?? 0
        return largest == 0 ? points : points.map { $0 * 100 / largest }
    }
}

/// 6.9.
final class OracleBinpack: OraclePlugin {
    private func weight(_ name: String) -> Double? {
        func read(_ key: String) -> Double {
            let value = setting.number(key, 1)
            return value < 0 ? 1 : value
        }
        if name == "cpu" || name == "memory" { return read("binpack.\(name)") }
        let listed = (setting.settings["binpack.resources"] ?? "").split(separator: ",").map {
            $0.split(separator: " ").joined()
        }
        return listed.contains(name) ? read("binpack.resources.\(name)") : nil
    }

    override func scores(_ task: OracleTask, _ nodes: [OracleNode]) -> [Double]? {
        setting.number("binpack.weight", 1) == 0 ? nil : nodes.map { score(task, $0) }
    }

    func score(_ task: OracleTask, _ node: OracleNode) -> Double {
        var (sum, weights) = (0.0, 0.0)
        for name in task.request.names {
            guard let weight = weight(name) else { continue }
            weights += weight
            let whole = node.allocatable[name]
            if whole == 0 || weight == 0 { continue }
            let used = node.used[name] + task.request[name]
            if used > whole { return 0 }
            sum += used * weight / whole
        }
        return weights == 0 ? 0 : sum / weights * 100 * setting.number("binpack.weight", 1)
    }
}
