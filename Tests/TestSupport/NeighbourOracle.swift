public import ClusterModel

/// Pods on nodes, and what those rules of Kubernetes that look at other pods say of one more: written a second time, from
/// the documentation of Kubernetes, by plain loops.
///
/// It shares nothing with the scheduler but the values that it reads.
public struct NeighbourOracle {
    /// The nodes.
    public var nodes: [Node]
    /// The pods that are on nodes, by the node's name, leaving ones included.
    public var placed: [(pod: Pod, node: String)] = []
    /// Labels of namespaces.
    public var namespaces: [String: [String: String]] = [:]

    /// A cluster of nodes and the pods that name one of them and have not ended.
    public init(nodes: [Node], pods: [Pod] = [], namespaces: [String: [String: String]] = [:]) {
        self.nodes = nodes
        self.namespaces = namespaces
        for pod in pods where pod.phase != .succeeded && pod.phase != .failed {
            if let node = pod.nodeName { placed.append((pod, node)) }
        }
    }

    // MARK: Filters

    /// What speaks against a pod on a node; empty if nothing does.
    public func objections(to pod: Pod, on node: Node) -> [String] {
        var found: [String] = []
        let constraints = pod.constraints ?? PodConstraints()
        if !isAffinityMet(pod, constraints.podAffinity.required, on: node) { found.append("affinity") }
        for other in placed {
            guard let there = nodes.first(where: { $0.name == other.node }) else { continue }
            for term in constraints.podAntiAffinity.required
            where means(term, of: pod, other.pod) && areTogether(node, there, term.topologyKey) {
                found.append("anti-affinity with \(other.pod.key)")
            }
            for term in other.pod.constraints?.podAntiAffinity.required ?? []
            where means(term, of: other.pod, pod) && areTogether(node, there, term.topologyKey) {
                found.append("anti-affinity of \(other.pod.key)")
            }
        }
        return found + spreadObjections(to: pod, on: node)
    }

    /// Every term needs, in the node's domain, a pod that all terms mean; or there is none at all, and the pod is its own.
    private func isAffinityMet(_ pod: Pod, _ terms: [PodAffinityTerm], on node: Node) -> Bool {
        if terms.isEmpty { return true }
        if terms.contains(where: { node.labels[$0.topologyKey] == nil }) { return false }
        let company = placed.filter { other in terms.allSatisfy { means($0, of: pod, other.pod) } }
        let companyNodes = company.compactMap { other in nodes.first { $0.name == other.node } }
        let isMet = terms.allSatisfy { term in
            companyNodes.contains { areTogether(node, $0, term.topologyKey) }
        }
        if isMet { return true }
        let isAnywhere = companyNodes.contains { there in
            terms.contains { there.labels[$0.topologyKey] != nil }
        }
        return !isAnywhere && terms.allSatisfy { means($0, of: pod, pod) }
    }

    private func areTogether(_ left: Node, _ right: Node, _ key: String) -> Bool {
        left.labels[key] != nil && left.labels[key] == right.labels[key]
    }

    /// Whether a term of a pod means another pod.
    private func means(_ term: PodAffinityTerm, of owner: Pod, _ other: Pod) -> Bool {
        guard let selector = term.labelSelector, isMet(selector, by: other.labels) else { return false }
        if term.namespaces.isEmpty && term.namespaceSelector == nil {
            return other.key.namespace == owner.key.namespace
        }
        if term.namespaces.contains(other.key.namespace) { return true }
        guard let namespaceSelector = term.namespaceSelector else { return false }
        var labels = namespaces[other.key.namespace] ?? [:]
        labels["kubernetes.io/metadata.name"] = other.key.namespace
        return isMet(namespaceSelector, by: labels)
    }

    private func isMet(_ selector: LabelSelector, by labels: [String: String]) -> Bool {
        for (key, value) in selector.matchLabels where labels[key] != value { return false }
        for requirement in selector.matchExpressions {
            let value = labels[requirement.key]
            let isMet =
                switch requirement.operator {
                case .exists: value != nil
                case .doesNotExist: value == nil
                case .isIn: value != nil && requirement.values.contains(value ?? "")
                case .notIn: value == nil || !requirement.values.contains(value ?? "")
                }
            if !isMet { return false }
        }
        return true
    }

    // MARK: Spread

    private func spreadObjections(to pod: Pod, on node: Node) -> [String] {
        let hard = (pod.constraints?.topologySpread ?? []).filter { $0.whenUnsatisfiable == .doNotSchedule }
        var found: [String] = []
        for constraint in hard {
            guard let domain = node.labels[constraint.topologyKey] else {
                found.append("no label \(constraint.topologyKey)")
                continue
            }
            let counts = counts(constraint, of: pod, among: hard)
            var least = counts.values.min() ?? 0
            if counts.count < constraint.minDomains ?? 1 { least = 0 }
            let itself = constraint.labelSelector.map { isMet($0, by: pod.labels) } ?? false
            if (counts[domain] ?? 0) + (itself ? 1 : 0) - least > constraint.maxSkew {
                found.append("skew over \(constraint.topologyKey)")
            }
        }
        return found
    }

    /// The pods by domain, of the nodes that count.
    private func counts(
        _ constraint: TopologySpreadConstraint, of pod: Pod, among all: [TopologySpreadConstraint]
    ) -> [String: Int] {
        var counts: [String: Int] = [:]
        for node in nodes where all.allSatisfy({ node.labels[$0.topologyKey] != nil }) {
            if constraint.nodeAffinityPolicy == .honor {
                if pod.nodeSelector.contains(where: { node.labels[$0.key] != $0.value }) { continue }
                if let terms = pod.nodeAffinity.required,
                    !terms.contains(where: { NodeOracle.isMet($0, by: node) })
                {
                    continue
                }
            }
            if constraint.nodeTaintsPolicy == .honor,
                node.taints.contains(where: { taint in
                    taint.effect != .preferNoSchedule && !NodeOracle.isTolerated(taint, by: pod)
                })
            {
                continue
            }
            let domain = node.labels[constraint.topologyKey] ?? ""
            counts[domain, default: 0] += pods(constraint, of: pod, on: node)
        }
        return counts
    }

    private func pods(_ constraint: TopologySpreadConstraint, of pod: Pod, on node: Node) -> Int {
        guard let selector = constraint.labelSelector,
            !(selector.matchLabels.isEmpty && selector.matchExpressions.isEmpty)
        else { return 0 }
        return placed.count { other in
            other.node == node.name && !other.pod.isTerminating
                && other.pod.key.namespace == pod.key.namespace && isMet(selector, by: other.pod.labels)
        }
    }

    // MARK: Scores

    /// The points of pod affinity for nodes, 0 to 100, where required terms of pods that are there count so much.
    public func affinityPoints(of pod: Pod, on candidates: [Node], requiredWeight: Int64) -> [Int64] {
        let sums = candidates.map { node -> Int64 in
            var sum: Int64 = 0
            for other in placed {
                guard let there = nodes.first(where: { $0.name == other.node }) else { continue }
                for (owner, target) in [(pod, other.pod), (other.pod, pod)] {
                    let constraints = owner.constraints ?? PodConstraints()
                    let wishes =
                        constraints.podAffinity.preferred.map { ($0.weight, $0.term) }
                        + constraints.podAntiAffinity.preferred.map { (-$0.weight, $0.term) }
                    for (weight, term) in wishes
                    where means(term, of: owner, target) && areTogether(node, there, term.topologyKey) {
                        sum += weight
                    }
                }
                for term in other.pod.constraints?.podAffinity.required ?? []
                where means(term, of: other.pod, pod) && areTogether(node, there, term.topologyKey) {
                    sum += requiredWeight
                }
            }
            return sum
        }
        guard let least = sums.min(), let most = sums.max(), least != most else { return sums.map { _ in 0 } }
        return sums.map { Int64(100.0 * (Double($0 - least) / Double(most - least))) }
    }

    /// The points of topology spread for nodes, 0 to 100.
    ///
    /// - Parameter logarithm: the natural logarithm.
    public func spreadPoints(of pod: Pod, on candidates: [Node], logarithm: (Double) -> Double) -> [Int64] {
        let soft = (pod.constraints?.topologySpread ?? []).filter { $0.whenUnsatisfiable == .scheduleAnyway }
        if soft.isEmpty { return candidates.map { _ in 0 } }
        let counted = candidates.filter { node in soft.allSatisfy { node.labels[$0.topologyKey] != nil } }
        let sums = candidates.map { node -> Int64? in
            if !counted.contains(where: { $0.name == node.name }) { return nil }
            var sum = 0.0
            for constraint in soft {
                let isHost = constraint.topologyKey == "kubernetes.io/hostname"
                let domains = Set(counted.compactMap { $0.labels[constraint.topologyKey] })
                let weight = logarithm(Double(isHost ? counted.count : domains.count) + 2)
                let count =
                    isHost
                    ? pods(constraint, of: pod, on: node)
                    : counts(constraint, of: pod, among: soft)[node.labels[constraint.topologyKey] ?? ""] ?? 0
                sum += Double(count) * weight + Double(constraint.maxSkew - 1)
            }
            return Int64(sum.rounded())
        }
        let known = sums.compactMap { $0 }
        guard let least = known.min(), let most = known.max() else { return candidates.map { _ in 0 } }
        return sums.map { sum in
            guard let sum else { return 0 }
            return most == 0 ? 100 : 100 * (most + least - sum) / most
        }
    }
}
