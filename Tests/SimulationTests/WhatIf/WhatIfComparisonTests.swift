import ClusterModel
import SchedulingLoop
import SchedulingPolicy
import Simulation
import SyntheticClusters
import TestSupport
import Testing

@Suite("A change is compared with the cluster as it is") struct WhatIfComparisonTests {
    private static let surroundings = WhatIfRun.Surroundings(
        configuration: .default, now: LoopTime(.second(0)))

    /// Two thirds of a small cluster run; more waits than fits.
    static func cluster(_ seed: UInt64) -> ClusterSnapshot {
        var recipe = SyntheticCluster.mixed(nodes: 20)
        recipe.fillPercent = 65
        recipe.pending = .percentOfCapacity(60)
        return recipe.snapshot(seed: seed)
    }

    static func compare(
        _ before: ClusterSnapshot, _ changes: [NodeChange],
        _ surroundings: WhatIfRun.Surroundings = surroundings
    ) throws -> WhatIfComparison {
        var after = before
        let departure = after.apply(changes)
        return WhatIfComparison(
            before: try WhatIfRun(before, surroundings), after: try WhatIfRun(after, surroundings),
            departure: departure)
    }

    /// Where everything is after the cycles: pods of jobs, and what stays on its node.
    static func ledger(_ run: WhatIfRun) -> NodeLedger {
        var ledger = NodeLedger()
        let places = run.jobs.reduce(into: [ObjectKey: String]()) { $0.merge($1.nodes) { first, _ in first } }
        for pod in run.snapshot.pods where !pod.isTerminal {
            if let node = places[pod.key] { ledger.add(pod, to: node) }
        }
        return ledger
    }

    static func bound(_ snapshot: ClusterSnapshot) -> NodeLedger {
        var ledger = NodeLedger()
        for pod in snapshot.pods where !pod.isTerminal {
            if let node = pod.nodeName { ledger.add(pod, to: node) }
        }
        return ledger
    }

    @Test("no change changes nothing", arguments: Seeds.first(4)) func nothing(seed: UInt64) throws {
        let comparison = try Self.compare(Self.cluster(seed), [])
        #expect(comparison.jobs.isEmpty && !comparison.takesAway, "seed \(seed)")
        #expect(comparison.moves.isEmpty && !comparison.isForbidden, "seed \(seed)")
        #expect(comparison.before.pools == comparison.after.pools, "seed \(seed)")
        #expect(comparison.before.jobs.contains { $0.state == .runs }, "seed \(seed)")
    }

    @Test(
        "a drained node ends up empty, nothing is over-committed, and no pod is lost",
        arguments: Seeds.first(6))
    func drain(seed: UInt64) throws {
        let cluster = Self.cluster(seed)
        var random = SeededGenerator(seed: seed)
        let running = cluster.pods.compactMap(\.nodeName)
        let drained = (0..<3).map { _ in random.choice(running) }
        let comparison = try Self.compare(cluster, [.drain(drained)])
        let after = comparison.after
        let places = after.jobs.flatMap { $0.nodes.values }
        #expect(Set(places).isDisjoint(with: drained), "seed \(seed)")
        #expect(
            Self.ledger(after).excesses(over: Self.bound(after.snapshot), on: after.snapshot.nodes) == [],
            "seed \(seed)")
        #expect(after.snapshot.pods.count == cluster.pods.count, "seed \(seed): all pods are in gangs")
        #expect(comparison.departure.leaving.count >= 1, "seed \(seed)")
        // What left a drained node has moved, or waits with a job that says so.
        let homeless = Set(
            comparison.jobs.filter { [.losesPlace, .shrinks].contains($0.effect) }
                .flatMap { $0.after?.pods ?? [] })
        let moved = Set(comparison.moves.map(\.pod))
        for pod in comparison.departure.leaving {
            #expect(moved.contains(pod) || homeless.contains(pod), "seed \(seed): \(pod)")
        }
    }

    @Test(
        "the same question has the same answer, whatever the order of the objects", arguments: Seeds.first(3))
    func determinism(seed: UInt64) throws {
        let cluster = Self.cluster(seed)
        var random = SeededGenerator(seed: seed)
        let shuffled = cluster.shuffled(using: &random)
        let node = cluster.pods.compactMap(\.nodeName)[0]
        func answer(_ snapshot: ClusterSnapshot) throws -> [String] {
            let comparison = try Self.compare(snapshot, [.drain([node])])
            return comparison.jobs.map { "\($0.key) \($0.effect) \($0.moves) \($0.after?.pods ?? [])" }
        }
        let first = try answer(cluster)
        let again = try answer(cluster)
        let other = try answer(shuffled)
        #expect(again == first, "seed \(seed)")
        #expect(other == first, "seed \(seed)")
    }

    @Test("more nodes take no place from what runs, where nothing is evicted", arguments: Seeds.first(4))
    func addition(seed: UInt64) throws {
        let text = SchedulerConfiguration.defaultText.replacing("preempt, reclaim, ", with: "")
        let configuration = try #require(
            SchedulerConfiguration.read(Array(text.utf8), file: "test").configuration)
        let surroundings = WhatIfRun.Surroundings(configuration: configuration, now: LoopTime(.second(0)))
        let cluster = Self.cluster(seed)
        let template = NodeTemplate(like: cluster.nodes[Int(seed) % cluster.nodes.count], title: "")
        let comparison = try Self.compare(cluster, [.add(template, count: 5)], surroundings)
        #expect(comparison.jobs(.losesPlace).isEmpty, "seed \(seed)")
        #expect(comparison.moves.isEmpty, "seed \(seed)")
        let (before, after) = (comparison.before.pools, comparison.after.pools)
        #expect(after.reduce(0) { $0 + $1.nodes } == before.reduce(0) { $0 + $1.nodes } + 5, "seed \(seed)")
    }

    @Test("a gang that finds no other place says so, one that would have started too") func effects() throws {
        let running = Pod.members(of: "run", 2, asking: [.cpu: 6_000]).map { $0.running(on: "a") }
        let waiting = Pod.members(of: "wait", 1, asking: [.cpu: 9_000])
        let snapshot = ClusterSnapshot(
            nodes: [.of("a", 12_000), .of("b", 12_000)], pods: running + waiting,
            podGroups: [
                PodGroup.gang("run", min: 2).with { $0.created = .second(1) },
                PodGroup.gang("wait", min: 1).with { $0.created = .second(2) },
            ])
        let drained = try Self.compare(snapshot, [.drain(["a"])])
        #expect(drained.jobs.map(\.effect) == [.moves, .startsNoMore])
        #expect(drained.jobs.map(\.restarts) == [true, false])
        #expect(drained.moves.map(\.to) == ["b", "b"])
        #expect(drained.takesAway)
        let removed = try Self.compare(snapshot, [.remove(["a"]), .cordon(["b"])])
        #expect(removed.jobs.map(\.effect) == [.losesPlace, .startsNoMore])
        #expect(removed.jobs[0].after?.reason == .unschedulable)
        let added = try Self.compare(
            snapshot, [.drain(["a"]), .add(NodeTemplate(like: snapshot.nodes[0], title: "a"), count: 1)])
        #expect(added.jobs(.losesPlace).isEmpty && added.jobs(.startsNoMore).isEmpty)
        #expect(!added.takesAway)
    }
}
