/// A volume of a pod that ties it to places or takes a place on its node; others are not kept.
public enum PodVolume: Hashable, Sendable {
    /// A PersistentVolumeClaim of the pod's namespace.
    case claim(name: String, isReadOnly: Bool)
    /// A claim that is made for this pod alone: `<pod>-<volume>`.
    case ephemeralClaim(name: String)
    /// A disk that the pod names itself.
    case disk(InlineDisk)
    /// A volume that a CSI driver makes on the node as the pod starts.
    case csi(driver: String)

    /// The name of the claim that it stands for; `nil` for what is no claim.
    public var claimName: String? {
        switch self {
        case .claim(let name, _), .ephemeralClaim(let name): name
        case .disk, .csi: nil
        }
    }
}

/// A disk that a pod or a PersistentVolume names in the words of a plugin that was once built into Kubernetes.
public struct InlineDisk: Hashable, Sendable {
    /// What kind of disk it is, as the field is called.
    public enum Kind: String, Sendable, CaseIterable {
        /// Amazon's.
        case awsElasticBlockStore
        /// Azure's.
        case azureDisk
        /// Google's.
        case gcePersistentDisk
        /// OpenStack's.
        case cinder
        /// vSphere's.
        case vsphereVolume
        /// Portworx's.
        case portworxVolume

        /// The name that the built-in plugin had, by which a CSINode says that it has been replaced.
        public var pluginName: String {
            switch self {
            case .awsElasticBlockStore: "kubernetes.io/aws-ebs"
            case .azureDisk: "kubernetes.io/azure-disk"
            case .gcePersistentDisk: "kubernetes.io/gce-pd"
            case .cinder: "kubernetes.io/cinder"
            case .vsphereVolume: "kubernetes.io/vsphere-volume"
            case .portworxVolume: "kubernetes.io/portworx-volume"
            }
        }

        /// The CSI driver that has replaced the built-in plugin.
        public var driver: String {
            switch self {
            case .awsElasticBlockStore: "ebs.csi.aws.com"
            case .azureDisk: "disk.csi.azure.com"
            case .gcePersistentDisk: "pd.csi.storage.gke.io"
            case .cinder: "cinder.csi.openstack.org"
            case .vsphereVolume: "csi.vsphere.vmware.com"
            case .portworxVolume: "pxd.portworx.com"
            }
        }
    }

    /// What kind of disk it is.
    public var kind: Kind
    /// Which disk of that kind.
    public var id: String
    /// True when it is mounted for reading only.
    public var isReadOnly: Bool

    /// A disk by kind and ID.
    public init(kind: Kind, id: String, isReadOnly: Bool = false) {
        self.kind = kind
        self.id = id
        self.isReadOnly = isReadOnly
    }
}
