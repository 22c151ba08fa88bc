internal import ClusterModel
internal import Documents

/// Reads `amlarc.azureml.com` InstanceType objects.
///
/// Azure ML's documents want GPUs in limits only, as whole numbers; a request of the same amount says nothing else
/// and is accepted.
enum InstanceTypeReader {
    static func read(_ object: FieldReader, _ metadata: ObjectMetadata) -> InstanceType {
        guard let spec = object.object("spec") else { return InstanceType(name: metadata.name) }
        let nodeSelector = spec.stringMap("nodeSelector")
        guard let resources = spec.object("resources") else {
            return InstanceType(name: metadata.name, nodeSelector: nodeSelector)
        }
        let requests = resources.resourceList("requests") ?? [:]
        let limits = resources.resourceList("limits") ?? [:]
        if let list = resources.object("requests") {
            check(requests, against: limits, in: list)
        }
        return InstanceType(
            name: metadata.name, nodeSelector: nodeSelector, requests: requests, limits: limits)
    }

    private static func check(_ requests: ResourceList, against limits: ResourceList, in list: FieldReader) {
        for (name, amount) in requests.sorted {
            guard let limit = limits[name] else {
                // A zero that nothing limits asks for nothing.
                if name.isExtended && amount > 0 {
                    list.report(
                        name.text, "found in requests only, expected in limits: devices are given there")
                }
                continue
            }
            if amount > limit {
                list.report(
                    name.text,
                    "found \(name.text(amount)), expected at most the limit of \(name.text(limit))")
            } else if name.isExtended && amount < limit {
                list.report(
                    name.text,
                    "found \(name.text(amount)), expected the limit of \(name.text(limit)): devices are not shared"
                )
            }
        }
    }
}
