import ClusterModel
import SchedulingLoop
import SchedulingPolicy
import Simulation
import SyntheticClusters
import TestSupport
import Testing

@Suite("The fewest nodes with which jobs start are found by trying") struct NodeFitTests {
    private static let surroundings = WhatIfRun.Surroundings(
        configuration: .default, now: LoopTime(.second(0)))

    private static func key(_ name: String) -> ObjectKey { ObjectKey(namespace: testNamespace, name: name) }

    private static func fit(
        _ snapshot: ClusterSnapshot, like node: Node, for target: NodeFit.Target = .all, most: Int = 1_000
    ) throws -> NodeFit {
        try NodeFit(
            snapshot, like: NodeTemplate(like: node, title: ""), for: target, surroundings, most: most)
    }

    /// A full node of ten cores, a gang of five pods of four cores, a pod of one, and one that is larger than a node.
    private static let small = ClusterSnapshot(
        nodes: [.of("a")],
        pods: [Pod.waiting("full", 10_000).running(on: "a"), .waiting("one"), .waiting("vast", 11_000)]
            + Pod.members(of: "five", 5, asking: [.cpu: 4_000]),
        podGroups: [.gang("five", min: 5)])

    @Test("two pods a node make three nodes, and what is too large for any is told") func three() throws {
        let fit = try Self.fit(Self.small, like: Self.small.nodes[0])
        #expect(fit.count == 3 && fit.usedNodes == 3)
        #expect(fit.isProvenSmallest && fit.exceptions.isEmpty)
        #expect(fit.started == [Self.key("five"), Self.key("one")])
        #expect(fit.never.map(\.job.key) == [Self.key("vast")])
        #expect(fit.never[0].refusals.map(\.reason) == ["Insufficient cpu"])
        #expect(!fit.never[0].hasPlaceWithout && !fit.never[0].holds.isEmpty)
    }

    @Test("one job takes what it needs, one that has its place needs none") func targets() throws {
        let node = Self.small.nodes[0]
        #expect(try Self.fit(Self.small, like: node, for: .jobs([Self.key("one")])).count == 1)
        let vast = try Self.fit(Self.small, like: node, for: .jobs([Self.key("vast")]))
        #expect(vast.count == nil && vast.never.count == 1)
        // The gang has its turn before and fills the first of them.
        let larger = try Self.fit(Self.small, like: .of("b", 20_000), for: .jobs([Self.key("vast")]))
        #expect(larger.count == 2 && larger.never.isEmpty)
        let none = try Self.fit(ClusterSnapshot(nodes: [node], pods: [.waiting("p")]), like: node)
        #expect(none.count == 0 && none.never.isEmpty)
    }

    @Test("no more nodes are tried than allowed") func bounded() throws {
        let fit = try Self.fit(
            Self.small, like: Self.small.nodes[0], for: .jobs([Self.key("five")]), most: 2)
        #expect(fit.count == nil && fit.most == 2 && fit.never.map(\.job.key) == [Self.key("five")])
        #expect(fit.never[0].refusals.isEmpty)
    }

    @Test("so many start all that can be helped, one fewer does not", arguments: Seeds.first(3))
    func property(seed: UInt64) throws {
        let cluster = WhatIfComparisonTests.cluster(seed)
        let pools = Set(cluster.nodes.compactMap { $0.labels["agentpool"] }).sorted()
        for pool in pools {
            let node = try #require(cluster.nodes.first { $0.labels["agentpool"] == pool })
            let fit = try Self.fit(cluster, like: node, most: 200)
            guard let count = fit.count, count > 0 else { continue }
            let hopeless = Set(fit.never.map(\.job.key))
            func waiting(_ count: Int) throws -> [ObjectKey] {
                var more = cluster
                NodeTemplate(like: node, title: "").add(count, to: &more)
                return try WhatIfRun(more, Self.surroundings).jobs.filter { !$0.hasPlace }.map(\.key)
            }
            let (left, leftWithFewer) = (try waiting(count), try waiting(count - 1))
            #expect(Set(left).isSubset(of: hopeless), "seed \(seed), pool \(pool)")
            #expect(!Set(leftWithFewer).isSubset(of: hopeless), "seed \(seed), pool \(pool)")
            #expect(fit.run.jobs.filter { !$0.hasPlace }.map(\.key) == left, "seed \(seed)")
            #expect(!fit.started.isEmpty && Set(fit.started).isDisjoint(with: hopeless), "seed \(seed)")
        }
    }
}
