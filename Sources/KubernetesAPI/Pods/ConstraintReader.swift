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
        if !spec.objects("resourceClaims").isEmpty { pod.unsupportedConstraints = [.resourceClaims] }
    }

    private static func company(_ affinity: FieldReader, _ key: String, of pod: Pod) -> PodAffinity {
        affinity.object(key).map { PodAffinityReader.read($0, labels: pod.labels) } ?? PodAffinity()
    }
}
