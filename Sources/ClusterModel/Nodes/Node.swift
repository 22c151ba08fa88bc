/// A machine of the cluster, as far as scheduling is concerned with it.
public struct Node: Equatable, Sendable {
    /// The node's name, unique in the cluster.
    public var name: String
    /// The labels that selectors and affinity read.
    public var labels: [String: String]
    /// What keeps pods away unless they tolerate it.
    public var taints: [Taint]
    /// True when the node is cordoned.
    public var isUnschedulable: Bool
    /// The status of the `Ready` condition; `nil` when there is none, which counts as ready.
    public var ready: ConditionStatus?
    /// What pods may use in all. A node that does not name `pods` has no limit on their number.
    public var allocatable: ResourceList
    /// The container images that the node holds.
    public var images: [ContainerImage]

    /// A node that is ready and has neither labels nor taints unless given.
    public init(
        name: String, labels: [String: String] = [:], taints: [Taint] = [], isUnschedulable: Bool = false,
        ready: ConditionStatus? = nil, allocatable: ResourceList = [:], images: [ContainerImage] = []
    ) {
        self.name = name
        self.labels = labels
        self.taints = taints
        self.isUnschedulable = isUnschedulable
        self.ready = ready
        self.allocatable = allocatable
        self.images = images
    }

    /// False only when a `Ready` condition exists and is not `True`.
    public var isReady: Bool { ready == nil || ready == .isTrue }
}

/// The three values of a Kubernetes condition's status.
public enum ConditionStatus: String, Sendable, CaseIterable {
    /// The condition holds.
    case isTrue = "True"
    /// The condition does not hold.
    case isFalse = "False"
    /// Nobody has said lately.
    case unknown = "Unknown"
}

/// A container image that a node holds, under one or more names.
public struct ContainerImage: Equatable, Sendable {
    /// All the names of the image, with tag or digest.
    public var names: [String]
    /// The image's size.
    public var sizeBytes: Int64

    /// An image by its names and size.
    public init(names: [String], sizeBytes: Int64) {
        self.names = names
        self.sizeBytes = sizeBytes
    }
}
