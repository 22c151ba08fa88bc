internal import ClusterModel
internal import Documents

/// Finds the constraints of a pod that this version knows but does not evaluate.
enum ConstraintReader {
    static func read(_ spec: FieldReader, affinity: FieldReader?) -> [UnsupportedConstraint] {
        var found: [UnsupportedConstraint] = []
        if requires(affinity, "podAffinity") { found.append(.podAffinity) }
        if requires(affinity, "podAntiAffinity") { found.append(.podAntiAffinity) }
        if spreads(spec) { found.append(.topologySpread) }
        if !spec.objects("resourceClaims").isEmpty { found.append(.resourceClaims) }
        return found
    }

    private static func requires(_ affinity: FieldReader?, _ key: String) -> Bool {
        guard let terms = affinity?.object(key) else { return false }
        return !terms.objects("requiredDuringSchedulingIgnoredDuringExecution").isEmpty
    }

    private enum WhenUnsatisfiable: String, CaseIterable {
        case doNotSchedule = "DoNotSchedule"
        case scheduleAnyway = "ScheduleAnyway"
    }

    private static func spreads(_ spec: FieldReader) -> Bool {
        let rules = spec.objects("topologySpreadConstraints").map { constraint in
            constraint.requiredChoice("whenUnsatisfiable", of: WhenUnsatisfiable.self)
        }
        return rules.contains(.doNotSchedule)
    }
}
