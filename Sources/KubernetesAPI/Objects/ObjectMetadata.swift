internal import ClusterModel
internal import Documents

/// The part of an object that says which one it is.
struct ObjectMetadata {
    var name = ""
    /// Empty when the object names none.
    var namespace = ""
    var uid = ""
    var created: Timestamp?
    var isTerminating = false
    var labels: [String: String] = [:]
    var annotations: [String: String] = [:]
    var owners: [OwnerReference] = []

    /// Reads `metadata` of an object; a name must be there.
    init(of object: FieldReader) {
        guard !object.lacks("metadata") else {
            object.report("metadata", "found nothing, expected a mapping with a name")
            return
        }
        guard let metadata = object.object("metadata") else { return }
        name = metadata.objectName("name") ?? ""
        namespace =
            metadata.lacks("namespace") || metadata.value("namespace")?.string == ""
            ? "" : metadata.objectName("namespace") ?? ""
        uid = metadata.string("uid") ?? ""
        created = metadata.timestamp("creationTimestamp")
        isTerminating = metadata.timestamp("deletionTimestamp") != nil
        labels = metadata.stringMap("labels")
        annotations = metadata.stringMap("annotations")
        owners = metadata.objects("ownerReferences").map { owner in
            OwnerReference(
                apiVersion: owner.string("apiVersion") ?? "", kind: owner.string("kind") ?? "",
                name: owner.string("name") ?? "", uid: owner.string("uid") ?? "",
                isController: owner.bool("controller") ?? false)
        }
    }

    /// The key of an object that lives in a namespace.
    func key(defaultNamespace: String) -> ObjectKey {
        ObjectKey(namespace: namespace.isEmpty ? defaultNamespace : namespace, name: name)
    }
}
