import Allocator
import ClusterModel
import SyntheticClusters
import TestSupport
import Testing

@testable import SchedulingPolicy

/// Random trees of domains, some nodes in none, and gangs of every kind of wish, some of which run already.
private struct RandomFabric {
    let snapshot: ClusterSnapshot
    /// By domain, its tier and its nodes.
    let domains: [String: (tier: Int, nodes: Set<String>)]

    init(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var snapshot = ClusterSnapshot(queues: [Queue(name: "default")])
        var domains: [String: (tier: Int, nodes: Set<String>)] = [:]
        var racks: [[String]] = []
        for rack in 0..<random.integer(in: 1...6) {
            let names = (0..<random.integer(in: 1...4)).map { "n\(rack)-\($0)" }
            racks.append(names)
            domains["r\(rack)"] = (1, Set(names))
            snapshot.hyperNodes.append(.rack("r\(rack)", names))
        }
        for spine in 0..<random.integer(in: 1...3) {
            let members = racks.indices.filter { $0 % 3 == spine }
            domains["s\(spine)"] = (2, Set(members.flatMap { racks[$0] }))
            snapshot.hyperNodes.append(.around("s\(spine)", tier: 2, members.map { "r\($0)" }))
        }
        if random.chance(1, in: 2) {
            domains["z"] = (4, (domains["s0"]?.nodes ?? []).union(domains["s1"]?.nodes ?? []))
            snapshot.hyperNodes.append(.around("z", tier: 4, ["s0", "s1"]))
        }
        var free: [String: Int64] = [:]
        for name in racks.joined() + (0..<random.integer(in: 0...2)).map({ "x\($0)" }) {
            free[name] = Int64(random.integer(in: 1...4)) * 1_000
            snapshot.nodes.append(.of(name, free[name] ?? 0, slots: 20))
        }
        for number in 0..<random.integer(in: 0...8) {
            let node = random.choice(snapshot.nodes).name
            let pod = Pod.waiting("used-\(number)")
            if (free[node] ?? 0) < 1_000 { continue }
            free[node, default: 0] -= 1_000
            snapshot.pods.append(random.chance(1, in: 3) ? pod.leaving(node) : pod.running(on: node))
        }
        for number in 0..<random.integer(in: 1...5) {
            Self.addGang(number, to: &snapshot, racks, &free, &random)
        }
        // The cluster as a whole is a domain too, one tier above the others.
        let highest = domains.values.map(\.tier).max() ?? 0
        domains[""] = (highest + 1, Set(snapshot.nodes.map(\.name)))
        self.snapshot = snapshot
        self.domains = domains
    }

    private static func wish(_ random: inout SeededGenerator) -> NetworkTopology? {
        switch random.integer(in: 0...5) {
        case 0: nil
        case 1: .soft
        default: .hard(random.integer(in: 0...4))
        }
    }

    private static func addGang(
        _ number: Int, to snapshot: inout ClusterSnapshot, _ racks: [[String]],
        _ free: inout [String: Int64], _ random: inout SeededGenerator
    ) {
        let name = "g\(number)"
        let count = random.integer(in: 1...8)
        var gang = PodGroup.gang(name, min: random.integer(in: 1...count))
        gang.created = .second(Int64(number))
        gang.networkTopology = wish(&random)
        if random.chance(1, in: 3) {
            gang.subGroupPolicies = [
                SubGroupPolicy(
                    name: "parts", networkTopology: wish(&random), subGroupSize: random.integer(in: 1...3),
                    minSubGroups: random.integer(in: 0...2), matchLabelKeys: ["part"])
            ]
        }
        let rack = random.choice(racks)
        let runs = random.chance(1, in: 4)
        if runs { gang.phase = .running }
        for (position, pod) in Pod.members(
            of: name, count, asking: [.cpu: Int64(random.integer(in: 1...4)) * 500]
        ).enumerated() {
            var pod = pod
            if random.chance(9, in: 10) { pod.labels["part"] = "\(position / 2)" }
            let wanted = pod.requests[.cpu] ?? 0
            if runs, position < 2, let node = rack.first(where: { (free[$0] ?? 0) >= wanted }) {
                free[node, default: 0] -= wanted
                pod = pod.running(on: node)
            }
            snapshot.pods.append(pod)
        }
        snapshot.podGroups.append(gang)
    }

    /// Whether nodes lie within one domain up to a tier.
    func isWithin(_ nodes: Set<String>, tier: Int) -> Bool {
        nodes.isEmpty || domains.values.contains { $0.tier <= tier && nodes.isSubset(of: $0.nodes) }
    }
}

@Suite("On random networks gangs keep to what they wish for") struct TopologyPropertyTests {
    private static let configurations = [Compatibility.volcano, .gangwright].map {
        policy($0, ["priority", "gang"], ["predicates", "network-topology-aware", "binpack"])
    }

    private static func violations(
        _ property: (RandomFabric, Session, CycleResult, UInt64) throws -> [String]
    ) throws -> [String] {
        try Seeds.first(60).flatMap { seed in
            try configurations.flatMap { configuration in
                let fabric = RandomFabric(seed: seed)
                let session = try Session(snapshot: fabric.snapshot, configuration: configuration)
                return try property(fabric, session, session.runCycle(), seed)
                    .map { "GANGWRIGHT_SEED=\(seed) \(configuration.compatibility): \($0)" }
            }
        }
    }

    /// The nodes of pods that are bound, or are now, by gang and part.
    private static func places(_ fabric: RandomFabric, _ result: CycleResult) -> [String: [String: Set<
        String
    >]] {
        let bound = result.bound
        var places: [String: [String: Set<String>]] = [:]
        for pod in fabric.snapshot.pods {
            guard let gang = pod.podGroup, let node = pod.nodeName ?? bound[pod.key.name] else { continue }
            places[gang, default: [:]][pod.labels["part"] ?? "-", default: []].insert(node)
        }
        return places
    }

    @Test(
        "pods of a gang with a condition lie within one domain of an allowed tier, and so do those of a part")
    func within() throws {
        var placed = 0
        let violations = try Self.violations { fabric, _, result, _ in
            let places = Self.places(fabric, result)
            return fabric.snapshot.podGroups.flatMap { gang -> [String] in
                let parts = places[gang.key.name] ?? [:]
                var found: [String] = []
                if let tier = gang.networkTopology?.highestTierAllowed {
                    let nodes = parts.values.reduce(into: Set<String>()) { $0.formUnion($1) }
                    placed += nodes.count
                    if !fabric.isWithin(nodes, tier: max(tier, 1)) { found.append("\(gang.key): \(nodes)") }
                }
                if let tier = gang.subGroupPolicies.first?.networkTopology?.highestTierAllowed {
                    for (part, nodes) in parts
                    where part != "-" && !fabric.isWithin(nodes, tier: max(tier, 1)) {
                        found.append("\(gang.key) part \(part): \(nodes)")
                    }
                }
                return found
            }
        }
        #expect(violations == [])
        #expect(placed > 50)
    }

    @Test(
        "a gang is bound with its minimum, and with as many whole parts as its rule asks for, or not at all")
    func whole() throws {
        let violations = try Self.violations { fabric, _, result, _ in
            let bound = result.bound
            return fabric.snapshot.podGroups.compactMap { gang -> String? in
                let pods = fabric.snapshot.pods.filter { $0.podGroup == gang.key.name }
                if !pods.contains(where: { bound[$0.key.name] != nil }) { return nil }
                let there = pods.filter { $0.nodeName != nil || bound[$0.key.name] != nil }
                if there.count < gang.minMember { return "\(gang.key) has \(there.count)" }
                guard let rule = gang.subGroupPolicies.first else { return nil }
                let sizes = Dictionary(grouping: there.filter { $0.labels["part"] != nil }) {
                    $0.labels["part"]
                }
                let complete = sizes.values.count { $0.count >= rule.subGroupSize }
                return complete < rule.minSubGroups ? "\(gang.key) has \(complete) parts" : nil
            }
        }
        #expect(violations == [])
    }

    @Test("both allocators, and objects in any order, give the same decisions") func same() throws {
        let violations = try Self.violations { fabric, session, result, seed in
            var random = SeededGenerator(seed: seed)
            let configuration = session.configuration
            let shuffled = try Session(
                snapshot: fabric.snapshot.shuffled(using: &random), configuration: configuration)
            let reference = try Session(
                snapshot: fabric.snapshot, configuration: configuration,
                options: SessionOptions(allocator: .reference))
            return [("shuffled", shuffled), ("reference", reference)].compactMap { name, other in
                let again = other.runCycle()
                return again.binds == result.binds && again.pending == result.pending
                    && again.pipelined == result.pipelined && again.podGroups == result.podGroups
                    ? nil : "\(name) differs"
            }
        }
        #expect(violations == [])
    }

    @Test("domains that were ranked before are ranked as anew, whatever has happened meanwhile")
    func rankings() throws {
        var compared = 0
        let violations = try Self.violations { fabric, session, _, _ in
            let tree = session.domainTree
            return session.jobs.indices.filter { session.jobs[$0].topology != nil }.flatMap {
                job -> [String] in
                let parts = session.jobs[job].topology?.subGroups.indices.map(Optional.some) ?? []
                return (parts + [nil]).compactMap { part in
                    let search = DomainSearch(
                        job: job, subGroup: part, start: DomainTree.root, held: nil, purpose: .place)
                    let ranked = session.points.rankedDomains(search, tree, in: session).map { tier in
                        tier.map(\.domain)
                    }
                    let group = SubGroupID(job: job, index: part)
                    let anew = session.points.domainGradient(search, tree, in: session).map { tier in
                        zip(tier, session.points.domainScores(of: group, tier, tree, in: session))
                            .map { RankedDomain(domain: $0, score: $1) }.sorted { $0.precedes($1) }
                            .map(\.domain)
                    }
                    compared += 1
                    return ranked.filter { !$0.isEmpty } == anew
                        ? nil : "\(session.jobs[job].key): \(ranked), anew \(anew)"
                }
            }
        }
        #expect(violations == [])
        #expect(compared > 100)
    }

    @Test("how many pods fit a domain is known as pods come and go") func rooms() throws {
        var changed = 0
        let violations = try Self.violations { fabric, session, _, seed in
            var random = SeededGenerator(seed: seed)
            let tree = session.domainTree
            let shapes = Set(session.tasks.compactMap(\.shape))
            func found(_ shape: ShapeID) -> [Int]? {
                session.domainRooms(for: shape, in: tree)?.rooms
            }
            func counted(_ shape: ShapeID) -> [Int] {
                tree.domains.map { session.allocator.room(for: shape, among: $0.nodes) }
            }
            var before: [ShapeID: [Int]] = [:]
            for shape in shapes { before[shape] = found(shape) }
            for pod in fabric.snapshot.pods where random.chance(1, in: 2) { session.removePod(pod.key) }
            for node in fabric.snapshot.nodes where random.chance(1, in: 4) {
                try session.update(node.with { $0.isUnschedulable = true })
            }
            return shapes.compactMap { shape in
                let (kept, anew) = (found(shape), counted(shape))
                if kept != before[shape] { changed += 1 }
                return kept == anew ? nil : "\(kept ?? []), anew \(anew)"
            }
        }
        #expect(violations == [])
        #expect(changed > 50)
    }

    @Test("what was undone left no trace in the columns") func columns() throws {
        let violations = try Self.violations { fabric, session, result, _ in
            let cluster = session.cluster
            var expected = try ClusterState(nodes: fabric.snapshot.nodes, resources: cluster.resources)
            let bound = result.bound
            let promised = Dictionary(uniqueKeysWithValues: result.pipelined.map { ($0.pod.name, $0) })
            for pod in fabric.snapshot.pods {
                let place = promised[pod.key.name]
                guard let name = pod.nodeName ?? bound[pod.key.name] ?? place?.node,
                    let index = expected.index(ofNode: name)
                else { continue }
                let waits = place.map { $0.waitsFor != .gang } ?? false
                expected.add(
                    PodRequest(pod, in: cluster.resources), to: index,
                    as: pod.isTerminating ? .releasing : (waits ? .pipelined : .bound))
            }
            // The session's rows are in the order of arrival, the others by name.
            let rows = fabric.snapshot.nodes.map {
                (cluster.index(ofNode: $0.name), expected.index(ofNode: $0.name))
            }
            return rows.flatMap { row -> [String] in
                guard let own = row.0, let other = row.1 else { return ["a node is missing"] }
                return cluster.idle.indices.filter {
                    cluster.idle[$0][own] != expected.idle[$0][other]
                        || cluster.futureIdle[$0][own] != expected.futureIdle[$0][other]
                }.map { "column \($0) of a node differs" }
            }
        }
        #expect(violations == [])
    }
}
