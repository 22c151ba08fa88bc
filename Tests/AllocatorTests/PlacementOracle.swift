import Allocator
import ClusterModel
import TestSupport

/// Where a pod should go, found from lists of pods by name, with scores written down from the documentation.
///
/// It knows neither columns nor shapes nor fixed point.
struct PlacementOracle {
    let nodes: [Node]
    /// The pods on each node, with how they occupy it.
    var pods: [String: [(pod: Pod, occupancy: Occupancy)]] = [:]
    let weights: Weights

    /// The weights of the scores; 0 means that one is off.
    struct Weights {
        var binpack: Int64 = 0
        var binpackResources: [ResourceName: Int64] = [:]
        var least: Int64 = 0
        var most: Int64 = 0
        var balanced: Int64 = 0
        var affinity: Int64 = 0
        var taints: Int64 = 0
    }

    /// A node's name, whether the pod must wait for others to leave, and the scores of all candidates.
    struct Answer {
        var waits: Bool
        var scores: [String: Double]
    }

    private func sum(_ node: Node, _ resource: ResourceName, _ counted: Set<Occupancy>) -> Int64 {
        (pods[node.name] ?? []).filter { counted.contains($0.occupancy) }.reduce(0) {
            $0 + (resource == .pods ? 1 : $1.pod.requests[resource] ?? 0)
        }
    }

    /// The candidates for a pod; `nil` if there are none.
    func answer(for pod: Pod) -> Answer? {
        let willing = nodes.filter { NodeOracle.objections(to: pod, on: $0, readiness: true).isEmpty }
        let now = willing.filter {
            fits(pod, $0, counting: [.bound, .releasing]) && fits(pod, $0, counting: [.bound, .pipelined])
        }
        let later = willing.filter { fits(pod, $0, counting: [.bound, .pipelined]) }
        let candidates = now.isEmpty ? later : now
        if candidates.isEmpty { return nil }
        let highest = candidates.map { affinity(pod, $0) }.max() ?? 0
        let worst = candidates.map { intolerable(pod, $0) }.max() ?? 0
        let scores = candidates.map { node -> (String, Double) in
            let affinityPoints = highest == 0 ? 0 : affinity(pod, node) * 100 / highest
            let taintPoints = 100 - (worst == 0 ? 0 : intolerable(pod, node) * 100 / worst)
            let own =
                weights.least * allocation(pod, node, left: true) + weights.most
                * allocation(pod, node, left: false)
                + weights.balanced * balance(pod, node)
            return (
                node.name,
                Double(own + weights.affinity * affinityPoints + weights.taints * taintPoints)
                    + binpack(pod, node)
            )
        }
        return Answer(waits: now.isEmpty, scores: Dictionary(uniqueKeysWithValues: scores))
    }

    private func fits(_ pod: Pod, _ node: Node, counting counted: Set<Occupancy>) -> Bool {
        if sum(node, .pods, [.bound, .releasing, .pipelined]) + 1 > NodeLedger.limit(of: .pods, on: node) {
            return false
        }
        var asked = pod.requests
        if asked.sorted.allSatisfy({ $0.amount == 0 }) { return true }
        asked.fill(from: [.cpu: 0, .memory: 0])
        return asked.sorted.allSatisfy { name, amount in
            (amount == 0 && name != .cpu && name != .memory)
                || sum(node, name, counted) + amount <= NodeLedger.limit(of: name, on: node)
        }
    }

    private func affinity(_ pod: Pod, _ node: Node) -> Int64 {
        pod.nodeAffinity.preferred.reduce(0) { sum, term in
            let probe = Pod(
                key: pod.key, nodeAffinity: NodeAffinity(required: [term.preference]),
                tolerations: [Toleration(operator: .exists)])
            let isMet = NodeOracle.objections(to: probe, on: node, readiness: false).isEmpty
            return isMet ? sum + term.weight : sum
        }
    }

    private func intolerable(_ pod: Pod, _ node: Node) -> Int64 {
        Int64(node.taints.count { $0.effect == .preferNoSchedule && !NodeOracle.isTolerated($0, by: pod) })
    }

    private func nonZero(_ pod: Pod, _ node: Node) -> (cpu: Int64, memory: Int64) {
        let all = (pods[node.name] ?? []).map(\.pod) + [pod]
        return (
            all.reduce(0) { $0 + $1.nonZeroRequests.milliCPU },
            all.reduce(0) { $0 + $1.nonZeroRequests.memory }
        )
    }

    private func allocation(_ pod: Pod, _ node: Node, left: Bool) -> Int64 {
        let used = nonZero(pod, node)
        var parts: [Int64] = []
        for (amount, name) in [(used.cpu, ResourceName.cpu), (used.memory, .memory)] {
            let whole = node.allocatable[name] ?? 0
            if whole == 0 { continue }
            let counted = left ? max(0, whole - amount) : min(amount, whole)
            parts.append(counted * 100 / whole)
        }
        return parts.isEmpty ? 0 : parts.reduce(0, +) / Int64(parts.count)
    }

    private func balance(_ pod: Pod, _ node: Node) -> Int64 {
        let names: [ResourceName] = [.cpu, .memory, .nvidiaGPU]
        let fractions = names.compactMap { name -> Double? in
            let asked = pod.requests[name] ?? 0
            guard let whole = node.allocatable[name], whole > 0, name != .nvidiaGPU || asked > 0 else {
                return nil
            }
            let used = sum(node, name, [.bound, .releasing, .pipelined]) + asked
            return min(1, Double(used) / Double(whole))
        }
        if fractions.isEmpty { return 100 }
        let mean = fractions.reduce(0, +) / Double(fractions.count)
        let variance = fractions.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(fractions.count)
        return Int64((1 - variance.squareRoot()) * 100)
    }

    private func binpack(_ pod: Pod, _ node: Node) -> Double {
        var points = 0.0
        var total: Int64 = 0
        for (name, amount) in pod.requests.sorted where amount > 0 && name != .pods {
            guard let weight = weights.binpackResources[name] else { continue }
            total += weight
            let whole = node.allocatable[name] ?? 0
            if whole == 0 || weight == 0 { continue }
            let used = sum(node, name, [.bound, .releasing]) + amount
            if used > whole { return 0 }
            points += Double(weight) * Double(used) / Double(whole)
        }
        return total == 0 ? 0 : points / Double(total) * 100 * Double(weights.binpack)
    }
}
