import Allocator
import ClusterModel
import SchedulingPolicy
import SyntheticClusters

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

    /// The same as one value.
    var snapshot: ClusterSnapshot { ClusterSnapshot(nodes: nodes, pods: pods, podGroups: podGroups) }

    /// What a scheduler does when it starts: reads all that the API server lists.
    ///
    /// - Throws: `ResourceOverflow`, which these amounts are too small for.
    func session() throws(ResourceOverflow) -> Session {
        try Session(snapshot: snapshot, configuration: .default)
    }

    /// So many pods as they would come next, bound like those that are there and of the same gangs, drawn at random.
    func further(_ count: Int, seed: UInt64) -> [Pod] {
        var random = SeededGenerator(seed: seed)
        return (0..<count).map { number in
            var pod = random.choice(pods)
            pod.key.name += "-again-\(number)"
            return pod
        }
    }

    private static let adapters = ResourceName("rdma/hca")
}
