import Allocator
import ClusterModel
import SyntheticClusters
import TestSupport
import Testing

@Suite("The columns of a cluster follow the pods") struct ClusterStateTests {
    private let resources = ResourceTable([.nvidiaGPU])

    private func cluster(_ nodes: [Node]) throws -> ClusterState {
        try ClusterState(nodes: nodes, resources: resources)
    }

    /// What is left of CPU now and later, the sum asked for, and the slots in use.
    private func cpu(_ cluster: ClusterState) -> [Int64] {
        [
            cluster.idle[0][0], cluster.futureIdle[0][0], cluster.requested[0][0],
            cluster.requested[ResourceTable.pods][0],
        ]
    }

    @Test("nodes are in byte-wise order of their names") func order() throws {
        let cluster = try cluster([.of("n9"), .of("a"), .of("n10"), .of("Z")])
        #expect(cluster.nodesByName.map { cluster.node($0).name } == ["Z", "a", "n10", "n9"])
        #expect(cluster.index(ofNode: "n10") == 2)
        #expect(cluster.index(ofNode: "n1") == nil)
    }

    @Test("an empty node has all that it may give; pods without a limit are as good as endless") func empty()
        throws
    {
        let cluster = try cluster([.of("a", 4_000, gpus: 8), .of("b", 1_000, slots: nil)])
        #expect(cluster.allocatable[0] == [4_000, 1_000])
        #expect(cluster.idle == cluster.allocatable)
        #expect(cluster.futureIdle == cluster.allocatable)
        #expect(cluster.requested.allSatisfy { $0 == [0, 0] })
        #expect(cluster.allocatable[3] == [8, 0])
        #expect(cluster.allocatable[ResourceTable.pods] == [110, StateTable.unlimitedPods])
    }

    @Test("bound, leaving and promised pods take different things") func occupancies() throws {
        let request = PodRequest(.waiting("p", 1_000), in: resources)
        var cluster = try cluster([.of("a", 4_000)])
        cluster.add(request, to: 0, as: .bound)
        #expect(cpu(cluster) == [3_000, 3_000, 1_000, 1])
        cluster.add(request, to: 0, as: .releasing)
        #expect(cpu(cluster) == [2_000, 3_000, 2_000, 2])
        cluster.add(request, to: 0, as: .pipelined)
        #expect(cpu(cluster) == [2_000, 2_000, 3_000, 3])
        cluster.remove(request, from: 0, as: .releasing)
        #expect(cpu(cluster) == [3_000, 2_000, 2_000, 2])
    }

    @Test("an over-committed node has less than nothing left") func overcommitted() throws {
        var cluster = try cluster([.of("a", 1_000)])
        cluster.add(PodRequest(.waiting("p", 1_500), in: resources), to: 0, as: .bound)
        #expect(cpu(cluster) == [-500, -500, 1_500, 1])
    }

    @Test("taking off is the exact inverse of putting on, in any order") func inverse() throws {
        for seed in Seeds.first(100) {
            var random = SeededGenerator(seed: seed)
            let snapshot = SyntheticCluster.adversarial.snapshot(seed: seed)
            if snapshot.pods.isEmpty { continue }
            let names = snapshot.nodes.flatMap(\.allocatable.names) + snapshot.pods.flatMap(\.requests.names)
            var cluster = try ClusterState(nodes: snapshot.nodes, resources: ResourceTable(names))
            let before = cluster
            var history: [(PodRequest, Int, Occupancy)] = []
            for _ in 0..<40 {
                let request = PodRequest(random.choice(snapshot.pods), in: cluster.resources)
                let node = random.integer(in: 0...(snapshot.nodes.count - 1))
                history.append((request, node, random.choice([.bound, .releasing, .pipelined])))
                cluster.add(request, to: node, as: history[history.count - 1].2)
            }
            random.shuffle(&history)
            for (request, node, occupancy) in history { cluster.remove(request, from: node, as: occupancy) }
            #expect(cluster.idle == before.idle, "GANGWRIGHT_SEED=\(seed)")
            #expect(cluster.futureIdle == before.futureIdle, "GANGWRIGHT_SEED=\(seed)")
            #expect(cluster.requested == before.requested, "GANGWRIGHT_SEED=\(seed)")
            #expect(
                cluster.states.nonZeroMilliCPU == before.states.nonZeroMilliCPU, "GANGWRIGHT_SEED=\(seed)")
            #expect(cluster.states.nonZeroMemory == before.states.nonZeroMemory, "GANGWRIGHT_SEED=\(seed)")
        }
    }

    @Test("nodes whose amounts do not add up within 63 bits are refused") func overflow() {
        let nodes: [Node] = [.of("a", .max), .of("b", 1)]
        #expect(throws: ResourceOverflow(resource: .cpu)) { try cluster(nodes) }
        #expect(throws: Never.self) { try cluster([.of("a", .max)]) }
    }
}
