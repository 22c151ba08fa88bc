internal import ClusterModel
internal import Documents

/// Reads `v1` Node objects.
enum NodeReader {
    static func read(_ object: FieldReader, _ metadata: ObjectMetadata) -> Node {
        var node = Node(name: metadata.name, labels: metadata.labels, annotations: metadata.annotations)
        if let spec = object.object("spec") {
            node.isUnschedulable = spec.bool("unschedulable") ?? false
            node.taints = spec.objects("taints").compactMap(taint)
        }
        guard let status = object.object("status") else { return node }
        // The API server defaults allocatable to capacity.
        node.allocatable = status.resourceList("allocatable") ?? status.resourceList("capacity") ?? [:]
        Oversubscription.apply(to: &node, metadata: object.object("metadata"))
        for condition in status.objects("conditions") where condition.string("type") == "Ready" {
            node.ready = condition.requiredChoice("status")
        }
        node.images = status.objects("images").map { image in
            ContainerImage(
                names: image.strings("names"), sizeBytes: image.integer("sizeBytes", in: 0 ... .max) ?? 0)
        }
        return node
    }

    private static func taint(_ taint: FieldReader) -> Taint? {
        let key = taint.requiredString("key")
        let effect = taint.requiredChoice("effect", of: Taint.Effect.self)
        guard let key, let effect else { return nil }
        return Taint(key: key, value: taint.string("value") ?? "", effect: effect)
    }
}
