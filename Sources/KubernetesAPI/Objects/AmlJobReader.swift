internal import ClusterModel
internal import Documents

/// Reads `amlarc.azureml.com` AmlJob objects, which give a gang its size.
///
/// The size is `spec.job.options.envs.AZUREML_NODE_COUNT`, an integer or the text of one; without it a job has one
/// node. The pods are Pod objects that name the job as their owner: the pod template inside of an AmlJob is not
/// documented. A PodGroup object of the same namespace and name says more and wins; the job then only lends it its
/// pods.
enum AmlJobReader {
    static func read(_ object: FieldReader, _ metadata: ObjectMetadata, key: ObjectKey) -> PodGroup {
        let queue = metadata.annotations["scheduling.volcano.sh/queue-name"] ?? ""
        return PodGroup(
            key: key, created: metadata.created, queue: queue.isEmpty ? "default" : queue,
            minMember: nodeCount(object), annotations: metadata.annotations, origin: .amlJob)
    }

    /// The first AmlJob among a pod's owners that counts.
    static func owner(of pod: Pod, where counts: (ObjectKey) -> Bool) -> String? {
        pod.owners.first { owner in
            owner.kind == ObjectKind.amlJob.name
                && ObjectKind.group(of: owner.apiVersion) == ObjectKind.azureMLGroup
                && counts(ObjectKey(namespace: pod.key.namespace, name: owner.name))
        }?.name
    }

    private static func nodeCount(_ object: FieldReader) -> Int {
        let variable = "AZUREML_NODE_COUNT"
        let options = object.object("spec")?.object("job")?.object("options")
        guard let environment = options?.object("envs"), let value = environment.value(variable),
            !value.isNull
        else { return 1 }
        let count: Int64? =
            switch value.kind {
            case .integer: value.integer
            case .string: value.string.flatMap { Int64($0) }
            default: nil
            }
        if let count, (1...Int64(Int32.max)).contains(count) { return Int(count) }
        let found = value.kind == .string ? value.string?.debugDescription : value.scalarText
        environment.report(
            variable, "found \(found ?? value.kindName), expected a number of nodes from 1 to \(Int32.max)")
        return 1
    }
}
