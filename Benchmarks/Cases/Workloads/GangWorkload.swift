import Allocator
import ClusterModel
import SyntheticClusters

/// An empty cluster and the gangs that come to it, without all that an allocator does not look at.
struct GangWorkload {
    /// Equal pods that come together.
    struct Gang {
        /// Index into `templates`.
        let template: Int
        let size: Int
    }

    let cluster: ClusterState
    /// One pod of each kind that occurs.
    let templates: [Pod]
    /// The gangs in the order in which they come.
    let gangs: [Gang]
    let filters: NodeFilters = [
        .nodeReady, .nodeUnschedulable, .nodeAffinity, .taintToleration, .podCount,
    ]
    let kernels = Self.defaultKernels

    /// Draws the gangs that a recipe says are waiting.
    ///
    /// - Throws: `ResourceOverflow` when the recipe's amounts do not add up within 63 bits.
    init(_ recipe: SyntheticCluster, seed: UInt64) throws(ResourceOverflow) {
        let snapshot = recipe.snapshot(seed: seed)
        let resources = ResourceTable(
            snapshot.nodes[0].allocatable.names + snapshot.instanceTypes.flatMap(\.requests.names)
                + [.nvidiaGPU])
        cluster = try ClusterState(nodes: snapshot.nodes, resources: resources)

        var templates: [Pod] = []
        var gangs: [Gang] = []
        var index = 0
        while index < snapshot.pods.count {
            let pod = snapshot.pods[index]
            var end = index
            while end < snapshot.pods.count, snapshot.pods[end].podGroup == pod.podGroup { end += 1 }
            let template = templates.firstIndex { Self.asksTheSame($0, pod) } ?? templates.count
            if template == templates.count { templates.append(pod) }
            gangs.append(Gang(template: template, size: end - index))
            index = end
        }
        self.templates = templates
        self.gangs = gangs
    }

    /// The pods of all gangs.
    var podCount: Int { gangs.reduce(0) { $0 + $1.size } }

    /// The scores of the default configuration: binpack that weighs GPUs, and what nodes are preferred for.
    static let defaultKernels: [ScoreKernel] = [
        .imageLocality(weight: 1), .nodeAffinity(weight: 2), .taintToleration(weight: 3),
        .binpack(
            resources: [
                ScoreKernel.WeightedResource(.cpu, weight: 1),
                ScoreKernel.WeightedResource(.memory, weight: 1),
                ScoreKernel.WeightedResource(.nvidiaGPU, weight: 10),
            ], weight: 10),
    ]

    static func asksTheSame(_ left: Pod, _ right: Pod) -> Bool {
        left.requests == right.requests && left.nodeSelector == right.nodeSelector
            && left.tolerations == right.tolerations
    }
}

extension GangWorkload {
    /// The indexed allocator over the empty cluster, ready to be asked.
    func indexedPlacer() -> GangPlacer<IndexedAllocator> {
        GangPlacer(
            IndexedAllocator(cluster: cluster, filters: filters, kernels: kernels), templates: templates,
            capacity: podCount)
    }

    /// The scanning allocator over the empty cluster, ready to be asked.
    func scanningPlacer() -> GangPlacer<ReferenceAllocator> {
        GangPlacer(
            ReferenceAllocator(cluster: cluster, filters: filters, kernels: kernels), templates: templates,
            capacity: podCount)
    }
}
