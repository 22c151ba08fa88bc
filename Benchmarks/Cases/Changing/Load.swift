import Allocator
import ClusterModel
import SyntheticClusters

extension BenchmarkCase {
    /// Reading the state from model values, and single changes to it.
    static let load = BenchmarkCase(
        "load", "building the state from nodes and bound pods, and one pod more or less"
    ) { settings in
        let nodes = settings.size(100_000, quick: 500)
        let input = LoadInput(nodes: nodes, podsPerNode: 10)
        let variant = "\(nodes) nodes, \(input.pods.count) pods"
        var allocator = try input.build()
        let building = try settings.samples(atMost: 5) {
            var failure: (any Error)?
            let sample = Sample.of {
                do { allocator = try input.build() } catch { failure = error }
                return 1
            }
            if let failure { throw failure }
            return sample
        }

        // Pods come to nodes all over the cluster, each of another shape than the one before.
        let count = min(input.pods.count, 100_000)
        var random = SeededGenerator(seed: settings.seed)
        let pods = (0..<count).map { _ in random.choice(input.pods) }
        let places = pods.map { _ in
            Placement(node: random.integer(in: 0...(nodes - 1)), kind: .allocate)
        }
        let shapes = pods.map { allocator.intern($0) }
        func changes(_ change: (Int) -> Void, undo: (Int) -> Void) -> [Sample] {
            settings.samples {
                let sample = Sample.of {
                    for index in 0..<count { change(index) }
                    return count
                }
                for index in 0..<count { undo(index) }
                return sample
            }
        }
        let known = changes {
            allocator.take(places[$0], for: shapes[$0])
        } undo: {
            allocator.giveBack(places[$0], for: shapes[$0])
        }
        let whole = changes {
            allocator.take(places[$0], for: allocator.intern(pods[$0]))
        } undo: {
            allocator.giveBack(places[$0], for: shapes[$0])
        }
        for index in 0..<count { allocator.take(places[index], for: shapes[index]) }
        let gone = changes {
            allocator.giveBack(places[$0], for: shapes[$0])
        } undo: {
            allocator.take(places[$0], for: shapes[$0])
        }
        return [
            .cost("state built from model values", variant, building, target: 1.5e9),
            .cost("a pod comes, shape known", variant, known, target: 1_000),
            .cost("a pod comes, as model value", variant, whole, target: 1_000),
            .cost("a pod leaves", variant, gone, target: 1_000),
        ]
    }
}

/// Equal nodes with bound pods of 20 shapes.
struct LoadInput {
    let nodes: [Node]
    let pods: [Pod]
    /// One gang for each node.
    let podGroups: [PodGroup]
    let resources: ResourceTable

    /// Nodes of five resources, each with a gang of so many pods; at most 16 fit.
    init(nodes nodeCount: Int, podsPerNode: Int) {
        var recipe = SyntheticCluster.uniform(nodes: nodeCount)
        recipe.pending = .pods(0)
        recipe.pools[0].gpus = 16
        var nodes = recipe.snapshot(seed: 0).nodes
        for index in nodes.indices { nodes[index].allocatable[Self.adapters] = 16 }
        self.nodes = nodes
        resources = ResourceTable([.nvidiaGPU, Self.adapters])

        let shapes: [Pod] = (0..<20).map { number in
            Pod(
                key: ObjectKey(namespace: "training", name: ""), role: "worker",
                schedulerName: "gangwright", phase: .running,
                requests: [
                    .cpu: 4_000 + 50 * Int64(number), .memory: (40 + Int64(number)) << 30, .nvidiaGPU: 1,
                    Self.adapters: 1,
                ],
                nodeSelector: [NodePool.gpuModelLabel: nodes[0].labels[NodePool.gpuModelLabel] ?? ""])
        }
        var pods: [Pod] = []
        pods.reserveCapacity(nodeCount * podsPerNode)
        var groups: [PodGroup] = []
        for (index, node) in nodes.enumerated() where podsPerNode > 0 {
            let name = "job-\(index)"
            groups.append(
                PodGroup(
                    key: ObjectKey(namespace: "training", name: name), queue: "default",
                    minMember: podsPerNode,
                    phase: .running))
            for slot in 0..<podsPerNode {
                var pod = shapes[(index + slot) % shapes.count]
                pod.key.name = "\(name)-worker-\(slot)"
                pod.podGroup = name
                pod.nodeName = node.name
                pods.append(pod)
            }
        }
        self.pods = pods
        podGroups = groups
    }

    /// What a shell does when it starts: books every pod, and makes the allocator.
    ///
    /// - Throws: `ResourceOverflow`, which these amounts are too small for.
    func build() throws(ResourceOverflow) -> IndexedAllocator {
        var cluster = try ClusterState(nodes: nodes, resources: resources)
        for index in pods.indices {
            guard let name = pods[index].nodeName, let node = cluster.index(ofNode: name) else { continue }
            cluster.add(pods[index], to: node, as: .bound)
        }
        return IndexedAllocator(
            cluster: cluster,
            filters: [.nodeReady, .nodeUnschedulable, .nodeAffinity, .taintToleration, .podCount],
            kernels: GangWorkload.defaultKernels)
    }

    private static let adapters = ResourceName("rdma/hca")
}
