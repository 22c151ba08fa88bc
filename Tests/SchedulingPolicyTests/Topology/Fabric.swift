import ClusterModel
import SchedulingPolicy
import TestSupport
import Testing

/// A network of three tiers: nodes n1 to n8 of two CPUs each, two of them a rack (r1 to r4, tier 1), two racks a spine (s1 and
/// s2, tier 2), two spines the zone z (tier 3).
struct Fabric {
    var nodes = (1...8).map { Node.of("n\($0)", 2_000) }
    var hyperNodes: [HyperNode] = [
        .rack("r1", ["n1", "n2"]), .rack("r2", ["n3", "n4"]), .rack("r3", ["n5", "n6"]),
        .rack("r4", ["n7", "n8"]),
        .around("s1", tier: 2, ["r1", "r2"]), .around("s2", tier: 2, ["r3", "r4"]),
        .around("z", tier: 3, ["s1", "s2"]),
    ]
    var gangs: [PodGroup] = []
    var pods: [Pod] = []

    /// Fills nodes with running pods of one CPU that belong to nobody.
    init(used: [String: Int] = [:]) {
        for (node, count) in used {
            for number in 0..<count { pods.append(Pod.waiting("\(node)-used-\(number)").running(on: node)) }
        }
    }

    /// Adds a gang of pods of one CPU, all of which must run together.
    mutating func add(
        _ name: String, _ count: Int, _ wish: NetworkTopology?, change: (inout PodGroup) -> Void = { _ in }
    ) {
        var gang = PodGroup.gang(name, min: count).with { $0.networkTopology = wish }
        change(&gang)
        gangs.append(gang)
        pods += Pod.members(of: name, count)
    }

    var snapshot: ClusterSnapshot {
        var snapshot = ClusterSnapshot(nodes: nodes, pods: pods, podGroups: gangs)
        snapshot.hyperNodes = hyperNodes
        return snapshot
    }

    /// Runs one cycle with both allocators, which must agree.
    func run(_ configuration: SchedulerConfiguration = byDomain) throws -> CycleResult {
        let result = try Session(snapshot: snapshot, configuration: configuration).runCycle()
        let again = try Session(
            snapshot: snapshot, configuration: configuration, options: SessionOptions(allocator: .reference)
        ).runCycle()
        #expect(again.binds == result.binds, "the allocators differ")
        return result
    }
}

/// Gangs, nodes and domains, and nothing else.
let byDomain = policy(.volcano, ["priority", "gang"], ["predicates", "network-topology-aware"])

extension HyperNode {
    /// A domain of tier 1 that names its nodes.
    static func rack(_ name: String, _ nodes: [String]) -> HyperNode {
        HyperNode(name: name, tier: 1, tierName: "rack", members: nodes.map { .nodes(.exact($0)) })
    }

    /// A domain around others.
    static func around(_ name: String, tier: Int, _ domains: [String]) -> HyperNode {
        HyperNode(name: name, tier: tier, members: domains.map { .hyperNode($0) })
    }
}

extension NetworkTopology {
    /// A condition: no wider than a tier.
    static func hard(_ tier: Int) -> NetworkTopology { NetworkTopology(highestTierAllowed: tier) }
    /// A preference.
    static let soft = NetworkTopology(mode: .soft)
}

extension CycleResult {
    /// The domain of each gang that holds places in one, by the gang's name.
    var hyperNodes: [String: String] {
        Dictionary(
            uniqueKeysWithValues: podGroups.compactMap { group in
                group.allocatedHyperNode.map { (group.key.name, $0) }
            })
    }
}
