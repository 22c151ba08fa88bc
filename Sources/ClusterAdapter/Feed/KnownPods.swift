import ClusterModel
import SchedulingPolicy

/// What the adapter itself has to know of a pod, beside what the scheduling loop knows.
struct PodFacts: Sendable, Equatable {
    var uid: String
    var created: Timestamp?
    /// The gang by name, in the pod's namespace; nil for a pod that is its own.
    var gang: String?
    var node: String?
    var phase: Pod.Phase
    var isTerminating: Bool
    /// Whether it is for this scheduler to place.
    var isOurs: Bool

    /// Whether it holds a place on a node.
    var holdsNode: Bool { node != nil && phase != .succeeded && phase != .failed && !isTerminating }

    init(_ pod: Pod, isOurs: Bool) {
        uid = pod.uid
        created = pod.created
        gang = pod.podGroup
        node = pod.nodeName
        phase = pod.phase
        isTerminating = pod.isTerminating
        self.isOurs = isOurs
    }
}

/// The pods of a gang that are ours, by state.
struct GangCounts: Sendable, Equatable {
    /// Pods that hold a place on a node.
    var onNodes = 0
    var running = 0
    var succeeded = 0
    var failed = 0
    /// All, those that have ended included.
    var total = 0

    var isEmpty: Bool { total == 0 }

    mutating func count(_ pod: PodFacts, by change: Int) {
        total += change
        if pod.holdsNode { onNodes += change }
        switch pod.phase {
        case .running where !pod.isTerminating: running += change
        case .succeeded: succeeded += change
        case .failed: failed += change
        default: break
        }
    }
}

/// The pods that the API server has shown, and what they amount to by gang.
struct KnownPods: Sendable {
    private(set) var facts: [ObjectKey: PodFacts] = [:]
    /// Gangs with pods of ours.
    private(set) var gangs: [ObjectKey: GangCounts] = [:]
    /// Gangs whose counts have changed since somebody last asked.
    private var changed: Set<ObjectKey> = []

    subscript(key: ObjectKey) -> PodFacts? { facts[key] }

    /// The gangs whose counts have changed since the last call.
    mutating func takeChanged() -> Set<ObjectKey> {
        defer { changed = [] }
        return changed
    }

    /// Takes a pod that is new or has changed, or (nil) is gone.
    mutating func set(_ key: ObjectKey, _ pod: PodFacts?) {
        let before = facts[key]
        if before == pod { return }
        if let before { count(key, before, by: -1) }
        facts[key] = pod
        if let pod { count(key, pod, by: 1) }
    }

    private mutating func count(_ key: ObjectKey, _ pod: PodFacts, by change: Int) {
        guard pod.isOurs, let name = pod.gang else { return }
        let gang = ObjectKey(namespace: key.namespace, name: name)
        gangs[gang, default: GangCounts()].count(pod, by: change)
        if gangs[gang]?.isEmpty ?? true { gangs[gang] = nil }
        changed.insert(gang)
    }

    /// The pods of a gang that hold a place, by name. - Complexity: O(pods).
    func onNodes(of gang: ObjectKey) -> [(key: ObjectKey, facts: PodFacts)] {
        facts.filter { key, pod in
            pod.isOurs && pod.holdsNode && pod.gang == gang.name && key.namespace == gang.namespace
        }.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }
}
