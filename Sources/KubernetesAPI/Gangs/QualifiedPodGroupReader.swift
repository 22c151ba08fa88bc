internal import ClusterModel
internal import Documents

/// Reads PodGroup objects of other APIs than Volcano's.
///
/// The queue is empty where labels and annotations name none; the priority is `nil`, and the class empty, where the group
/// leaves it to its pods.
enum QualifiedPodGroupReader {
    /// Reads a PodGroup of scheduler-plugins: a size, and what admission is to reserve.
    ///
    /// `scheduleTimeoutSeconds` is for schedulers that let pods hold places while they wait for others of their gang.
    static func schedulerPlugins(
        _ object: FieldReader, _ metadata: ObjectMetadata, key: ObjectKey, name: (String) -> GangName
    ) -> PodGroup {
        var group = PodGroup(
            key: ObjectKey(namespace: key.namespace, name: name(key.name).text), created: metadata.created,
            queue: metadata.queue, labels: metadata.labels, annotations: metadata.annotations,
            origin: .schedulerPlugins)
        if let spec = object.object("spec") {
            group.minMember = max(1, Int(spec.integer("minMember", in: 0...Int64(Int32.max)) ?? 1))
            group.minResources = spec.resourceList("minResources")
        }
        return group
    }

    /// Reads a PodGroup of Kubernetes 1.36 and newer.
    static func kubernetes(_ object: FieldReader, _ metadata: ObjectMetadata, key: ObjectKey) -> PodGroup {
        var group = PodGroup(
            key: ObjectKey(namespace: key.namespace, name: GangName.kubernetes(key.name).text),
            created: metadata.created, queue: metadata.queue, labels: metadata.labels,
            annotations: metadata.annotations, origin: .kubernetes)
        guard let spec = object.object("spec") else {
            if object.lacks("spec") { object.report("spec", "found nothing, expected a scheduling policy") }
            return group
        }
        group.minMember = SchedulingPolicyReader.minCount(spec, "schedulingPolicy")
        group.priorityClassName = spec.string("priorityClassName") ?? ""
        group.priority = spec.integer("priority", in: Int64(Int32.min)...Int64(Int32.max)).map { Int32($0) }
        group.preemptsNever = spec.choice("preemptionPolicy", of: PreemptionPolicy.self) == .never
        group.leavesWhole = leavesWhole(spec)
        group.networkTopology = spec.object("schedulingConstraints").flatMap(topology)
        if spec.nonEmptyString("parentCompositePodGroupName") != nil {
            spec.report(
                "parentCompositePodGroupName",
                "groups of PodGroups are not honoured: each PodGroup is placed on its own", severity: .warning
            )
        }
        if let status = object.object("status") {
            group.conditions = status.objects("conditions").compactMap(PodGroupReader.condition)
        }
        return group
    }

    /// Kubernetes 1.36 has a word where later versions have a mapping with one member.
    private static func leavesWhole(_ spec: FieldReader) -> Bool {
        guard let mode = spec.value("disruptionMode") else { return false }
        let word = mode.string ?? mode.members.first { !$0.value.isNull }?.key
        switch word {
        case "PodGroup", "all": return true
        case "Pod", "single": return false
        default:
            spec.report(
                "disruptionMode", "not one of the modes that are known: pods may leave one by one",
                severity: .warning)
            return false
        }
    }

    private static func topology(_ constraints: FieldReader) -> NetworkTopology? {
        let keys = constraints.objects("topology").compactMap { $0.requiredString("key") }
        if keys.count > 1 {
            constraints.report(
                "topology", "found more than one key; only the first is honoured", severity: .warning)
        }
        return keys.first.map { NetworkTopology(nodeLabel: $0) }
    }
}

extension ObjectMetadata {
    /// The queue that labels or annotations name, empty if they name none.
    var queue: String { QueueName.of(annotations: annotations, labels: labels) }
}

/// The queue that an object names which has no field for it.
enum QueueName {
    private static let keys = ["scheduling.volcano.sh/queue-name", "volcano.sh/queue-name"]

    /// What annotations say, or else labels; empty if they say nothing.
    static func of(annotations: [String: String], labels: [String: String]) -> String {
        for texts in [annotations, labels] where !texts.isEmpty {
            if let name = keys.lazy.compactMap({ texts[$0] }).first(where: { !$0.isEmpty }) { return name }
        }
        return ""
    }
}
