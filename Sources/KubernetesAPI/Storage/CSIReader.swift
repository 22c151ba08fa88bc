internal import ClusterModel
internal import Documents

/// Reads the objects of `storage.k8s.io` that say what CSI drivers can do, and where.
enum CSIReader {
    static func node(_ object: FieldReader, _ metadata: ObjectMetadata) -> CSINode {
        var node = CSINode(name: metadata.name)
        let plugins = metadata.annotations["storage.alpha.kubernetes.io/migrated-plugins"] ?? ""
        node.migratedPlugins = Set(plugins.split(separator: ",").map { String($0) })
        var names: Set<String> = []
        for reader in object.object("spec")?.objects("drivers") ?? [] {
            guard let name = reader.requiredString("name") else { continue }
            if !names.insert(name).inserted {
                reader.report(
                    "name", "found \(name.debugDescription) a second time, expected a driver once")
            }
            let limit = reader.object("allocatable")?.integer("count", in: 0...Int64(Int32.max))
            node.drivers.append(
                CSINode.Driver(
                    name: name, volumeLimit: limit.map { Int($0) },
                    topologyKeys: reader.strings("topologyKeys")
                ))
        }
        return node
    }

    static func driver(_ object: FieldReader, _ metadata: ObjectMetadata) -> CSIDriver {
        let spec = object.object("spec")
        return CSIDriver(
            name: metadata.name, reportsCapacity: spec?.bool("storageCapacity") ?? false,
            requiresAttachment: spec?.bool("attachRequired") ?? true)
    }

    static func capacity(_ object: FieldReader, _ metadata: ObjectMetadata, key: ObjectKey)
        -> CSIStorageCapacity
    {
        CSIStorageCapacity(
            key: key, storageClassName: object.requiredString("storageClassName") ?? "",
            nodeTopology: object.labelSelector("nodeTopology"), capacityBytes: object.bytes("capacity"),
            maximumVolumeBytes: object.bytes("maximumVolumeSize"))
    }

    static func attachment(_ object: FieldReader, _ metadata: ObjectMetadata) -> VolumeAttachment {
        var attachment = VolumeAttachment(name: metadata.name, attacher: "", nodeName: "")
        guard !object.lacks("spec") else {
            object.report("spec", "found nothing, expected an attacher, a node and a source")
            return attachment
        }
        guard let spec = object.object("spec") else { return attachment }
        attachment.attacher = spec.requiredString("attacher") ?? ""
        attachment.nodeName = spec.objectName("nodeName") ?? ""
        attachment.volumeName = spec.object("source")?.nonEmptyString("persistentVolumeName")
        return attachment
    }
}
