internal import ClusterModel
internal import Documents

/// Finds out which gang a pod names. Of several ways the first holds: Volcano's annotation, the PodGroup of Kubernetes, the
/// Workload of Kubernetes 1.35, the label of scheduler-plugins.
enum GangReferenceReader {
    static func read(_ metadata: ObjectMetadata, _ spec: FieldReader?) -> String? {
        if let name = text(metadata.annotations, "scheduling.k8s.io/group-name") {
            // No PodGroup is called so; it must not be taken for one of another API.
            return GangName.isQualified(name) ? "scheduling.volcano.sh/\(name)" : name
        }
        if let group = spec?.object("schedulingGroup"), !group.lacks("podGroupName") {
            return group.objectName("podGroupName").map { GangName.kubernetes($0).text }
        }
        if let workload = spec?.object("workloadRef") { return replica(workload)?.text }
        if let name = text(metadata.labels, "scheduling.x-k8s.io/pod-group") {
            return GangName.schedulerPlugins(name).text
        }
        return text(metadata.labels, "pod-group.scheduling.sigs.k8s.io").map {
            GangName.formerSchedulerPlugins($0).text
        }
    }

    private static func text(_ texts: [String: String], _ key: String) -> String? {
        texts[key].flatMap { $0.isEmpty ? nil : $0 }
    }

    private static func replica(_ workload: FieldReader) -> GangName? {
        let key = "podGroupReplicaKey"
        let replica = workload.nonEmptyString(key) == nil ? "" : workload.objectName(key)
        guard let name = workload.objectName("name"), let podGroup = workload.objectName("podGroup"),
            let replica
        else { return nil }
        return .workload(name, podGroup: podGroup, replica: replica)
    }
}
