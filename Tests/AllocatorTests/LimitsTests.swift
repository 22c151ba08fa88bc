import Allocator
import ClusterModel
import TestSupport
import Testing

@Suite("Sizes and amounts at the limits") struct LimitsTests {
    private let filters: NodeFilters = [
        .nodeReady, .nodeUnschedulable, .nodeAffinity, .taintToleration, .podCount,
    ]
    private let kernels: [ScoreKernel] = [
        .binpack(
            resources: [
                ScoreKernel.WeightedResource(.cpu, weight: 1),
                ScoreKernel.WeightedResource(.nvidiaGPU, weight: 10),
            ], weight: 10), .leastAllocated(weight: 1),
        .balancedAllocation(resources: [.cpu, .memory], weight: 1), .nodeAffinity(weight: 1),
    ]

    private func pair(_ nodes: [Node]) throws -> (ReferenceAllocator, IndexedAllocator) {
        let cluster = try ClusterState(nodes: nodes, resources: ResourceTable([]))
        return (
            ReferenceAllocator(cluster: cluster, filters: filters, kernels: kernels),
            IndexedAllocator(cluster: cluster, filters: filters, kernels: kernels)
        )
    }

    /// Places pods one after the other by both; says where, `nil` for a pod that finds no place.
    private func place(_ pods: [Pod], on nodes: [Node]) throws -> [String?] {
        var (reference, indexed) = try pair(nodes)
        return pods.map { pod in
            let shape = indexed.intern(pod)
            #expect(reference.intern(pod) == shape)
            let place = indexed.bestNode(for: shape)
            #expect(reference.bestNode(for: shape) == place)
            #expect(reference.room(for: shape) == indexed.room(for: shape))
            guard let place else { return nil }
            reference.take(place, for: shape)
            indexed.take(place, for: shape)
            return indexed.node(place.node).name
        }
    }

    @Test("64 resources, of which a pod asks for all or the last") func manyResources() throws {
        let names = (0..<64).map { ResourceName("example.com/device-\($0)") }
        var all: ResourceList = [.cpu: 1_000]
        for name in names { all[name] = 2 }
        let nodes = ["a", "b"].map { name in
            Node.of(name).with { node in for resource in names { node.allocatable[resource] = 4 } }
        }
        let last = Pod.waiting("last", asking: [.cpu: 100, names[63]: 3])
        let pods = [Pod.waiting("all", asking: all), last, last, Pod.waiting("all", asking: all)]
        #expect(try place(pods, on: nodes) == ["a", "b", nil, "a"])
    }

    @Test("5,000 labels, each with its own selector") func manyLabels() throws {
        let nodes = (0..<50).map { number in
            let labels = (0..<100).map { ("label-\(number)-\($0)", "x") }
            return Node.of("node-\(100 + number)", labels: Dictionary(uniqueKeysWithValues: labels))
        }
        var (_, indexed) = try pair(nodes)
        for number in 0..<5_000 {
            var pod = Pod.waiting("p", 1)
            pod.nodeSelector = ["label-\(number / 100)-\(number % 100)": "x"]
            let shape = indexed.intern(pod)
            let found = indexed.bestNode(for: shape)
            let place = try #require(found)
            #expect(indexed.node(place.node).name == "node-\(100 + number / 100)")
            indexed.take(place, for: shape)
        }
    }

    @Test("a gang of 10,000 pods, placed, refused and undone") func largeGang() throws {
        var (_, indexed) = try pair((0..<2_000).map { .of("node-\(10_000 + $0)", 5_000) })
        let before = indexed.cluster.idle
        let shape = indexed.intern(.waiting("p", 1_000))
        #expect(indexed.room(for: shape) == 10_000)
        var places: [Placement] = []
        while let place = indexed.bestNode(for: shape) {
            indexed.take(place, for: shape)
            places.append(place)
        }
        #expect(places.count == 10_000)
        #expect(indexed.room(for: shape) == 0)
        for place in places.reversed() { indexed.giveBack(place, for: shape) }
        #expect(indexed.cluster.idle == before)
        #expect(indexed.room(for: shape) == 10_000)
    }

    @Test("nodes that offer nothing take nothing, not even a pod that asks for nothing") func zeroCapacity()
        throws
    {
        let empty = Node(name: "a", allocatable: [.cpu: 0, .memory: 0, .pods: 0, .nvidiaGPU: 0])
        let bare = Node(name: "b")
        let nothing = Pod.waiting("nothing", asking: [:])
        let gpu = Pod.waiting("gpu", asking: [.nvidiaGPU: 1])
        #expect(try place([nothing, gpu], on: [empty]) == [nil, nil])
        // No limit on pods is named, so that a pod without needs finds a slot.
        #expect(try place([nothing, gpu], on: [empty, bare]) == ["b", nil])
    }

    @Test("amounts near the end of 63 bits") func hugeAmounts() throws {
        let most: Int64 = 1 << 62
        let nodes: [Node] = [
            .of("a", most - 1, memory: most - 1), .of("b", most, memory: 1 << 40),
        ]
        func pod(_ cpu: Int64, _ memory: Int64) -> Pod {
            Pod.waiting("p", asking: [.cpu: cpu, .memory: memory])
        }
        let pods = [pod(most, 1), pod(most - 1, most - 1), pod(1, 0), pod(0, 1)]
        #expect(try place(pods, on: nodes) == ["b", "a", nil, "b"])
    }

    @Test("100,000 nodes that come as changes, and pods that fill some of them") func manyNodes() {
        var indexed = IndexedAllocator(filters: filters, kernels: kernels)
        for number in 0..<100_000 { indexed.addNode(.of("node-\(1_000_000 + number)", 2_000)) }
        let shape = indexed.intern(.waiting("p", 1_000))
        #expect(indexed.room(for: shape) == 200_000)
        for _ in 0..<1_000 {
            guard let place = indexed.bestNode(for: shape) else { break }
            indexed.take(place, for: shape)
        }
        #expect(indexed.room(for: shape) == 199_000)
        for number in 0..<1_000 {
            guard let node = indexed.index(ofNode: "node-\(1_000_000 + 97 * number)") else { break }
            indexed.removeNode(node)
        }
        #expect(indexed.nodeCount == 99_000)
    }

    @Test("weights without measure do not overflow") func heavyWeights() throws {
        let weights = [ResourceName.cpu, .memory].map { ScoreKernel.WeightedResource($0, weight: .max) }
        let cluster = try ClusterState(nodes: [.of("a"), .of("b")], resources: ResourceTable([]))
        var indexed = IndexedAllocator(
            cluster: cluster, filters: filters, kernels: [.binpack(resources: weights, weight: .max)])
        let shape = indexed.intern(.waiting("p", 10_000))
        #expect(indexed.bestNode(for: shape)?.node == 0)
    }
}
