internal import ClusterModel
internal import Documents

/// Reads the volumes of a pod that tie it to places or take a place on its node.
enum PodVolumeReader {
    /// - Parameters:
    ///   - spec: The specification of a pod.
    ///   - pod: The pod's name, which the claims that are made for it begin with.
    static func read(_ spec: FieldReader, pod: String) -> [PodVolume] {
        spec.objects("volumes").compactMap { volume in
            if let claim = volume.object("persistentVolumeClaim") {
                return claim.objectName("claimName").map { name in
                    .claim(name: name, isReadOnly: claim.bool("readOnly") ?? false)
                }
            }
            if volume.object("ephemeral") != nil {
                return volume.requiredString("name").map { .ephemeralClaim(name: "\(pod)-\($0)") }
            }
            if let inline = volume.object("csi") {
                return inline.requiredString("driver").map { .csi(driver: $0) }
            }
            return InlineDiskReader.read(volume).map { .disk($0) }
        }
    }
}

/// Reads disks in the words of plugins that were once built into Kubernetes.
enum InlineDiskReader {
    /// The disk that a volume of a pod, or a PersistentVolume's specification, names; `nil` if it names none.
    static func read(_ volume: FieldReader) -> InlineDisk? {
        for kind in InlineDisk.Kind.allCases {
            guard let disk = volume.object(kind.rawValue) else { continue }
            return disk.requiredString(field(of: kind)).map { id in
                InlineDisk(kind: kind, id: id, isReadOnly: disk.bool("readOnly") ?? false)
            }
        }
        return nil
    }

    /// The field that says which disk it is.
    private static func field(of kind: InlineDisk.Kind) -> String {
        switch kind {
        case .awsElasticBlockStore, .cinder, .portworxVolume: "volumeID"
        case .azureDisk: "diskURI"
        case .gcePersistentDisk: "pdName"
        case .vsphereVolume: "volumePath"
        }
    }
}
