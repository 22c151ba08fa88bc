internal import ClusterModel
internal import Documents

/// Reads `scheduling.volcano.sh` Queue objects.
enum QueueReader {
    static func read(_ object: FieldReader, _ metadata: ObjectMetadata) -> Queue {
        var queue = Queue(
            name: metadata.name, created: metadata.created, annotations: metadata.annotations)
        if let spec = object.object("spec") {
            queue.weight = spec.integer("weight", in: 1...65_535) ?? 1
            queue.priority = Int32(spec.integer("priority", in: 0...Int64(Int32.max)) ?? 0)
            queue.parent = spec.string("parent") ?? ""
            queue.capability = spec.resourceList("capability")
            queue.deserved = spec.resourceList("deserved") ?? [:]
            queue.guarantee = spec.object("guarantee")?.resourceList("resource") ?? [:]
            queue.isReclaimable = spec.bool("reclaimable") ?? true
            queue.affinity = spec.object("affinity").map(affinity)
            queue.type = spec.string("type") ?? ""
        }
        if let status = object.object("status") {
            queue.state = status.choice("state") ?? .open
            // Whoever wrote it: it decides nothing, so nothing in it is wrong.
            if let allocated = status.value["allocated"] {
                for (name, amount) in allocated.members {
                    queue.statusAllocated[name] = amount.string ?? ""
                }
            }
        }
        return queue
    }

    private static func affinity(_ affinity: FieldReader) -> QueueAffinity {
        QueueAffinity(
            nodeGroupAffinity: affinity.object("nodeGroupAffinity").map(nodeGroups),
            nodeGroupAntiAffinity: affinity.object("nodeGroupAntiAffinity").map(nodeGroups))
    }

    private static func nodeGroups(_ groups: FieldReader) -> QueueAffinity.NodeGroups {
        QueueAffinity.NodeGroups(
            required: groups.strings("requiredDuringSchedulingIgnoredDuringExecution"),
            preferred: groups.strings("preferredDuringSchedulingIgnoredDuringExecution"))
    }
}
