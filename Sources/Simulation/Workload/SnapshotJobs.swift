import ClusterModel

/// The gangs of a snapshot: what waits becomes jobs, so that its wait is measured; what is bound stays.
struct SnapshotJobs {
    /// The annotation that says when an object is submitted: after the start, or a time.
    static let submitAnnotation = "gangwright.io/submit-time"
    /// The annotation that says how long a job runs, which schedulers go by as well.
    static let runTimeAnnotation = "gangwright.io/run-time"
    /// The annotation that says how long a job really runs, where that is not what schedulers are told.
    static let trueRunTimeAnnotation = "gangwright.io/simulated-run-time"
    /// The annotation that names who has submitted a job, for reports.
    static let userAnnotation = "gangwright.io/user"
    /// The annotation that says how often a job saves its work.
    static let checkpointAnnotation = "gangwright.io/checkpoint"

    /// Pods that belong together, or one that is on its own.
    struct Gang {
        var group: PodGroup?
        var pods: [Pod]

        var key: ObjectKey { group?.key ?? pods[0].key }

        /// The text of an annotation: of the gang, or of the first pod that has it.
        func annotation(_ name: String) -> String? {
            group?.annotations[name] ?? pods.lazy.compactMap { $0.annotations[name] }.first
        }

        /// When the first of its objects was created; nil if none says.
        var created: Timestamp? { ([group?.created] + pods.map(\.created)).compactMap { $0 }.min() }

        var hasNode: Bool { pods.contains { $0.nodeName != nil || $0.isTerminal } }
    }

    /// All gangs of pods, in the order in which their first pods stand.
    ///
    /// Pods whose gang is not there are left out: nobody can place them.
    static func gangs(of snapshot: ClusterSnapshot) -> [Gang] {
        var groups: [ObjectKey: PodGroup] = [:]
        for group in snapshot.podGroups { groups[group.key] = group }
        var gangs: [Gang] = []
        var positions: [ObjectKey: Int] = [:]
        for pod in snapshot.pods {
            guard let name = pod.podGroup else {
                gangs.append(Gang(group: nil, pods: [pod]))
                continue
            }
            let key = ObjectKey(namespace: pod.key.namespace, name: name)
            if let position = positions[key] {
                gangs[position].pods.append(pod)
            } else if let group = groups[key] {
                positions[key] = gangs.count
                gangs.append(Gang(group: group, pods: [pod]))
            }
        }
        return gangs
    }

    /// The shape of a gang: what is equal in its pods once, and nothing of what has become of them.
    static func shape(of gang: Gang, instanceTypes: [InstanceType]) -> JobShape {
        var sets: [JobShape.PodSet] = []
        for pod in gang.pods {
            let plain = stripped(pod)
            if let same = sets.firstIndex(where: { $0.pod == plain }) {
                sets[same].count += 1
            } else {
                sets.append(JobShape.PodSet(pod: plain, count: 1))
            }
        }
        // Pods are named by their roles: those that differ otherwise must differ there.
        var seen: [String: Int] = [:]
        for index in sets.indices {
            let role = sets[index].pod.role
            seen[role, default: 0] += 1
            if let count = seen[role], count > 1 { sets[index].pod.role = "\(role)-\(count)" }
        }
        var group = gang.group
        group?.key.name = ""
        group?.uid = ""
        group?.created = nil
        group?.queue = "default"
        group?.priorityClassName = ""
        group?.phase = .pending
        group?.conditions = []
        for name in annotations { group?.annotations[name] = nil }
        var shape = JobShape(podGroup: group, pods: sets)
        shape.instanceType = instanceType(of: gang.pods[0], instanceTypes)
        return shape
    }

    private static let annotations = [
        submitAnnotation, runTimeAnnotation, trueRunTimeAnnotation, userAnnotation, checkpointAnnotation,
    ]

    private static func stripped(_ pod: Pod) -> Pod {
        var plain = pod
        plain.key.name = ""
        plain.uid = ""
        plain.created = nil
        plain.isTerminating = false
        plain.owners = []
        plain.podGroup = nil
        if plain.role.isEmpty { plain.role = "worker" }
        plain.nodeName = nil
        plain.nominatedNodeName = nil
        plain.phase = .pending
        plain.statusReason = ""
        plain.started = nil
        plain.finished = nil
        plain.scheduledTime = nil
        plain.isDisruptionTarget = false
        for name in annotations { plain.annotations[name] = nil }
        return plain
    }

    /// The instance type that a pod looks like; empty if it looks like none.
    private static func instanceType(of pod: Pod, _ types: [InstanceType]) -> String {
        types.first { type in
            var requests = type.requests
            requests[.pods] = nil
            return requests == pod.requests && type.nodeSelector == pod.nodeSelector
        }?.name ?? ""
    }
}
