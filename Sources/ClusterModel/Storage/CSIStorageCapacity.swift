/// How much room there is for volumes of a class on some of the nodes. Source: `storage.k8s.io/v1`.
public struct CSIStorageCapacity: Equatable, Sendable {
    /// Namespace and name.
    public var key: ObjectKey
    /// The class.
    public var storageClassName: String
    /// The nodes that reach it, by their labels; `nil` means none.
    public var nodeTopology: LabelSelector?
    /// The room that is left; `nil` if it could not be told.
    public var capacityBytes: Int64?
    /// The largest volume that can be made; `nil` if that is not told.
    public var maximumVolumeBytes: Int64?

    /// The room for volumes of a class.
    public init(
        key: ObjectKey, storageClassName: String, nodeTopology: LabelSelector? = nil,
        capacityBytes: Int64? = nil, maximumVolumeBytes: Int64? = nil
    ) {
        self.key = key
        self.storageClassName = storageClassName
        self.nodeTopology = nodeTopology
        self.capacityBytes = capacityBytes
        self.maximumVolumeBytes = maximumVolumeBytes
    }
}
