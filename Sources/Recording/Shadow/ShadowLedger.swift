public import ClusterModel
public import SchedulingLoop

/// Holds what a shadow decides against what the scheduler beside it does.
///
/// A decision is kept for a while, so that the next ones build on it. Where the other scheduler binds the pod, its place
/// counts; where it does not in time, the decision is taken back, and the pod waits again.
///
/// It is told what the loop is told, and when; it reads no clock.
public struct ShadowLedger: Sendable {
    /// How long a decision is kept unless said otherwise, in milliseconds.
    public static let defaultPatience: Int64 = 60_000

    private struct PodState: Sendable {
        var gang: GangName
        var uid: String
        /// Where the shadow would have put it, and when it first had a place.
        var ours: (node: String, since: LoopTime)?
        /// Until when that is kept; nil once it has been taken back or is moot.
        var keptUntil: LoopTime?
        var theirs: (node: String, since: LoopTime)?
        /// Why the shadow has no place for it.
        var reason: String?
        /// Whether it has been said that nobody followed.
        var isReported = false
    }

    private struct GangState: Sendable {
        /// Pods that have not been dealt with.
        var pods: Set<ObjectKey> = []
        /// How many of these the other scheduler has bound.
        var theirs = 0
        /// Of how many it has been said that nobody followed.
        var unfollowed = 0
        /// Pods of it that have been dealt with and are still there.
        var settled: Set<ObjectKey> = []
        /// When the other scheduler last bound a pod that has not been dealt with.
        var lastTheirs: LoopTime?
        /// Whether it has been said that nobody followed.
        var isReported = false
    }

    private let schedulerNames: Set<String>
    private let patience: Int64
    private var pods: [ObjectKey: PodState] = [:]
    private var gangs: [GangName: GangState] = [:]
    /// Pods of gangs that have been dealt with and are still there.
    private var settledPods: [ObjectKey: GangName] = [:]
    private var groups: [ObjectKey: (minMember: Int, queue: String)] = [:]
    private var victims: [ObjectKey: CycleRecord.Eviction] = [:]
    /// Victims of which it has been said that nobody followed.
    private var reportedVictims: Set<ObjectKey> = []
    // Everything is kept for the same time, so that alarms are in order as they come.
    private var podAlarms = AlarmQueue<ObjectKey>()
    private var gangAlarms = AlarmQueue<GangName>()
    private var victimAlarms = AlarmQueue<ObjectKey>()
    private var events: [ShadowEvent] = []

    /// A ledger without entries.
    ///
    /// - Parameters:
    ///   - schedulerNames: Whose pods are decided about.
    ///   - patience: How long a decision is kept, in milliseconds.
    public init(schedulerNames: Set<String>, patience: Int64) {
        self.schedulerNames = schedulerNames
        self.patience = patience
    }

    /// What has followed since the last call.
    public mutating func takeEvents() -> [ShadowEvent] { exchange(&events, with: []) }

    /// Whether the shadow wants a pod to leave, or did until it was patient enough.
    func isVictim(_ key: ObjectKey) -> Bool { victims[key] != nil || reportedVictims.contains(key) }

    /// Gangs of which the shadow has a place for a pod, or the other scheduler has bound one, and there is no verdict.
    var undecidedGangs: Int {
        gangs.values.count { gang in
            !gang.isReported && gang.pods.contains { pods[$0]?.ours != nil || pods[$0]?.theirs != nil }
        }
    }

    // MARK: What the cluster shows

    /// Takes note of a change of the cluster.
    public mutating func note(_ change: ClusterChange, at time: LoopTime) {
        switch change {
        case .pod(let pod): note(pod, at: time)
        case .podRemoved(let key): forget(key, at: time)
        case .podGroup(let group): groups[group.key] = (group.minMember, group.queue)
        case .podGroupRemoved(let key): groups[key] = nil
        default: break
        }
    }

    private mutating func note(_ pod: Pod, at time: LoopTime) {
        guard schedulerNames.contains(pod.schedulerName) else { return }
        if let known = pods[pod.key], known.uid != pod.uid { forget(pod.key, at: time) }
        if pod.isTerminating || pod.phase == .succeeded || pod.phase == .failed {
            if pod.isTerminating { settleVictim(pod.key, hasLeft: true) }
            // A pod that was bound and has ended since was bound all the same.
            if let node = pod.nodeName { noteTheirs(pod.key, node, at: time) }
            if let known = pods[pod.key], known.theirs == nil { forget(pod.key, at: time) }
        } else if let node = pod.nodeName {
            noteTheirs(pod.key, node, at: time)
        } else if pods[pod.key] == nil {
            if let gang = settledPods.removeValue(forKey: pod.key) { gangs[gang]?.settled.remove(pod.key) }
            let gang = GangName(of: pod)
            pods[pod.key] = PodState(gang: gang, uid: pod.uid)
            gangs[gang, default: GangState()].pods.insert(pod.key)
        }
    }

    private mutating func noteTheirs(_ key: ObjectKey, _ node: String, at time: LoopTime) {
        guard var pod = pods[key], pod.theirs == nil else { return }
        pod.theirs = (node, time)
        pod.keptUntil = nil
        pods[key] = pod
        let agreement: ShadowAgreement =
            pod.ours.map { $0.node == node ? .sameNodes : .otherNodes } ?? .onlyTheirs
        events.append(
            .pod(
                PodVerdict(
                    pod: key, gang: pod.gang, agreement: agreement,
                    reason: pod.ours == nil ? pod.reason ?? Self.neverTried : nil)))
        gangs[pod.gang]?.lastTheirs = time
        gangs[pod.gang]?.theirs += 1
        if pod.isReported { gangs[pod.gang]?.unfollowed -= 1 }
        gangAlarms.add(pod.gang, at: time.advanced(by: patience))
        settle(pod.gang, at: time, isLate: false)
    }

    /// The reason of a pod that no cycle of the shadow has looked at.
    static let neverTried = "NeverTried"

    private mutating func forget(_ key: ObjectKey, at time: LoopTime) {
        settleVictim(key, hasLeft: true)
        reportedVictims.remove(key)
        if let gang = settledPods.removeValue(forKey: key) {
            gangs[gang]?.settled.remove(key)
            settle(gang, at: time, isLate: false)
        }
        // What was bound and is gone was bound all the same: its gang has yet to be dealt with.
        guard let pod = pods[key], pod.theirs == nil else { return }
        pods[key] = nil
        gangs[pod.gang]?.pods.remove(key)
        if pod.isReported { gangs[pod.gang]?.unfollowed -= 1 }
        settle(pod.gang, at: time, isLate: false)
    }

    // MARK: What the shadow decides

    /// Takes note of the decisions of a cycle.
    public mutating func note(_ cycle: CycleRecord, at time: LoopTime) {
        let until = time.advanced(by: patience)
        for bind in cycle.binds {
            guard var pod = pods[bind.pod], pod.theirs == nil else { continue }
            // Where is as it was decided last, when as it was first.
            pod.ours = (bind.node, pod.ours?.since ?? time)
            pod.keptUntil = until
            pod.reason = nil
            pods[bind.pod] = pod
            podAlarms.add(bind.pod, at: until)
        }
        for wait in cycle.waits { pods[wait.pod]?.reason = wait.reason }
        for held in cycle.pipelined { pods[held.pod]?.reason = "Pipelined" }
        for eviction in cycle.evictions {
            victims[eviction.pod] = eviction
            victimAlarms.add(eviction.pod, at: until)
        }
    }

    // MARK: What time does

    /// Takes back what nobody has followed in time.
    public mutating func expire(at time: LoopTime) {
        while let (key, due) = podAlarms.next(at: time) {
            guard let pod = pods[key], pod.keptUntil == due else { continue }
            pods[key]?.keptUntil = nil
            events.append(.takeBack(.bindRefused(key)))
            if !pod.isReported {
                pods[key]?.isReported = true
                gangs[pod.gang]?.unfollowed += 1
                events.append(
                    .pod(PodVerdict(pod: key, gang: pod.gang, agreement: .onlyOurs, reason: nil)))
            }
            settle(pod.gang, at: time, isLate: false)
        }
        while let (gang, due) = gangAlarms.next(at: time) {
            guard gangs[gang]?.lastTheirs?.advanced(by: patience) == due else { continue }
            settle(gang, at: time, isLate: true)
        }
        while let (key, _) = victimAlarms.next(at: time) {
            guard victims[key] != nil else { continue }
            events.append(.takeBack(.evictionRefused(key)))
            settleVictim(key, hasLeft: false)
        }
    }

    private mutating func settleVictim(_ key: ObjectKey, hasLeft: Bool) {
        guard let eviction = victims.removeValue(forKey: key) else { return }
        if hasLeft || reportedVictims.insert(key).inserted {
            events.append(.eviction(EvictionVerdict(eviction: eviction, hasLeft: hasLeft)))
        }
    }

    // MARK: Gangs

    /// Says how the two agree about a gang, if that is known.
    ///
    /// - Parameter isLate: Whether the other scheduler has had its time for the rest.
    private mutating func settle(_ name: GangName, at time: LoopTime, isLate: Bool) {
        guard var gang = gangs[name] else { return }
        let group = name.isGang ? groups[name.key] : nil
        let least = max(1, group?.minMember ?? 1)
        let isWhole = gang.theirs + gang.settled.count >= least
        if gang.theirs == 0 {
            if gang.pods.isEmpty, gang.settled.isEmpty {
                gangs[name] = nil
            } else if !gang.isReported, gang.unfollowed > 0, gang.unfollowed + gang.settled.count >= least {
                gangs[name]?.isReported = true
                let ours = members(of: gang) { $0.ours != nil }
                events.append(
                    .gang(verdict(name, group?.queue, least, .onlyOurs, ours: ours, theirs: [], time)))
            }
            return
        }
        guard isLate || isWhole && gang.theirs == gang.pods.count else { return }
        let theirs = members(of: gang) { $0.theirs != nil }
        let ours = theirs.filter { $0.pod.ours != nil }
        let agreement: ShadowAgreement =
            if !isWhole {
                .theirsInPart
            } else if ours.count < theirs.count {
                .onlyTheirs
            } else {
                Self.areOnSameNodes(theirs) ? .sameNodes : .otherNodes
            }
        events.append(
            .gang(verdict(name, group?.queue, least, agreement, ours: ours, theirs: theirs, time)))
        for (key, _) in theirs {
            pods[key] = nil
            gang.pods.remove(key)
            if name.isGang {
                gang.settled.insert(key)
                settledPods[key] = name
            }
        }
        gang.lastTheirs = nil
        gang.theirs = 0
        gang.isReported = false
        // A pod that is its own is over and done with.
        gangs[name] = name.isGang ? gang : nil
    }

    private typealias Member = (key: ObjectKey, pod: PodState)

    /// The pods of a gang that have not been dealt with and are as they are wanted, by name.
    private func members(of gang: GangState, where isWanted: (PodState) -> Bool) -> [Member] {
        gang.pods.sorted().compactMap { key in
            pods[key].flatMap { isWanted($0) ? (key: key, pod: $0) : nil }
        }
    }

    private func verdict(
        _ name: GangName, _ queue: String?, _ minMember: Int, _ agreement: ShadowAgreement, ours: [Member],
        theirs: [Member], _ time: LoopTime
    ) -> GangVerdict {
        GangVerdict(
            gang: name, queue: queue ?? "default", minMember: minMember, agreement: agreement,
            ours: ours.compactMap { member in
                member.pod.ours.map { CycleRecord.Bind(pod: member.key, node: $0.node) }
            },
            theirs: theirs.compactMap { member in
                member.pod.theirs.map { CycleRecord.Bind(pod: member.key, node: $0.node) }
            },
            oursAt: ours.compactMap(\.pod.ours?.since).max(),
            theirsAt: theirs.compactMap(\.pod.theirs?.since).max(),
            reason: agreement == .onlyTheirs || agreement == .theirsInPart
                ? theirs.first { $0.pod.ours == nil }.map { $0.pod.reason ?? Self.neverTried } : nil,
            time: time)
    }

    /// Whether as many pods are on each node: members of a gang are worth the same.
    private static func areOnSameNodes(_ members: [Member]) -> Bool {
        members.compactMap(\.pod.ours?.node).sorted() == members.compactMap(\.pod.theirs?.node).sorted()
    }
}

/// Times that come in order.
private struct AlarmQueue<Subject: Sendable>: Sendable {
    private var alarms: [(subject: Subject, time: LoopTime)] = []
    private var first = 0

    mutating func add(_ subject: Subject, at time: LoopTime) { alarms.append((subject, time)) }

    /// The next one whose time has come.
    mutating func next(at time: LoopTime) -> (subject: Subject, time: LoopTime)? {
        guard first < alarms.count, alarms[first].time <= time else {
            if first > alarms.count / 2 {
                alarms.removeFirst(first)
                first = 0
            }
            return nil
        }
        defer { first += 1 }
        return alarms[first]
    }
}
