import Allocator
import ClusterModel
import TestSupport
import Testing

@Suite("The index decides as the reference does") struct EquivalenceTests {
    @Test("through random histories of pods, gangs and nodes that come, change and go")
    func randomHistories() throws {
        for seed in Seeds.first(300) {
            var duel = try Duel(seed: seed)
            if let difference = duel.run(steps: 60) {
                Issue.record("\(difference); replay it alone with GANGWRIGHT_SEED=\(seed)")
                return
            }
        }
    }

    @Test("when more states have come and gone than are kept") func manyStates() throws {
        let nodes = (0..<3).map {
            Node(name: "node-\($0)", allocatable: [.cpu: 10_000_000, .memory: 1 << 40])
        }
        let cluster = try ClusterState(nodes: nodes, resources: ResourceTable([]))
        let kernels: [ScoreKernel] = [.leastAllocated(weight: 1)]
        var reference = ReferenceAllocator(cluster: cluster, filters: [], kernels: kernels)
        var indexed = IndexedAllocator(cluster: cluster, filters: [], kernels: kernels)
        let small = Pod(key: ObjectKey(namespace: "", name: "small"), requests: [.cpu: 1])
        for size in 1...6_000 {
            let pod = Pod(key: ObjectKey(namespace: "", name: "pod"), requests: [.cpu: Int64(size)])
            let shape = reference.intern(pod)
            let sameShape = indexed.intern(pod)
            #expect(sameShape == shape)
            let expected = reference.bestNode(for: shape)
            let found = indexed.bestNode(for: shape)
            #expect(found == expected, "size \(size)")
            let place = try #require(expected)
            reference.take(place, for: shape)
            indexed.take(place, for: shape)
            if size.isMultiple(of: 3) {
                reference.giveBack(place, for: shape)
                indexed.giveBack(place, for: shape)
            }
            if size.isMultiple(of: 7) {
                let expected = reference.bestNode(for: reference.intern(small))
                let found = indexed.bestNode(for: indexed.intern(small))
                #expect(found == expected, "size \(size)")
            }
        }
        #expect(reference.cluster.idle == indexed.cluster.idle)
    }
}
