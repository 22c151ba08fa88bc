public import ClusterModel
public import SchedulingPolicy

/// A job after a what-if's cycles: a gang, or a pod that is its own.
public struct JobPlace: Equatable, Sendable {
    /// How it stands.
    public enum State: String, Sendable, CaseIterable {
        /// It ran in the snapshot, and goes on.
        case runs
        /// It has just been given its places.
        case starts
        /// It has places that others have to leave first.
        case startsLater
        /// It has no place.
        case waits
        /// It ran, and has to leave for another job.
        case evicted
    }

    /// The gang, or the pod.
    public let key: ObjectKey
    /// True for a gang.
    public let isGang: Bool
    /// The queue; empty for a pod without a gang.
    public let queue: String
    /// How it stands.
    public let state: State
    /// Why it waits; `nil` if it does not.
    public let reason: PendingReason?
    /// The same for people; empty if it does not wait.
    public let message: String
    /// Its pods that have not ended, by name.
    public let pods: [ObjectKey]
    /// Where those of them are that have a place.
    public let nodes: [ObjectKey: String]

    /// Whether it runs, or is about to.
    public var hasPlace: Bool { state == .runs || state == .starts || state == .startsLater }
}

/// Finds how every job stands after a cycle.
struct JobPlaces {
    private let snapshot: ClusterSnapshot
    private let result: CycleResult
    /// Where pods have been, and are to be.
    private var nodeBefore: [ObjectKey: String] = [:]
    private var node: [ObjectKey: String] = [:]
    private var evicted: Set<ObjectKey> = []
    private var promised: Set<ObjectKey> = []
    private let groups: [ObjectKey: CycleResult.Group]
    private let pending: [ObjectKey: CycleResult.Pending]

    init(_ snapshot: ClusterSnapshot, _ result: CycleResult) {
        (self.snapshot, self.result) = (snapshot, result)
        for pod in snapshot.pods where !pod.isTerminal && !pod.isTerminating {
            nodeBefore[pod.key] = pod.nodeName
        }
        node = nodeBefore
        for eviction in result.evictions {
            evicted.insert(eviction.pod)
            node[eviction.pod] = nil
        }
        for bind in result.binds where !evicted.contains(bind.pod) { node[bind.pod] = bind.node }
        for place in result.pipelined where place.waitsFor != .gang {
            promised.insert(place.pod)
            node[place.pod] = place.node
        }
        groups = Dictionary(
            result.podGroups.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
        pending = Dictionary(
            result.pending.map { ($0.pod, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// Gangs by name, then pods without one by name; without those that have ended, and what belongs to its node.
    var all: [JobPlace] {
        var members: [ObjectKey: [Pod]] = [:]
        var single: [Pod] = []
        let gangs = Set(snapshot.podGroups.map(\.key))
        for pod in snapshot.pods {
            let gang = pod.podGroup.map { ObjectKey(namespace: pod.key.namespace, name: $0) }
            if let gang, gangs.contains(gang) {
                members[gang, default: []].append(pod)
            } else if !pod.isTerminal, !pod.isTerminating, pod.nodeName == nil || !pod.staysOnItsNode {
                single.append(pod)
            }
        }
        return snapshot.podGroups.sorted { $0.key < $1.key }.compactMap { place($0, members[$0.key] ?? []) }
            + single.sorted { $0.key < $1.key }.map(place)
    }

    private func place(_ group: PodGroup, _ members: [Pod]) -> JobPlace? {
        let alive = members.filter { !$0.isTerminal && !$0.isTerminating }.map(\.key).sorted()
        let ended = members.count { $0.phase == .succeeded }
        let entry = groups[group.key]
        let ran = alive.count { nodeBefore[$0] != nil }
        let isHeldBack = entry?.reason != nil && !alive.contains { promised.contains($0) }
        let state: JobPlace.State
        if alive.isEmpty {
            // A gang without pods that waits has yet to get them; one that does not has ended.
            guard entry?.reason != nil, group.phase != .completed, ended == 0 else { return nil }
            state = .waits
        } else if alive.contains(where: evicted.contains), held(alive) + ended < max(1, group.minMember) {
            state = .evicted
        } else if entry?.reason == nil {
            state = ran + ended >= max(1, group.minMember) && ran > 0 ? .runs : .starts
        } else if isHeldBack || held(alive) + ended < max(1, group.minMember) {
            state = .waits
        } else {
            state = .startsLater
        }
        return JobPlace(
            key: group.key, isGang: true, queue: entry?.queue ?? group.queue, state: state,
            reason: state == .waits ? entry?.reason : nil,
            message: state == .waits ? entry?.message ?? "" : "", pods: alive, nodes: nodes(of: alive))
    }

    private func place(_ pod: Pod) -> JobPlace {
        let entry = pending[pod.key]
        let state: JobPlace.State =
            if evicted.contains(pod.key) {
                .evicted
            } else if promised.contains(pod.key) {
                .startsLater
            } else if nodeBefore[pod.key] != nil {
                .runs
            } else {
                node[pod.key] != nil ? .starts : .waits
            }
        return JobPlace(
            key: pod.key, isGang: false, queue: "", state: state,
            reason: state == .waits ? entry?.reason : nil,
            message: state == .waits ? entry?.message ?? "" : "", pods: [pod.key], nodes: nodes(of: [pod.key])
        )
    }

    private func held(_ pods: [ObjectKey]) -> Int { pods.count { node[$0] != nil } }

    private func nodes(of pods: [ObjectKey]) -> [ObjectKey: String] {
        var places: [ObjectKey: String] = [:]
        for pod in pods { places[pod] = node[pod] }
        return places
    }
}
