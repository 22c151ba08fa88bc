internal import ClusterModel
internal import Documents

/// Reads what few pods ask of their place: company, spread and volumes.
enum ConstraintReader {
    /// Sets the constraints of a pod whose name and labels are known, and those among them that nobody evaluates.
    static func read(_ spec: FieldReader, affinity: FieldReader?, into pod: inout Pod) {
        var constraints = PodConstraints()
        if let affinity {
            constraints.podAffinity = company(affinity, "podAffinity", of: pod)
            constraints.podAntiAffinity = company(affinity, "podAntiAffinity", of: pod)
        }
        constraints.topologySpread = TopologySpreadReader.read(spec, labels: pod.labels)
        constraints.volumes = PodVolumeReader.read(spec, pod: pod.key.name)
        pod.constraints = constraints
        pod.mountsVolumeClaims = constraints.volumes.contains { $0.claimName != nil }
        pod.unsupportedConstraints = unsupported(constraints, spec)
    }

    private static func company(_ affinity: FieldReader, _ key: String, of pod: Pod) -> PodAffinity {
        affinity.object(key).map { PodAffinityReader.read($0, labels: pod.labels) } ?? PodAffinity()
    }

    private static func unsupported(_ constraints: PodConstraints, _ spec: FieldReader)
        -> [UnsupportedConstraint]
    {
        var found: [UnsupportedConstraint] = []
        if !constraints.podAffinity.required.isEmpty { found.append(.podAffinity) }
        if !constraints.podAntiAffinity.required.isEmpty { found.append(.podAntiAffinity) }
        if constraints.topologySpread.contains(where: { $0.whenUnsatisfiable == .doNotSchedule }) {
            found.append(.topologySpread)
        }
        if !spec.objects("resourceClaims").isEmpty { found.append(.resourceClaims) }
        return found
    }
}
