internal import ClusterModel
internal import Documents

/// Reads `storage.k8s.io` StorageClass objects.
enum StorageClassReader {
    static func read(_ object: FieldReader, _ metadata: ObjectMetadata) -> StorageClass {
        StorageClass(
            name: metadata.name, provisioner: object.requiredString("provisioner") ?? "",
            bindingMode: object.choice("volumeBindingMode") ?? .immediate,
            allowedTopologies: object.objects("allowedTopologies").map(topology),
            isDefault: metadata.annotations["storageclass.kubernetes.io/is-default-class"] == "true")
    }

    private static func topology(_ term: FieldReader) -> StorageClass.Topology {
        StorageClass.Topology(
            requirements: term.objects("matchLabelExpressions").compactMap { requirement in
                let key = requirement.requiredString("key")
                let values = requirement.strings("values")
                if requirement.lacks("values") || requirement.value("values")?.count == 0 {
                    requirement.report("values", "found no value, expected at least one")
                }
                return key.map { StorageClass.Topology.Requirement(key: $0, values: values) }
            })
    }
}
