internal import ClusterModel
internal import Documents

/// Reads `scheduling.k8s.io` Workload objects, of which only those of Kubernetes 1.35 say anything of gangs.
enum WorkloadReader {
    static func read(_ object: FieldReader, _ metadata: ObjectMetadata, key: ObjectKey) -> Workload {
        Workload(
            key: key, created: metadata.created, queue: metadata.queue,
            parts: object.object("spec")?.objects("podGroups").compactMap(part) ?? [],
            labels: metadata.labels, annotations: metadata.annotations)
    }

    private static func part(_ part: FieldReader) -> Workload.Part? {
        guard let name = part.objectName("name") else { return nil }
        return Workload.Part(name: name, minCount: SchedulingPolicyReader.minCount(part, "policy"))
    }
}

/// Reads the policies of groups: `{basic: {}}` or `{gang: {minCount: 4}}`.
enum SchedulingPolicyReader {
    /// The pods that must run together: 1 where each is its own.
    static func minCount(_ object: FieldReader, _ key: String) -> Int {
        guard let policy = object.object(key) else {
            if object.lacks(key) { object.report(key, "found nothing, expected basic or gang") }
            return 1
        }
        guard let gang = policy.object("gang") else {
            if policy.lacks("basic"), policy.lacks("gang") {
                object.report(key, "found neither of the policies basic and gang")
            }
            return 1
        }
        if !policy.lacks("basic") { object.report(key, "found both basic and gang, expected one of the two") }
        let counts: ClosedRange<Int64> = 1...Int64(Int32.max)
        if gang.lacks("minCount") {
            gang.report("minCount", "found nothing, expected an integer from 1 to \(Int32.max)")
        }
        return Int(gang.integer("minCount", in: counts) ?? 1)
    }
}
