/// A volume that is, or is about to be, attached to a node. Source: `storage.k8s.io/v1`.
public struct VolumeAttachment: Equatable, Sendable {
    /// The attachment's name.
    public var name: String
    /// The CSI driver that attaches it.
    public var attacher: String
    /// The node.
    public var nodeName: String
    /// The PersistentVolume; `nil` for a volume that a pod names itself.
    public var volumeName: String?

    /// An attachment of a volume to a node.
    public init(name: String, attacher: String, nodeName: String, volumeName: String? = nil) {
        self.name = name
        self.attacher = attacher
        self.nodeName = nodeName
        self.volumeName = volumeName
    }
}
