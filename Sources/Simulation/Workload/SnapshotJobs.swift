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

        /// Whether something has become of it already, so that it is no job that has yet to begin.
        var hasBegun: Bool { pods.contains { $0.nodeName != nil || $0.isTerminal || $0.isTerminating } }
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

    /// The shape of a gang as it waits or, if it is to come again, as it was before anything had become of it.
    ///
    /// - Parameter submission: When its objects are created; nil leaves that, and all else, as it is.
    static func shape(of gang: Gang, submission: Timestamp?, instanceTypes: [InstanceType]) -> JobShape {
        var (group, pods) = (gang.group, gang.pods)
        if let submission {
            group?.created = submission
            group?.phase = .pending
            group?.conditions = []
            for index in pods.indices { pods[index].beginAnew(submission) }
        }
        var shape = JobShape(podGroup: group, pods: pods.map { JobShape.PodSet(pod: $0, count: 1) })
        shape.isAsWritten = true
        shape.instanceType = instanceType(of: gang.pods[0], instanceTypes)
        return shape
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

extension Pod {
    /// Makes it a pod that has just been made: of what has become of it nothing is left.
    fileprivate mutating func beginAnew(_ time: Timestamp) {
        created = time
        isTerminating = false
        nodeName = nil
        nominatedNodeName = nil
        phase = .pending
        statusReason = ""
        started = nil
        finished = nil
        scheduledTime = nil
        isDisruptionTarget = false
    }
}
