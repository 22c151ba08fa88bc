internal import ClusterModel
internal import Documents

/// Reads `scheduling.k8s.io` PriorityClass objects.
enum PriorityClassReader {
    static func read(_ object: FieldReader, _ metadata: ObjectMetadata) -> PriorityClass {
        if object.lacks("value") {
            object.report("value", "found nothing, expected an integer")
        }
        return PriorityClass(
            name: metadata.name,
            value: Int32(object.integer("value", in: Int64(Int32.min)...Int64(Int32.max)) ?? 0),
            isGlobalDefault: object.bool("globalDefault") ?? false,
            preemptsNever: object.choice("preemptionPolicy", of: PreemptionPolicy.self) == .never)
    }
}
