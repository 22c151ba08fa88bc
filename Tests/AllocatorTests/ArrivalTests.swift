import Allocator
import ClusterModel
import SyntheticClusters
import TestSupport
import Testing

@Suite("What has come counts, not when it came") struct ArrivalTests {
    private struct Objects {
        var nodes: [Node]
        var bound: [(pod: Pod, node: String, occupancy: Occupancy)]
    }

    private enum Step {
        case node(Node)
        case pod(Int)
    }

    /// An allocator to which everything comes as changes in random order, and things that go again.
    private func grown<Allocator: PodAllocator>(
        _ type: Allocator.Type, _ objects: Objects, filters: NodeFilters, kernels: [ScoreKernel],
        _ random: inout SeededGenerator
    ) -> Allocator {
        var allocator = Allocator(filters: filters, kernels: kernels)
        var nodes = objects.nodes
        random.shuffle(&nodes)
        for node in nodes {
            if random.chance(1, in: 4) {
                // It comes as another, or comes twice.
                var other = random.choice(objects.nodes)
                other.name = node.name
                let index = allocator.addNode(other)
                if random.chance(1, in: 2) {
                    allocator.updateNode(index, to: node)
                    continue
                }
                allocator.removeNode(index)
            }
            allocator.addNode(node)
            if random.chance(1, in: 4), let pod = objects.bound.first?.pod {
                _ = allocator.bestNode(for: allocator.intern(pod))
            }
        }
        var bound = objects.bound
        random.shuffle(&bound)
        for (pod, name, occupancy) in bound {
            guard let node = allocator.index(ofNode: name) else { continue }
            allocator.add(allocator.internRequest(of: pod), to: node, as: occupancy)
        }
        return allocator
    }

    private func places<Allocator: PodAllocator>(_ allocator: Allocator, _ pods: [Pod]) -> [String] {
        var allocator = allocator
        return pods.map { pod in
            let shape = allocator.intern(pod)
            let room = allocator.room(for: shape)
            guard let place = allocator.bestNode(for: shape) else { return "nowhere, room for \(room)" }
            allocator.take(place, for: shape)
            let refusals = allocator.diagnosis.refusalCounts(of: shape).map { "\($0)" }.sorted()
            return "\(place.kind) on \(allocator.node(place.node).name), room for \(room), \(refusals)"
        }
    }

    @Test("a cluster that has grown in any order decides as one that was there at once")
    func anyOrder() throws {
        for seed in Seeds.first(150) {
            var random = SeededGenerator(seed: seed)
            let count = random.chance(1, in: 4) ? 40...50 : 1...12
            let snapshot = AdversarialCluster(nodes: count).snapshot(seed: seed)
            var cluster = try ClusterState(nodes: snapshot.nodes, resources: ResourceTable([]))
            var objects = Objects(nodes: snapshot.nodes, bound: [])
            for pod in snapshot.pods where !pod.isTerminal {
                guard let name = pod.nodeName, let node = cluster.index(ofNode: name) else { continue }
                let occupancy: Occupancy = pod.isTerminating ? .releasing : .bound
                cluster.add(pod, to: node, as: occupancy)
                objects.bound.append((pod, name, occupancy))
            }
            let waiting = Array(snapshot.pods.filter(\.isPending).prefix(30))
            let (filters, kernels) = (Duel.filters(&random), Duel.kernels(&random))
            let whole = ReferenceAllocator(cluster: cluster, filters: filters, kernels: kernels)
            let expected = places(whole, waiting)
            let reference = grown(
                ReferenceAllocator.self, objects, filters: filters, kernels: kernels, &random)
            let indexed = grown(
                IndexedAllocator.self, objects, filters: filters, kernels: kernels, &random)
            let bulk = IndexedAllocator(cluster: cluster, filters: filters, kernels: kernels)
            let found = [
                ("reference", places(reference, waiting)), ("index", places(indexed, waiting)),
                ("index at once", places(bulk, waiting)),
            ]
            for (name, places) in found {
                let difference = zip(places, expected).first { $0 != $1 }
                #expect(difference == nil, "\(name), GANGWRIGHT_SEED=\(seed)")
            }
        }
    }
}
