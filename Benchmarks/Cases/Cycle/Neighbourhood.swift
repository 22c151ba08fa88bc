import ClusterModel
import SchedulingPolicy
import SyntheticClusters

extension BenchmarkCase {
    /// What it costs that gangs are to run close together.
    static let topologyCycle = BenchmarkCase(
        "cycle/topology", "gangs of 8, each within one of very many domains, beside the same gangs anywhere"
    ) { settings in
        let nodes = settings.nodes
        let racks = nodes / 10
        var measurements: [Measurement] = []
        var plain: Measurement?
        for kind in NearGangs.allCases {
            let conditions = "\(nodes) nodes in \(racks) racks, \(kind.rawValue)"
            let workload = kind.workload(nodes: nodes, seed: settings.seed)
            let cost = try settings.decided(workload, conditions)
            measurements.append(cost)
            guard let plain else {
                plain = cost
                continue
            }
            measurements.append(
                .ratio(
                    "cost against gangs anywhere", conditions, of: cost, to: plain, better: .lower, target: 3)
            )
        }
        return measurements
    }

    /// What it costs that pods look at each other.
    static let affinityCycle = BenchmarkCase(
        "cycle/affinity",
        "gangs of 8 whose pods keep apart from or near to each other, 5,000 nodes in 10 zones"
    ) { settings in
        let nodes = settings.size(5_000, quick: 500)
        let pods = settings.size(4_000, quick: 400)
        return try CompanyGangs.allCases.map { kind in
            let workload = kind.workload(nodes: nodes, pods: pods, seed: settings.seed)
            return try settings.rateDecided(
                workload, "\(nodes) nodes, \(pods) pods, \(kind.rawValue)", target: 10_000)
        }
    }
}

extension BenchmarkSettings {
    /// Costs per pod of cycles in which gangs that have come are decided, before they go again.
    fileprivate func decided(_ workload: SessionWorkload, _ conditions: String) throws -> Measurement {
        .cost("a pod decided", conditions, try samples(workload))
    }

    /// Rates of such cycles.
    func rateDecided(
        _ workload: SessionWorkload, _ conditions: String, target: Double?
    ) throws -> Measurement {
        .rate("pods decided", conditions, try samples(workload), target: target)
    }

    private func samples(_ workload: SessionWorkload) throws -> [Sample] {
        let session = try workload.session()
        var samples: [Sample] = []
        for number in 0...count(atMost: 5) {
            try workload.arriveAll(session)
            var bound = 0
            let sample = Sample.of {
                bound = session.runCycle().binds.count
                return workload.pods.count
            }
            if bound < workload.pods.count * 9 / 10 {
                throw BenchmarkFailure("only \(bound) of \(workload.pods.count) pods found a place")
            }
            workload.leaveAll(session)
            if number > 0 { samples.append(sample) }
        }
        return samples
    }
}

/// Gangs of eight pods of one GPU on nodes in racks of ten.
enum NearGangs: String, CaseIterable {
    case anywhere = "gangs anywhere"
    case hard = "each gang within a rack"
    case parts = "each half of a gang within a rack"
    case soft = "gangs as near together as they fit"

    /// 95 % of the cluster, as its gangs.
    func workload(nodes: Int, seed: UInt64) -> SessionWorkload {
        SessionWorkload(
            .uniform(nodes: nodes), seed: seed, configuration: .withDomains
        ) { snapshot in
            for start in stride(from: 0, to: snapshot.nodes.count, by: 10) {
                let members = snapshot.nodes[start..<min(start + 10, snapshot.nodes.count)]
                snapshot.hyperNodes.append(
                    HyperNode(
                        name: "rack-\(10_000 + start / 10)", tier: 1,
                        members: members.map { .nodes(.exact($0.name)) }))
            }
            for index in snapshot.podGroups.indices {
                switch self {
                case .anywhere: break
                case .hard:
                    snapshot.podGroups[index].networkTopology = NetworkTopology(highestTierAllowed: 1)
                case .soft: snapshot.podGroups[index].networkTopology = NetworkTopology(mode: .soft)
                case .parts:
                    snapshot.podGroups[index].subGroupPolicies = [
                        SubGroupPolicy(
                            name: "halves", networkTopology: NetworkTopology(highestTierAllowed: 1),
                            subGroupSize: 4, minSubGroups: 2, matchLabelKeys: ["half"])
                    ]
                }
            }
            if self == .parts {
                for index in snapshot.pods.indices {
                    snapshot.pods[index].labels["half"] = "\(index % 8 / 4)"
                }
            }
        }
    }
}

/// Gangs of eight pods of one GPU that look at each other.
enum CompanyGangs: String, CaseIterable {
    case apart = "no two of a gang on a node"
    case near = "a gang within a zone"
    case both = "a gang within a zone, no two on a node"
    case preferred = "a gang in one zone if possible"

    func workload(nodes: Int, pods: Int, seed: UInt64) -> SessionWorkload {
        var recipe = SyntheticCluster.uniform(nodes: nodes)
        recipe.pending = .pods(pods)
        return SessionWorkload(recipe, seed: seed) { snapshot in
            for index in snapshot.nodes.indices {
                snapshot.nodes[index].labels[NodePool.zoneLabel] = "zone-\(index % 10)"
            }
            for index in snapshot.pods.indices { befriend(&snapshot.pods[index]) }
        }
    }

    private func befriend(_ pod: inout Pod) {
        let name = pod.podGroup ?? ""
        pod.labels["job"] = name
        func term(_ key: String) -> PodAffinityTerm {
            PodAffinityTerm(labelSelector: LabelSelector(matchLabels: ["job": name]), topologyKey: key)
        }
        var constraints = PodConstraints()
        if self == .apart || self == .both {
            constraints.podAntiAffinity.required = [term(NodePool.hostnameLabel)]
        }
        if self == .near || self == .both {
            constraints.podAffinity.required = [term(NodePool.zoneLabel)]
        }
        if self == .preferred {
            constraints.podAffinity.preferred = [
                WeightedPodAffinityTerm(weight: 10, term: term(NodePool.zoneLabel))
            ]
        }
        pod.constraints = constraints
    }
}

extension SchedulerConfiguration {
    /// The default configuration with domains of the network, which pods without a wish pay no heed to.
    fileprivate static let withDomains: SchedulerConfiguration = {
        let text =
            defaultText + """
                  - name: network-topology-aware
                    arguments:
                      hypernode.binpack.normal-pod.enable: false

                """
        let (configuration, problems) = read(Array(text.utf8), file: "default with domains")
        guard let configuration else { preconditionFailure("\(problems)") }
        return configuration
    }()
}
