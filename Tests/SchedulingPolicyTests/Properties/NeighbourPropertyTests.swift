import ClusterModel
import Foundation
import SchedulingPolicy
import SyntheticClusters
import TestSupport
import Testing

/// A small cluster in which pods seek, avoid and spread at random, one after the other.
private struct Neighbourhood {
    let nodes: [Node]
    let running: [Pod]
    let waiting: [Pod]
    let namespaces: [Namespace]
    private var random: SeededGenerator

    private static let keys = ["zone", "rack", "kubernetes.io/hostname"]

    init(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        nodes = (0..<random.integer(in: 1...6)).map { index in
            var labels = ["kubernetes.io/hostname": "n\(index)"]
            if random.chance(4, in: 5) { labels["zone"] = random.choice(["a", "b", "c"]) }
            if random.chance(3, in: 5) { labels["rack"] = random.choice(["1", "2"]) }
            if random.chance(1, in: 3) { labels["disk"] = "ssd" }
            let taints = random.chance(1, in: 6) ? [Taint(key: "x", effect: .noSchedule)] : []
            return .of("n\(index)", Int64(random.integer(in: 1...4)) * 1_000, labels: labels, taints: taints)
        }
        namespaces = [Namespace(name: "other", labels: ["team": "x"])]
        self.random = random
        var own = self.random
        let names = nodes.map(\.name)
        running = (0..<own.integer(in: 0...6)).map { index in
            Self.pod("r\(index)", &own).with {
                $0.requests = [:]
                $0.nonZeroRequests = NonZeroRequests(of: [:])
                $0.nodeName = own.choice(names)
                $0.phase = .running
                $0.isTerminating = own.chance(1, in: 4)
            }
        }
        waiting = (0..<own.integer(in: 3...9)).map { index in
            Self.pod("w\(index)", &own).with { $0.created = .second(Int64(index)) }
        }
    }

    private static func pod(_ name: String, _ random: inout SeededGenerator) -> Pod {
        var pod = Pod.waiting(name).with {
            $0.key = ObjectKey(namespace: random.choice(["ns", "other"]), name: name)
            if random.chance(4, in: 5) { $0.labels["app"] = random.choice(["a", "b"]) }
            if random.chance(1, in: 2) { $0.labels["tier"] = random.choice(["1", "2"]) }
            if random.chance(1, in: 6) { $0.nodeSelector = ["disk": "ssd"] }
            if random.chance(1, in: 6) { $0.tolerations = [Toleration(key: "x", operator: .exists)] }
        }
        var constraints = PodConstraints()
        if random.chance(1, in: 4) { constraints.podAffinity.required = [term(&random)] }
        if random.chance(1, in: 12) { constraints.podAffinity.required.append(term(&random)) }
        if random.chance(1, in: 4) { constraints.podAntiAffinity.required = [term(&random)] }
        if random.chance(1, in: 4) { constraints.podAffinity.preferred = [wish(&random)] }
        if random.chance(1, in: 4) { constraints.podAntiAffinity.preferred = [wish(&random)] }
        if random.chance(1, in: 2) { constraints.topologySpread = [spread(&random)] }
        if random.chance(1, in: 6) { constraints.topologySpread.append(spread(&random)) }
        pod.constraints = constraints
        return pod
    }

    private static func wish(_ random: inout SeededGenerator) -> WeightedPodAffinityTerm {
        WeightedPodAffinityTerm(weight: Int64(random.integer(in: 1...100)), term: term(&random))
    }

    private static func term(_ random: inout SeededGenerator) -> PodAffinityTerm {
        var term = PodAffinityTerm(topologyKey: random.choice(keys))
        if random.chance(11, in: 12) { term.labelSelector = selector(&random) }
        if random.chance(1, in: 6) { term.namespaces = [random.choice(["ns", "other", "nowhere"])] }
        if random.chance(1, in: 6) {
            term.namespaceSelector = random.choice([
                LabelSelector(), LabelSelector(matchLabels: ["team": "x"]),
                LabelSelector(matchLabels: ["kubernetes.io/metadata.name": "ns"]),
            ])
        }
        return term
    }

    private static func selector(_ random: inout SeededGenerator) -> LabelSelector {
        switch random.integer(in: 0...5) {
        case 0: LabelSelector()
        case 1:
            LabelSelector(matchExpressions: [
                LabelSelectorRequirement(
                    key: "tier", operator: random.choice(LabelSelectorRequirement.Operator.allCases),
                    values: ["1"])
            ])
        case 2: LabelSelector(matchLabels: ["tier": random.choice(["1", "2"])])
        default: LabelSelector(matchLabels: ["app": random.choice(["a", "b"])])
        }
    }

    private static func spread(_ random: inout SeededGenerator) -> TopologySpreadConstraint {
        let isHard = random.chance(1, in: 2)
        return TopologySpreadConstraint(
            maxSkew: random.integer(in: 1...2), topologyKey: random.choice(keys),
            whenUnsatisfiable: isHard ? .doNotSchedule : .scheduleAnyway,
            labelSelector: random.chance(11, in: 12) ? selector(&random) : nil,
            minDomains: isHard && random.chance(1, in: 3) ? random.integer(in: 1...3) : nil,
            nodeAffinityPolicy: random.choice([.honor, .ignore]),
            nodeTaintsPolicy: random.choice([.honor, .ignore]))
    }

    var snapshot: ClusterSnapshot {
        var snapshot = ClusterSnapshot(nodes: nodes, pods: running + waiting)
        snapshot.namespaces = namespaces
        return snapshot
    }

    /// The node of each pod, found by looking at every rule, pod and node each time.
    ///
    /// - Parameter requiredWeight: what required affinity of others counts; `nil` where nodes are not ranked.
    func expected(requiredWeight: Int64?) -> [String: String] {
        var oracle = NeighbourOracle(nodes: nodes, pods: running, namespaces: ["other": ["team": "x"]])
        var free = Dictionary(uniqueKeysWithValues: nodes.map { ($0.name, $0.allocatable[.cpu] ?? 0) })
        var found: [String: String] = [:]
        for pod in waiting {
            let candidates = nodes.filter { node in
                free[node.name, default: 0] >= 1_000
                    && NodeOracle.objections(to: pod, on: node, readiness: false).isEmpty
                    && oracle.objections(to: pod, on: node).isEmpty
            }
            var points = candidates.map { _ in Int64(0) }
            if let requiredWeight {
                let company = oracle.affinityPoints(of: pod, on: candidates, requiredWeight: requiredWeight)
                let spread = oracle.spreadPoints(of: pod, on: candidates, logarithm: Foundation.log)
                for index in points.indices { points[index] = 2 * company[index] + 3 * spread[index] }
            }
            guard let most = points.max(), let best = points.firstIndex(of: most) else { continue }
            let node = candidates[best].name
            found[pod.key.name] = node
            free[node, default: 0] -= 1_000
            oracle.placed.append((pod, node))
        }
        return found
    }
}

@Suite("On random clusters pods go where the rules about other pods say, to the letter")
struct NeighbourPropertyTests {
    private static let ranking =
        "nodeorder leastrequested.weight=0 balancedresource.weight=0 nodeaffinity.weight=0 "
        + "tainttoleration.weight=0 imagelocality.weight=0 podaffinity.weight=2 podtopologyspread.weight=3"

    // Volcano 1.5 does not look at topology spread.
    @Test("by filters alone, and with scores", arguments: Compatibility.withoutVolcano15)
    func places(compatibility: Compatibility) throws {
        for seed in Seeds.first(300) {
            let cluster = Neighbourhood(seed: seed)
            let filters = try schedule(cluster, policy(compatibility, ["gang"], ["predicates"]))
            #expect(
                filters.bound == cluster.expected(requiredWeight: nil), "GANGWRIGHT_SEED=\(seed), filters")
            let scores = try schedule(cluster, policy(compatibility, ["gang"], ["predicates", Self.ranking]))
            #expect(
                scores.bound == cluster.expected(requiredWeight: compatibility.isVolcano ? 0 : 1),
                "GANGWRIGHT_SEED=\(seed), scores")
            if filters.bound != cluster.expected(requiredWeight: nil) { return }
        }
    }

    @Test("a session that has lived through comings and goings counts as one that begins anew")
    func history() throws {
        for seed in Seeds.first(100) {
            var random = SeededGenerator(seed: seed)
            let before = Neighbourhood(seed: seed &+ 1_000_000).snapshot
            let after = Neighbourhood(seed: seed).snapshot
            let configuration = policy(.gangwright, ["gang"], ["predicates", Self.ranking])
            let session = try Session(snapshot: before, configuration: configuration)
            _ = session.runCycle()
            var changes: [ClusterChange] =
                before.pods.map { .podRemoved($0.key) } + before.nodes.map { .nodeRemoved($0.name) }
            changes += before.nodes.map { .node($0.with { $0.labels["zone"] = "moved" }) }
            random.shuffle(&changes)
            for change in changes { try session.apply(change) }
            for node in before.nodes { session.removeNode(node.name) }
            for pod in before.pods { session.removePod(pod.key) }
            try session.update(after)
            let anew = try Session(snapshot: after, configuration: configuration).runCycle()
            #expect(session.runCycle().bound == anew.bound, "GANGWRIGHT_SEED=\(seed)")
        }
    }

    private func schedule(
        _ cluster: Neighbourhood, _ configuration: SchedulerConfiguration
    ) throws -> CycleResult {
        try Session(snapshot: cluster.snapshot, configuration: configuration).runCycle()
    }
}
