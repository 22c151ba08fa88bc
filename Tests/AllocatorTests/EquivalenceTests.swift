import Allocator
import ClusterModel
import SyntheticClusters
import TestSupport
import Testing

/// The index and the reference, side by side through the same random history.
private struct Duel {
    private var random: SeededGenerator
    private var reference: ReferenceAllocator
    private var indexed: IndexedAllocator
    private let pods: [Pod]
    private var taken: [(placement: Placement, shape: ShapeID)] = []

    init(seed: UInt64) throws {
        random = SeededGenerator(seed: seed)
        let nodes = random.chance(1, in: 4) ? random.integer(in: 33...90) : random.integer(in: 1...12)
        let snapshot = AdversarialCluster(nodes: nodes...nodes).snapshot(seed: seed)
        var names = Set(snapshot.nodes.flatMap(\.allocatable.names))
        names.formUnion(snapshot.pods.flatMap(\.requests.names))
        let resources = ResourceTable(names)
        var cluster = try ClusterState(nodes: snapshot.nodes, resources: resources)
        for pod in snapshot.pods where !pod.isTerminal {
            guard let node = pod.nodeName.flatMap(cluster.index(ofNode:)) else { continue }
            cluster.add(PodRequest(pod, in: resources), to: node, as: pod.isTerminating ? .releasing : .bound)
        }
        let kernels = Self.kernels(&random, resources: resources)
        let filters: NodeFilters =
            random.chance(1, in: 8)
            ? [] : [.nodeReady, .nodeUnschedulable, .nodeAffinity, .taintToleration, .podCount]
        reference = ReferenceAllocator(cluster: cluster, filters: filters, kernels: kernels)
        indexed = IndexedAllocator(cluster: cluster, filters: filters, kernels: kernels)
        pods = snapshot.pods.filter(\.isPending)
    }

    private static func kernels(_ random: inout SeededGenerator, resources: ResourceTable) -> [ScoreKernel] {
        var kernels: [ScoreKernel] = []
        let weight = { (random: inout SeededGenerator) in Int64(random.integer(in: 1...10)) }
        if random.chance(1, in: 2) {
            let columns = resources.names.indices.filter { $0 != ResourceTable.pods }.map {
                ScoreKernel.WeightedColumn(column: $0, weight: Int64(random.integer(in: 0...5)))
            }
            kernels.append(.binpack(columns: columns, weight: weight(&random)))
        }
        if random.chance(1, in: 2) { kernels.append(.leastAllocated(weight: weight(&random))) }
        if random.chance(1, in: 4) { kernels.append(.mostAllocated(weight: weight(&random))) }
        if random.chance(1, in: 2) {
            kernels.append(.balancedAllocation(columns: [0, 1], weight: weight(&random)))
        }
        if random.chance(1, in: 2) { kernels.append(.nodeAffinity(weight: weight(&random))) }
        if random.chance(1, in: 2) { kernels.append(.taintToleration(weight: weight(&random))) }
        if random.chance(1, in: 2) { kernels.append(.imageLocality(weight: weight(&random))) }
        return kernels
    }

    /// Takes a number of steps; says what differed, `nil` if nothing did.
    mutating func run(steps: Int) -> String? {
        if pods.isEmpty { return nil }
        for step in 0..<steps {
            if !taken.isEmpty, random.chance(1, in: 4) {
                giveBack(random.chance(1, in: 5) ? random.integer(in: 1...taken.count) : 1)
            }
            let pod = random.choice(pods)
            let shape = reference.intern(pod)
            if indexed.intern(pod) != shape { return "step \(step): shapes of \(pod.key) differ" }
            let expected = reference.bestNode(for: shape)
            let found = indexed.bestNode(for: shape)
            if expected != found {
                return "step \(step): \(pod.key) expected \(text(expected)), found \(text(found))"
            }
            for node in reference.nodes.indices
            where reference.placement(of: shape, on: node) != indexed.placement(of: shape, on: node) {
                return "step \(step): placement of \(pod.key) on node \(node) differs"
            }
            if let found, random.chance(5, in: 6) {
                reference.take(found, for: shape)
                indexed.take(found, for: shape)
                taken.append((found, shape))
            }
        }
        return compareStates()
    }

    /// Gives places back: the last ones in reverse order, as a rollback does, or a single one from anywhere.
    private mutating func giveBack(_ count: Int) {
        for _ in 0..<count {
            let index = count > 1 ? taken.count - 1 : random.integer(in: 0...(taken.count - 1))
            let (placement, shape) = taken.remove(at: index)
            reference.giveBack(placement, for: shape)
            indexed.giveBack(placement, for: shape)
        }
    }

    private func compareStates() -> String? {
        let (left, right) = (reference.cluster, indexed.cluster)
        return left.idle == right.idle && left.futureIdle == right.futureIdle
            && left.requested == right.requested
            ? nil : "what is left differs"
    }

    private func text(_ placement: Placement?) -> String {
        placement.map { "\($0.kind) on \(reference.nodes[$0.node].name)" } ?? "nowhere"
    }
}

@Suite("The index decides as the reference does")
struct EquivalenceTests {
    @Test("on random clusters, through places taken, given back and rolled back")
    func randomHistories() throws {
        for seed in Seeds.first(300) {
            var duel = try Duel(seed: seed)
            let difference = duel.run(steps: 60)
            #expect(difference == nil, "seed \(seed); replay it alone with GANGWRIGHT_SEED=\(seed)")
            if difference != nil { return }
        }
    }

    @Test("when more states have come and gone than are kept")
    func manyStates() throws {
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
