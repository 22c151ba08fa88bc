import ClusterModel
import SchedulingPolicy
import SyntheticClusters
import TestSupport
import Testing

/// Clusters that are full of gangs of little importance, and gangs that want their places.
@Suite("On random clusters nobody leaves in vain") struct EvictionPropertyTests {
    private static let configurations =
        [Compatibility.volcano, .gangwright].flatMap { compatibility in
            [
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

    @Test("the books balance, and what leaves makes room", arguments: configurations)
    func books(configuration: NamedConfiguration) throws {
        var evictions = 0
        for seed in Seeds.first(60) {
            let trial = try Trial(configuration, seed: seed, snapshot: Self.snapshot(seed: seed))
            let other = try Trial(
                configuration, seed: seed, snapshot: Self.snapshot(seed: seed), allocator: .reference)
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
            let trial = try Trial(configuration, seed: seed, snapshot: Self.snapshot(seed: seed))
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
