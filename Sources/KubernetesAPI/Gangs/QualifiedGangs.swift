internal import ClusterModel

/// The gangs of other APIs than Volcano's, with what only their pods say.
///
/// A group that names no queue or priority has those of its pods, and a part of a Workload is a gang as often as pods name a
/// replica of it. Objects come in any order; what one of them changes is told at once.
struct QualifiedGangs: Sendable {
    /// What a pod says of its gang.
    private struct Member: Equatable {
        let gang: ObjectKey
        let queue: String
        let priority: Int32?

        /// Nil for a pod without such a gang.
        init?(_ pod: Pod) {
            guard let name = pod.podGroup, GangName.isQualified(name) else { return nil }
            gang = ObjectKey(namespace: pod.key.namespace, name: name)
            queue = QueueName.of(annotations: pod.annotations, labels: pod.labels)
            priority = pod.priority
        }
    }

    /// What the pods of a gang say, and how many say so.
    private struct Members {
        private var count = 0
        private var queues: [String: Int] = [:]
        private var priorities: [Int32: Int] = [:]

        var isEmpty: Bool { count == 0 }
        /// The first by name, if pods disagree.
        var queue: String? { queues.keys.min { $0.precedes($1) } }
        /// The highest, if pods disagree.
        var priority: Int32? { priorities.keys.max() }

        mutating func count(_ member: Member, by change: Int) {
            count += change
            if !member.queue.isEmpty { Self.count(member.queue, in: &queues, by: change) }
            if let priority = member.priority { Self.count(priority, in: &priorities, by: change) }
        }

        private static func count<Key>(_ key: Key, in counts: inout [Key: Int], by change: Int) {
            let count = counts[key, default: 0] + change
            counts[key] = count == 0 ? nil : count
        }
    }

    private var groups: [ObjectKey: PodGroup] = [:]
    private var workloads: [ObjectKey: Workload] = [:]
    /// By pod.
    private var members: [ObjectKey: Member] = [:]
    /// By gang, whether it exists or not.
    private var membersOf: [ObjectKey: Members] = [:]
    /// The gangs that pods name, by workload.
    private var replicas: [ObjectKey: Set<ObjectKey>] = [:]
    /// The gangs as they have been told.
    private var told: [ObjectKey: PodGroup] = [:]

    /// All gangs as of now, by name.
    var all: [PodGroup] { told.values.sorted { $0.key < $1.key } }

    /// Takes note of a group as its object describes it.
    mutating func set(_ group: PodGroup) -> [ClusterChange] {
        groups[group.key] = group
        return tell([group.key])
    }

    /// Forgets a group.
    mutating func removeGroup(_ gang: ObjectKey) -> [ClusterChange] {
        groups[gang] = nil
        return tell([gang])
    }

    /// Takes note of a workload.
    mutating func set(_ workload: Workload) -> [ClusterChange] {
        workloads[workload.key] = workload
        return tell(replicas[workload.key, default: []])
    }

    /// Forgets a workload.
    mutating func removeWorkload(_ key: ObjectKey) -> [ClusterChange] {
        workloads[key] = nil
        return tell(replicas[key, default: []])
    }

    /// Takes note of a pod, its priority settled.
    mutating func set(_ pod: Pod) -> [ClusterChange] { set(pod.key, Member(pod)) }

    /// Forgets a pod.
    mutating func removePod(_ key: ObjectKey) -> [ClusterChange] { set(key, nil) }

    private mutating func set(_ pod: ObjectKey, _ member: Member?) -> [ClusterChange] {
        let before = members[pod]
        if before == member { return [] }
        members[pod] = member
        if let before { count(before, by: -1) }
        if let member { count(member, by: 1) }
        return tell(Set([before?.gang, member?.gang].compactMap { $0 }))
    }

    private mutating func count(_ member: Member, by change: Int) {
        membersOf[member.gang, default: Members()].count(member, by: change)
        let isGone = membersOf[member.gang]?.isEmpty ?? true
        if isGone { membersOf[member.gang] = nil }
        guard let workload = Self.part(member.gang)?.workload else { return }
        if isGone {
            replicas[workload]?.remove(member.gang)
            if replicas[workload]?.isEmpty ?? true { replicas[workload] = nil }
        } else {
            replicas[workload, default: []].insert(member.gang)
        }
    }

    /// The workload of a gang, and the part of it; nil for other gangs.
    private static func part(_ gang: ObjectKey) -> (workload: ObjectKey, name: String)? {
        guard case .workload(let name, let part, _) = GangName(gang.name) else { return nil }
        return (ObjectKey(namespace: gang.namespace, name: name), part)
    }

    /// What has changed of some gangs.
    private mutating func tell(_ gangs: Set<ObjectKey>) -> [ClusterChange] {
        gangs.sorted().compactMap { gang in
            let group = settled(gang)
            if told[gang] == group { return nil }
            told[gang] = group
            return group.map { .podGroup($0) } ?? .podGroupRemoved(gang)
        }
    }

    private func settled(_ gang: ObjectKey) -> PodGroup? {
        let members = membersOf[gang]
        var group = groups[gang]
        if group == nil, members != nil, let part = Self.part(gang) {
            group = workloads[part.workload]?.gang(gang, ofPart: part.name)
        }
        guard var group else { return nil }
        if group.queue.isEmpty { group.queue = members?.queue ?? "default" }
        if group.priority == nil, group.priorityClassName.isEmpty { group.priority = members?.priority }
        return group
    }
}
