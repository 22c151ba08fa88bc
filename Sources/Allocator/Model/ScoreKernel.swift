public import ClusterModel

/// A part of a node's score that the allocator knows how to compute. A node's score is the sum of the kernels.
///
/// Sources: kube-scheduler's score plugins of the same names, and Volcano's binpack plugin. Kernels marked
/// *normalised* are scaled over the nodes that can take the pod, so that the best gets 100.
public enum ScoreKernel: Equatable, Sendable {
    /// A resource's part in `binpack`.
    public struct WeightedResource: Equatable, Sendable {
        /// The resource.
        public let resource: ResourceName
        /// Its weight among the resources that the pod asks for.
        public let weight: Int64

        /// A resource and its weight.
        public init(_ resource: ResourceName, weight: Int64) {
            self.resource = resource
            self.weight = weight
        }
    }

    /// How nodes are ranked by one resource, or by all whose names begin alike.
    public struct ResourceStrategy: Hashable, Sendable {
        /// The resource's name, or what the names of several begin with.
        public let name: String
        /// True where the name is only a beginning.
        public let isPrefix: Bool
        /// True where fuller is better, false where emptier is.
        public let prefersFull: Bool
        /// The weight among the resources that the pod asks for.
        public let weight: Int64

        /// A strategy for a resource, or for all whose names begin so.
        public init(_ name: String, isPrefix: Bool = false, prefersFull: Bool, weight: Int64) {
            self.name = name
            self.isPrefix = isPrefix
            self.prefersFull = prefersFull
            self.weight = weight
        }
    }

    /// Fuller is better: the weighted mean of (used + request) / allocatable over the resources that the pod asks for
    /// and that have a weight, × 100 × weight. A node that would exceed its allocatable scores 0.
    case binpack(resources: [WeightedResource], weight: Int64)
    /// Fuller or emptier is better, resource by resource: the weighted mean of what is used, or left, with the pod there,
    /// over the resources that the pod asks for and that have a strategy, × 100 × weight. Of several strategies that mean
    /// a resource, the one with its very name holds, else the one with the longest beginning. A node that would exceed
    /// its allocatable scores 0.
    case resourceStrategy([ResourceStrategy], weight: Int64)
    /// Nodes without scarce resources are better: 100 × (1 − the weights of those that the node has / all weights) × weight.
    /// A node that lacks something that the pod asks for scores 0.
    case scarcity(resources: [WeightedResource], weight: Int64)
    /// The same as Volcano 1.5 has it: of a node that would exceed its allocatable only the resources that it would exceed
    /// count nothing.
    case binpackEach(resources: [WeightedResource], weight: Int64)
    /// Emptier is better, by CPU and memory alike, 0 to 100 × weight.
    case leastAllocated(weight: Int64)
    /// Fuller is better, by CPU and memory alike, 0 to 100 × weight.
    case mostAllocated(weight: Int64)
    /// Equal use of the given resources is better: 100 × (1 − standard deviation of the fractions) × weight.
    case balancedAllocation(resources: [ResourceName], weight: Int64)
    /// The weights of matching preferred node affinity terms, normalised, × weight.
    case nodeAffinity(weight: Int64)
    /// The weights of matching preferred node affinity terms as they are, a million at most, × weight: Volcano 1.5.
    case rawNodeAffinity(weight: Int64)
    /// Fewer `PreferNoSchedule` taints that the pod does not tolerate is better, normalised, × weight.
    case taintToleration(weight: Int64)
    /// More megabytes of the pod's images on the node is better, 0 to 100 × weight.
    case imageLocality(weight: Int64)
}

extension ScoreKernel {
    /// The resources of which a score depends on whether a node has them, whatever the pod asks for.
    var namedResources: [ResourceName] {
        if case .scarcity(let resources, _) = self { return resources.map(\.resource) }
        return []
    }
}
