internal import ClusterModel
internal import Documents

/// Reads `scheduling.volcano.sh` PodGroup objects.
enum PodGroupReader {
    static func read(_ object: FieldReader, _ metadata: ObjectMetadata, key: ObjectKey) -> PodGroup {
        // The API server takes a group without minMember for one without a minimum.
        var group = PodGroup(
            key: key, created: metadata.created, minMember: 0, labels: metadata.labels,
            annotations: metadata.annotations)
        group.uid = metadata.uid
        if let spec = object.object("spec") {
            group.queue = spec.nonEmptyString("queue") ?? group.queue
            group.minMember = Int(spec.integer("minMember", in: 0...members) ?? 0)
            group.minTaskMember = spec.object("minTaskMember").map(roleMinimums) ?? []
            group.minResources = spec.resourceList("minResources", where: isResource)
            group.minQuotaResources = spec.resourceList("minResources") { !isResource($0) } ?? [:]
            group.networkTopology = spec.object("networkTopology").map(networkTopology)
            group.subGroupPolicies = subGroupPolicies(spec)
            group.priorityClassName = spec.string("priorityClassName") ?? ""
        }
        if let status = object.object("status") {
            group.phase = status.choice("phase") ?? .pending
            group.conditions = status.objects("conditions").compactMap(condition)
        }
        return group
    }

    /// Reads a condition: all APIs have the same fields for them.
    static func condition(_ condition: FieldReader) -> PodGroupCondition? {
        guard let type = condition.requiredString("type"),
            let status = condition.requiredChoice("status", of: ConditionStatus.self)
        else { return nil }
        return PodGroupCondition(
            type: type, status: status, lastTransitionTime: condition.timestamp("lastTransitionTime"),
            reason: condition.string("reason") ?? "", message: condition.string("message") ?? "")
    }

    private static func networkTopology(_ topology: FieldReader) -> NetworkTopology {
        let name = topology.nonEmptyString("highestTierName")
        if let name, !topology.lacks("highestTierAllowed") {
            topology.report(
                "highestTierName",
                "found \(name.debugDescription) beside highestTierAllowed, expected one of the two")
        }
        return NetworkTopology(
            mode: topology.choice("mode") ?? .hard,
            highestTierAllowed: topology.integer("highestTierAllowed", in: 0...members).map { Int($0) },
            highestTierName: name)
    }

    private static func subGroupPolicies(_ spec: FieldReader) -> [SubGroupPolicy] {
        var names: Set<String> = []
        return spec.objects("subGroupPolicy").compactMap { policy in
            guard let name = policy.requiredString("name") else { return nil }
            if !names.insert(name).inserted {
                policy.report(
                    "name", "found \(name.debugDescription) a second time, expected a name of its own")
            }
            return SubGroupPolicy(
                name: name, networkTopology: policy.object("networkTopology").map(networkTopology),
                subGroupSize: Int(policy.integer("subGroupSize", in: 1...members) ?? 1),
                minSubGroups: Int(policy.integer("minSubGroups", in: 0...members) ?? 0),
                labelSelector: policy.labelSelector("labelSelector"),
                matchLabelKeys: policy.strings("matchLabelKeys"))
        }
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
