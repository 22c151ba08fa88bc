internal import ClusterModel
internal import Documents

/// Reads `scheduling.volcano.sh` PodGroup objects.
enum PodGroupReader {
    static func read(_ object: FieldReader, _ metadata: ObjectMetadata, key: ObjectKey) -> PodGroup {
        // The API server takes a group without minMember for one without a minimum.
        var group = PodGroup(
            key: key, created: metadata.created, minMember: 0, annotations: metadata.annotations)
        if let spec = object.object("spec") {
            group.queue = spec.nonEmptyString("queue") ?? group.queue
            group.minMember = Int(spec.integer("minMember", in: 0...members) ?? 0)
            group.minTaskMember = spec.object("minTaskMember").map(roleMinimums) ?? []
            group.minResources = spec.resourceList("minResources", where: isResource)
            group.priorityClassName = spec.string("priorityClassName") ?? ""
        }
        group.phase = object.object("status")?.choice("phase") ?? .pending
        return group
    }

    /// The field is an `int32`.
    private static let members = Int64(Int32.max)

    private static func roleMinimums(_ roles: FieldReader) -> [RoleMinimum] {
        roles.value.members.compactMap { role, _ in
            roles.integer(role, in: 0...members).map { RoleMinimum(role: role, minimum: Int($0)) }
        }.sorted { $0.role.precedes($1.role) }
    }

    /// Volcano also writes quota names, `requests.cpu` or `count/pods`, beside the resources that they repeat.
    private static func isResource(_ name: String) -> Bool {
        !name.hasPrefix("count/") && !name.hasPrefix("requests.") && !name.hasPrefix("limits.")
    }
}
