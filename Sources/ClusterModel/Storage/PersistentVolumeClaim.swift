/// A wish for storage that pods name. Source: the core API.
public struct PersistentVolumeClaim: Equatable, Sendable {
    /// How far a claim has got.
    public enum Phase: String, Sendable, CaseIterable {
        /// It has no volume yet.
        case pending = "Pending"
        /// It has one.
        case bound = "Bound"
        /// Its volume is gone.
        case lost = "Lost"
    }

    /// Namespace and name.
    public var key: ObjectKey
    /// The UID, empty for objects written by hand.
    public var uid: String
    /// The owners' references.
    public var owners: [OwnerReference]
    /// True when a deletion time stamp is set.
    public var isTerminating: Bool
    /// The volume that it has or is to have, empty if none.
    public var volumeName: String
    /// Its class; `nil` when it leaves that to the cluster, empty when it wants a volume of none.
    public var storageClassName: String?
    /// How the volume is to be mounted.
    public var accessModes: Set<VolumeAccessMode>
    /// What the volume is to appear as.
    public var volumeMode: VolumeMode
    /// The size that is asked for.
    public var requestBytes: Int64
    /// The volumes that will do, by their labels; `nil` for any.
    public var selector: LabelSelector?
    /// The node for which a scheduler has asked to make the volume; `nil` if none.
    public var selectedNode: String?
    /// True once the binding is complete on both sides.
    public var isBindCompleted: Bool
    /// How far it has got.
    public var phase: Phase

    /// A pending claim on any volume unless told otherwise.
    public init(
        key: ObjectKey, uid: String = "", owners: [OwnerReference] = [], isTerminating: Bool = false,
        volumeName: String = "", storageClassName: String? = nil, accessModes: Set<VolumeAccessMode> = [],
        volumeMode: VolumeMode = .filesystem, requestBytes: Int64 = 0, selector: LabelSelector? = nil,
        selectedNode: String? = nil, isBindCompleted: Bool = false, phase: Phase = .pending
    ) {
        self.key = key
        self.uid = uid
        self.owners = owners
        self.isTerminating = isTerminating
        self.volumeName = volumeName
        self.storageClassName = storageClassName
        self.accessModes = accessModes
        self.volumeMode = volumeMode
        self.requestBytes = requestBytes
        self.selector = selector
        self.selectedNode = selectedNode
        self.isBindCompleted = isBindCompleted
        self.phase = phase
    }

    /// Whether it has its volume for good.
    ///
    /// Source: kube-scheduler's `isPVCFullyBound`, which asks for an annotation; files written by hand only name the phase.
    public var isBound: Bool { !volumeName.isEmpty && (isBindCompleted || phase == .bound) }

    /// Whether pods on several nodes may use it at a time.
    public var isShareable: Bool {
        accessModes.contains(.readWriteMany) || accessModes.contains(.readOnlyMany)
    }
}
