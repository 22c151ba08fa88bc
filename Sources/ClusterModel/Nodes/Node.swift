/// A machine of the cluster, as far as scheduling is concerned with it.
public struct Node: Equatable, Sendable {
    /// The node's name, unique in the cluster.
    public var name: String
    /// The labels that selectors and affinity read.
    public var labels: [String: String]
    /// Annotations.
    public var annotations: [String: String]
    /// What keeps pods away unless they tolerate it.
    public var taints: [Taint]
    /// True when the node is cordoned.
    public var isUnschedulable: Bool
    /// The status of the `Ready` condition; `nil` when there is none, which counts as ready.
    public var ready: ConditionStatus?
    /// What pods may use in all, what Volcano's agent lends out beside it included.
    ///
    /// A node that does not name `pods` has no limit on their number.
    public var allocatable: ResourceList
    /// The container images that the node holds.
    public var images: [ContainerImage]

    /// A node that is ready and has neither labels nor taints unless given.
    public init(
        name: String, labels: [String: String] = [:], annotations: [String: String] = [:],
        taints: [Taint] = [],
        isUnschedulable: Bool = false, ready: ConditionStatus? = nil, allocatable: ResourceList = [:],
        images: [ContainerImage] = []
    ) {
        self.name = name
        self.labels = labels
        self.annotations = annotations
        self.taints = taints
        self.isUnschedulable = isUnschedulable
        self.ready = ready
        self.allocatable = allocatable
        self.images = images
    }

    /// False only when a `Ready` condition exists and is not `True`.
    public var isReady: Bool { ready == nil || ready == .isTrue }

    /// True for a node that lends out what its pods have asked for and do not use, as Volcano's agent marks it.
    public var isOversubscribed: Bool { Self.isTrue(labels["volcano.sh/oversubscription"]) }

    /// True while Volcano's agent takes pods off the node that use what is lent out.
    public var isEvictingOfflinePods: Bool { Self.isTrue(annotations["volcano.sh/offline-job-evicting"]) }

    /// What Go's `strconv.ParseBool` takes for true.
    private static func isTrue(_ text: String?) -> Bool {
        guard let text else { return false }
        return ["1", "t", "T", "TRUE", "true", "True"].contains(text)
    }
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
