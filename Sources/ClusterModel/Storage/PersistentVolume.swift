/// A piece of storage of the cluster, as far as it ties pods to nodes. Source: the core API.
public struct PersistentVolume: Equatable, Sendable {
    /// How far a volume has got.
    public enum Phase: String, Sendable, CaseIterable {
        /// It is being made.
        case pending = "Pending"
        /// A claim may take it.
        case available = "Available"
        /// A claim has it.
        case bound = "Bound"
        /// Its claim is gone.
        case released = "Released"
        /// It could not be given back.
        case failed = "Failed"
    }

    /// Where the volume is, as far as nodes may hold only so many.
    public enum Source: Hashable, Sendable {
        /// With a CSI driver, under a handle.
        case csi(driver: String, handle: String)
        /// On a disk of a plugin that was once built into Kubernetes.
        case disk(InlineDisk)
        /// Anywhere else.
        case other
    }

    /// The volume's name.
    public var name: String
    /// Labels, among them those of its zone and region.
    public var labels: [String: String]
    /// True when a deletion time stamp is set.
    public var isTerminating: Bool
    /// Its size.
    public var capacityBytes: Int64
    /// How it may be mounted.
    public var accessModes: Set<VolumeAccessMode>
    /// What it appears as.
    public var volumeMode: VolumeMode
    /// Its class, empty if it has none.
    public var storageClassName: String
    /// Terms of which a node must meet one to reach it; `nil` when every node does.
    public var nodeAffinity: [NodeSelectorTerm]?
    /// The claim that it is for; `nil` while it is for any.
    public var claim: ClaimReference?
    /// Where it is.
    public var source: Source
    /// How far it has got.
    public var phase: Phase

    /// A pending volume that every node reaches unless told otherwise.
    public init(
        name: String, labels: [String: String] = [:], isTerminating: Bool = false, capacityBytes: Int64 = 0,
        accessModes: Set<VolumeAccessMode> = [], volumeMode: VolumeMode = .filesystem,
        storageClassName: String = "", nodeAffinity: [NodeSelectorTerm]? = nil, claim: ClaimReference? = nil,
        source: Source = .other, phase: Phase = .pending
    ) {
        self.name = name
        self.labels = labels
        self.isTerminating = isTerminating
        self.capacityBytes = capacityBytes
        self.accessModes = accessModes
        self.volumeMode = volumeMode
        self.storageClassName = storageClassName
        self.nodeAffinity = nodeAffinity
        self.claim = claim
        self.source = source
        self.phase = phase
    }
}

/// The claim that a volume is for.
public struct ClaimReference: Hashable, Sendable {
    /// Namespace and name.
    public var key: ObjectKey
    /// The claim's UID, empty while the volume is only kept for it.
    public var uid: String

    /// A reference by name and, once bound, by UID.
    public init(key: ObjectKey, uid: String = "") {
        self.key = key
        self.uid = uid
    }
}

/// How a volume may be mounted.
public enum VolumeAccessMode: String, Sendable, CaseIterable {
    /// For writing, on one node.
    case readWriteOnce = "ReadWriteOnce"
    /// For reading, on many nodes.
    case readOnlyMany = "ReadOnlyMany"
    /// For writing, on many nodes.
    case readWriteMany = "ReadWriteMany"
    /// For writing, by one pod.
    case readWriteOncePod = "ReadWriteOncePod"
}

/// What a volume appears as.
public enum VolumeMode: String, Sendable, CaseIterable {
    /// A folder.
    case filesystem = "Filesystem"
    /// A device.
    case block = "Block"
}
