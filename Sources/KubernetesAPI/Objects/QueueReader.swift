internal import ClusterModel
internal import Documents

/// Reads `scheduling.volcano.sh` Queue objects.
enum QueueReader {
    static func read(_ object: FieldReader, _ metadata: ObjectMetadata) -> Queue {
        var queue = Queue(name: metadata.name, created: metadata.created)
        if let spec = object.object("spec") {
            queue.weight = spec.integer("weight", in: 1...65_535) ?? 1
            queue.priority = Int32(spec.integer("priority", in: 0...Int64(Int32.max)) ?? 0)
            queue.capability = spec.resourceList("capability") ?? [:]
            queue.guarantee = spec.object("guarantee")?.resourceList("resource") ?? [:]
        }
        queue.state = object.object("status")?.choice("state") ?? .open
        return queue
    }
}
