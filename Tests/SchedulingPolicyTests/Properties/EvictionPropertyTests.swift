import ClusterModel
import SyntheticClusters
import TestSupport
import Testing

@testable import SchedulingPolicy

/// Clusters that are full of gangs of little importance, and gangs that want their places.
@Suite("On random clusters nobody leaves in vain") struct EvictionPropertyTests {
    private static let configurations =
        [Compatibility.volcano, .gangwright].flatMap { compatibility in
            [
                NamedConfiguration("near together", ConfigurationText.near, compatibility),
                NamedConfiguration("near together by bundles", ConfigurationText.bundling, compatibility),
                NamedConfiguration("evicting", ConfigurationText.evicting, compatibility),
                NamedConfiguration("capacity", ConfigurationText.borrowing, compatibility),
            ]
        } + [NamedConfiguration("evicting", ConfigurationText.evicting, .volcano15)]

    /// Every node filled, gangs with and without pods to spare, two queues, three priorities.
    private static func snapshot(seed: UInt64) -> ClusterSnapshot {
        var random = SeededGenerator(seed: seed)
        var snapshot = ClusterSnapshot(
            queues: [
                Queue(name: "a", weight: Int64(random.integer(in: 1...3)), deserved: [.cpu: 8_000]),
                Queue(name: "b", deserved: [.cpu: 8_000]),
            ],
            priorityClasses: [
                PriorityClass(name: "low", value: 1), PriorityClass(name: "middle", value: 5),
                PriorityClass(name: "high", value: 9),
            ])
        let nodes = random.integer(in: 1...5)
        for node in 0..<nodes { snapshot.nodes.append(.of("node-\(node)", 4_000, slots: 20)) }
        var free = [Int64](repeating: 4_000, count: nodes)
        for number in 0..<random.integer(in: 2...8) {
            let count = random.integer(in: 1...5)
            let isRunning = number < 5
            let name = "gang-\(number)"
            snapshot.podGroups.append(
                .gang(name, min: random.integer(in: 0...count), queue: random.chance(1, in: 2) ? "a" : "b")
                    .with {
                        $0.priorityClassName = ["low", "middle", "high"][random.integer(in: 0...2)]
                        $0.phase = isRunning ? .running : .inqueue
                        $0.created = .second(Int64(number))
                    })
            for var pod in Pod.members(
                of: name, count, asking: [.cpu: Int64(random.integer(in: 1...3)) * 500])
            {
                pod.priority = Int32(random.integer(in: 1...3))
                let node = random.integer(in: 0...(nodes - 1))
                let wanted = pod.requests[.cpu] ?? 0
                if isRunning, free[node] >= wanted {
                    free[node] -= wanted
                    pod = pod.running(on: "node-\(node)")
                }
                snapshot.pods.append(pod)
            }
        }
        return snapshot
    }

    /// The same in racks of one or two nodes, two racks a spine, with gangs that are to be in one of them.
    private static func snapshot(seed: UInt64, _ configuration: NamedConfiguration) -> ClusterSnapshot {
        var snapshot = snapshot(seed: seed)
        if !configuration.hasNetwork { return snapshot }
        var random = SeededGenerator(seed: seed ^ 0xd0)
        let names = snapshot.nodes.map(\.name)
        let racks = stride(from: 0, to: names.count, by: 2).map {
            Array(names[$0..<min($0 + 2, names.count)])
        }
        for (number, rack) in racks.enumerated() {
            snapshot.hyperNodes.append(.rack("r\(number)", rack))
        }
        for start in stride(from: 0, to: racks.count, by: 2) {
            let members = (start..<min(start + 2, racks.count)).map { "r\($0)" }
            snapshot.hyperNodes.append(.around("s\(start)", tier: 2, members))
        }
        for index in snapshot.podGroups.indices where random.chance(2, in: 3) {
            snapshot.podGroups[index].networkTopology = .hard(random.integer(in: 1...2))
            if random.chance(1, in: 2) {
                snapshot.podGroups[index].subGroupPolicies = [
                    SubGroupPolicy(
                        name: "parts", networkTopology: .hard(1), subGroupSize: random.integer(in: 1...2),
                        minSubGroups: random.integer(in: 0...2), matchLabelKeys: ["part"])
                ]
            }
        }
        for index in snapshot.pods.indices {
            snapshot.pods[index].labels["part"] = "\(random.integer(in: 0...1))"
        }
        return snapshot
    }

    @Test(
        "places that are promised to a gang with a limit, and to each of its parts, are in one domain",
        arguments: configurations.filter(\.hasNetwork))
    func domains(configuration: NamedConfiguration) throws {
        var evictions = 0
        for seed in Seeds.first(200) {
            let snapshot = Self.snapshot(seed: seed, configuration)
            let trial = try Trial(configuration, seed: seed, snapshot: snapshot)
            let name = "\(configuration.name), GANGWRIGHT_SEED=\(seed)"
            let index = Dictionary(
                uniqueKeysWithValues: snapshot.nodes.enumerated().map { ($1.name, $0) })
            let tree = DomainTree(
                snapshot.hyperNodes, nodes: snapshot.nodes.enumerated().map { ($0, $1) })
            func tier(_ pods: [ObjectKey]) -> Int {
                let nodes = trial.result.pipelined.filter { pods.contains($0.pod) }.compactMap {
                    index[$0.node]
                }
                return tree.commonDomain(ofNodes: nodes).map { tree[$0].tier } ?? 0
            }
            for group in snapshot.podGroups {
                let pods = snapshot.pods.filter { $0.podGroup == group.key.name }
                // Volcano's preempt and reclaim pay no heed to what such a gang wishes for.
                if trial.compatibility == .volcano,
                    trial.result.evictions.contains(where: { $0.reason == .preempt || $0.reason == .reclaim })
                {
                    continue
                }
                if let limit = group.networkTopology?.highestTierAllowed {
                    #expect(tier(pods.map(\.key)) <= limit, "\(name): \(group.key)")
                }
                if let limit = group.subGroupPolicies.first?.networkTopology?.highestTierAllowed {
                    for (part, members) in Dictionary(grouping: pods, by: { $0.labels["part"] }) {
                        #expect(
                            tier(members.map(\.key)) <= limit, "\(name): \(group.key), \(part ?? "")")
                    }
                }
            }
            evictions += trial.result.evictions.count
        }
        #expect(evictions > 0)
    }

    @Test("the books balance, and what leaves makes room", arguments: configurations)
    func books(configuration: NamedConfiguration) throws {
        var evictions = 0
        for seed in Seeds.first(60) {
            let trial = try Trial(
                configuration, seed: seed, snapshot: Self.snapshot(seed: seed, configuration))
            let other = try Trial(
                configuration, seed: seed, snapshot: Self.snapshot(seed: seed, configuration),
                allocator: .reference)
            let name = "\(configuration.name), GANGWRIGHT_SEED=\(seed)"
            #expect(trial.result.evictions == other.result.evictions, "\(name): the allocators differ")
            #expect(trial.result.binds == other.result.binds, "\(name): the allocators differ")
            evictions += trial.result.evictions.count
            var after = trial.snapshotAfterBinds
            after.pods.removeAll(where: \.isLeaving)
            var ledger = Trial.ledger(of: after)
            for entry in trial.result.pipelined {
                if let pod = trial.pods[entry.pod] { ledger.add(pod, to: entry.node) }
            }
            #expect(ledger.excesses(over: NodeLedger(), on: trial.snapshot.nodes) == [], "\(name)")
            for eviction in trial.result.evictions {
                let pod = try #require(trial.pods[eviction.pod], "\(name)")
                #expect(pod.nodeName == eviction.node, "\(name)")
                let preemptor = try #require(eviction.preemptor, "\(name)")
                // Volcano 1.5 evicts without knowing whether that helps.
                if trial.compatibility == .volcano15 { continue }
                let buyers = trial.result.pipelined.filter { entry in
                    trial.pods[entry.pod]?.podGroup == preemptor.name
                }
                #expect(!buyers.isEmpty, "\(name): \(eviction.pod) leaves for nobody")
            }
        }
        // Clusters on which nobody ever leaves would show nothing.
        #expect(evictions > 0, "\(configuration.name)")
    }

    @Test(
        "no gang is left below its minimum, and nobody leaves whose place is not needed",
        arguments: configurations.filter { $0.configuration.compatibility == .gangwright })
    func wholeGangs(configuration: NamedConfiguration) throws {
        for seed in Seeds.first(120) {
            let trial = try Trial(
                configuration, seed: seed, snapshot: Self.snapshot(seed: seed, configuration))
            let name = "\(configuration.name), GANGWRIGHT_SEED=\(seed)"
            let evicted = Set(trial.result.evictions.map(\.pod))
            for group in trial.snapshot.podGroups {
                let held = trial.snapshot.pods.filter { $0.podGroup == group.key.name && $0.nodeName != nil }
                let left = held.count { !evicted.contains($0.key) }
                if held.count >= group.minMember, left < held.count, left < group.minMember {
                    #expect(left == 0, "\(name): \(group.key) is left with \(left) of \(group.minMember)")
                }
            }
            var after = trial.snapshotAfterBinds
            after.pods.removeAll(where: \.isLeaving)
            var ledger = Trial.ledger(of: after)
            for entry in trial.result.pipelined {
                if let pod = trial.pods[entry.pod] { ledger.add(pod, to: entry.node) }
            }
            for eviction in trial.result.evictions where eviction.reason == .preempt {
                guard let pod = trial.pods[eviction.pod], let gang = pod.podGroup else { continue }
                let group = trial.snapshot.podGroups.first { $0.key.name == gang }
                let members = trial.snapshot.pods.filter { $0.podGroup == gang && $0.nodeName != nil }
                // What leaves for one gang may make more room there than a later one needs.
                let neighbours = trial.result.evictions.filter { $0.node == eviction.node }
                if neighbours.contains(where: { $0.preemptor != eviction.preemptor }) { continue }
                // A gang that was broken leaves whole.
                if members.allSatisfy({ evicted.contains($0.key) }), (group?.minMember ?? 0) > 0 { continue }
                var withIt = ledger
                withIt.add(pod, to: eviction.node)
                #expect(
                    !withIt.excesses(over: ledger, on: trial.snapshot.nodes).isEmpty,
                    "\(name): \(eviction.pod) leaves \(eviction.node) for nothing")
            }
        }
    }
}
