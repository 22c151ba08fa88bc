internal import ClusterModel
internal import Documents

/// Reads `v1` Pod objects, all but what depends on other objects: gang by owner, priority by class.
enum PodReader {
    static func read(_ object: FieldReader, _ metadata: ObjectMetadata, key: ObjectKey) -> Pod {
        var pod = Pod(key: key, uid: metadata.uid, created: metadata.created)
        pod.isTerminating = metadata.isTerminating
        pod.labels = metadata.labels
        pod.annotations = metadata.annotations
        pod.owners = metadata.owners
        pod.podGroup = GangReferenceReader.read(metadata, object.object("spec"))
        pod.role = role(metadata)
        if object.lacks("spec") {
            object.report("spec", "found nothing, expected a pod specification")
        } else if let spec = object.object("spec") {
            read(spec, into: &pod)
        }
        if let status = object.object("status") {
            pod.phase = status.choice("phase") ?? .pending
            pod.statusReason = status.string("reason") ?? ""
            pod.nominatedNodeName = status.nonEmptyString("nominatedNodeName")
            pod.started = status.timestamp("startTime")
            pod.finished =
                status.objects("containerStatuses").compactMap { container in
                    container.object("state")?.object("terminated")?.timestamp("finishedAt")
                }.max()
            readConditions(of: status, into: &pod)
        }
        return pod
    }

    /// Those of other types, and their reasons and messages, say nothing that matters here.
    private static func readConditions(of status: FieldReader, into pod: inout Pod) {
        for condition in status.objects("conditions") {
            guard let type = condition.string("type"), type == "PodScheduled" || type == "DisruptionTarget"
            else { continue }
            guard condition.requiredChoice("status", of: ConditionStatus.self) == .isTrue else { continue }
            if type == "PodScheduled" {
                pod.scheduledTime = condition.timestamp("lastTransitionTime")
            } else {
                pod.isDisruptionTarget = true
            }
        }
    }

    /// Volcano's task name: the annotation, or else the label.
    private static func role(_ metadata: ObjectMetadata) -> String {
        let key = "volcano.sh/task-spec"
        if let role = metadata.annotations[key], !role.isEmpty { return role }
        return metadata.labels[key] ?? ""
    }

    private static func read(_ spec: FieldReader, into pod: inout Pod) {
        let containers = spec.objects("containers")
        let initContainers = spec.objects("initContainers")
        let affinity = spec.object("affinity")

        pod.schedulerName = spec.nonEmptyString("schedulerName") ?? pod.schedulerName
        pod.nodeName = spec.nonEmptyString("nodeName")
        pod.priority = spec.integer("priority", in: Int64(Int32.min)...Int64(Int32.max)).map { Int32($0) }
        pod.priorityClassName = spec.string("priorityClassName") ?? ""
        pod.preemptsNever = spec.choice("preemptionPolicy", of: PreemptionPolicy.self) == .never
        pod.activeDeadlineSeconds = spec.integer("activeDeadlineSeconds", in: 1...Int64(Int32.max))
        pod.schedulingGates = spec.objects("schedulingGates").compactMap { $0.requiredString("name") }
        pod.nodeSelector = spec.stringMap("nodeSelector")
        pod.nodeAffinity = affinity?.object("nodeAffinity").map(NodeAffinityReader.read) ?? NodeAffinity()
        pod.tolerations = spec.objects("tolerations").map(TolerationReader.read)
        pod.images = (containers + initContainers).compactMap { $0.nonEmptyString("image") }
        pod.hostPorts = HostPortReader.read(spec, containers: containers, initContainers: initContainers)
        ConstraintReader.read(spec, affinity: affinity, into: &pod)
        PodRequestsReader.read(spec, containers: containers, initContainers: initContainers, into: &pod)
    }
}
