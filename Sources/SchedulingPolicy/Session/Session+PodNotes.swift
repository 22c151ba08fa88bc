import ClusterModel

/// For how long a pod is left where it is.
struct Cooldown: Sendable {
    /// How long from the time at which it was given its node.
    let length: Duration
    /// When that was; `nil` while it has none, or nobody has said.
    var scheduled: Timestamp?

    /// The first second at which it may leave.
    var end: Timestamp? {
        scheduled.map { Timestamp(secondsSinceEpoch: $0.secondsSinceEpoch + length.secondsRoundedUp) }
    }
}

/// What few pods say that matters to those who choose victims.
extension Session {
    /// Notes a pod's cooldown.
    func takeVictimNotes(of pod: borrowing Pod, _ task: Int) {
        if pod.labels.isEmpty, pod.annotations.isEmpty { return }
        let key = "volcano.sh/cooldown-time"
        guard let text = pod.labels[key] ?? pod.annotations[key], let length = Duration(go: text),
            length > .zero
        else { return }
        cooldowns[task] = Cooldown(length: length, scheduled: pod.scheduledTime)
    }

    /// Forgets what was noted of a pod that is leaving its slot.
    func dropVictimNotes(of task: Int) {
        if !cooldowns.isEmpty { cooldowns[task] = nil }
        if !evictedTasks.isEmpty { evictedTasks.remove(task) }
    }
}

/// Nodes by their labels.
extension Session {
    /// The nodes (by the allocator's index) that have a label, with its value; empty values count as none.
    ///
    /// - Complexity: O(nodes) the first time after a node has changed, then O(1).
    func nodes(labelled key: String) -> [Int: String] {
        if let known = labelledNodes[key] { return known }
        var found: [Int: String] = [:]
        for entry in nodes.entries {
            guard let index = entry.index, let value = allocator.node(index).labels[key], !value.isEmpty
            else { continue }
            found[index] = value
        }
        labelledNodes[key] = found
        return found
    }

    /// The allocator's index of the node that a pod is on.
    func nodeIndex(of task: Int) -> Int? { tasks[task].node.flatMap { nodes.entries[$0].index } }
}
