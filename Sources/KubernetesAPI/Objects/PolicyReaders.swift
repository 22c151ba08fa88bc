internal import ClusterModel
internal import Documents

/// Reads `policy` PodDisruptionBudget objects.
enum PodDisruptionBudgetReader {
    static func read(_ object: FieldReader, _ metadata: ObjectMetadata, key: ObjectKey) -> PodDisruptionBudget
    {
        var budget = PodDisruptionBudget(key: key)
        budget.selector = object.object("spec")?.labelSelector("selector")
        if let status = object.object("status") {
            let allowed = status.integer("disruptionsAllowed", in: Int64(Int32.min)...Int64(Int32.max)) ?? 0
            budget.disruptionsAllowed = Int(allowed)
            budget.disruptedPods = Set(status.object("disruptedPods")?.value.members.map(\.key) ?? [])
        }
        return budget
    }
}

/// Reads `v1` ResourceQuota objects.
enum ResourceQuotaReader {
    static func read(_ object: FieldReader, _ metadata: ObjectMetadata, key: ObjectKey) -> ResourceQuota {
        var quota = ResourceQuota(key: key)
        if let spec = object.object("spec") {
            quota.hard = spec.resourceList("hard") ?? [:]
            quota.isScoped = !spec.strings("scopes").isEmpty || spec.object("scopeSelector") != nil
        }
        if let status = object.object("status") {
            quota.enforcedHard = status.resourceList("hard") ?? [:]
            quota.used = status.resourceList("used") ?? [:]
        }
        return quota
    }
}
