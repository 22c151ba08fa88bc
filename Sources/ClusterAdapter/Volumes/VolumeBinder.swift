import ClusterModel
import KubernetesAPI
import SchedulingPolicy

/// Gangs whose pods cannot be bound before their claims have volumes: a state machine without a clock or a connection.
///
/// A gang comes with `begin`. What the API server shows and answers goes in by `see`, `wrote` and `undid`; `advance` says
/// what is to be done. Its pods are bound once the last of its claims has its volume; if one cannot get it, what was asked
/// for the others is taken back, and the gang is released after a while as a whole.
struct VolumeBinder {
    /// Something that is to be done.
    enum Action: Equatable {
        /// Ask for a claim's volume.
        case write(ClaimWork)
        /// Take back what was asked for, unless the claim has its volume by now.
        case undo(ClaimWork)
        /// Every claim has its volume: bind the pods.
        case bind(GangBinding, claims: Int)
        /// A gang will not be bound; its pods keep their places until it is released.
        case fail(GangBinding, VolumeFailure)
        /// Place the gang's pods anew.
        case release(GangBinding)
        /// These are all nodes that a claim is to keep away from for now.
        case avoid(ObjectKey, nodes: [String])
    }

    /// How far a gang has got.
    private enum Phase {
        case waiting(until: ContinuousClock.Instant)
        /// What was asked for is being taken back.
        case undoing(Set<ObjectKey>)
        case resting(until: ContinuousClock.Instant)
    }

    private struct Gang {
        var binding: GangBinding
        /// The nodes of its pods, by claim.
        var nodes: [ObjectKey: Set<String>]
        var phase: Phase
    }

    /// How long a claim keeps away from a node where it was tried in vain.
    static let avoidance = Duration.seconds(60)
    /// How long a gang rests after a failure, at first; it doubles with each one in a row.
    static let shortestRest = Duration.seconds(1)
    static let longestRest = Duration.seconds(60)

    private var gangs: [Int: Gang] = [:]
    private var lastGang = 0
    /// The gang of each name that has one here.
    private var numbers: [ObjectKey: Int] = [:]
    private var claims: [ObjectKey: AwaitedClaim] = [:]
    /// The claims that take a volume which is there already.
    private var takers: [String: ObjectKey] = [:]
    /// Gangs of which something has become known.
    private var dirty: Set<Int> = []
    private var queue: [Action] = []
    /// Failures in a row.
    private var failures: [ObjectKey: Int] = [:]
    private var avoided: [ObjectKey: [String: ContinuousClock.Instant]] = [:]

    /// True when nothing has to be followed.
    var isEmpty: Bool { gangs.isEmpty && claims.isEmpty && avoided.isEmpty && failures.isEmpty }

    /// The gangs that wait for volumes, or have waited in vain and are not released yet.
    var gangCount: Int { gangs.count }

    /// Whether pods of a gang are here, so that others of it must not be bound before them.
    func holds(_ gang: GangBinding) -> Bool { numbers[gang.name] != nil }

    // MARK: What happens

    /// Takes a gang whose pods have places, or further pods of one that is here.
    mutating func begin(_ binding: GangBinding, until deadline: ContinuousClock.Instant) {
        let number: Int
        if let known = numbers[binding.name] {
            number = known
            gangs[number]?.binding.pods += binding.pods
        } else {
            lastGang += 1
            number = lastGang
            numbers[binding.name] = number
            gangs[number] = Gang(binding: binding, nodes: [:], phase: .waiting(until: deadline))
        }
        // Pods that come to a gang which has failed are released with it.
        guard case .waiting = gangs[number]?.phase else { return }
        dirty.insert(number)
        for pod in binding.pods {
            for claim in pod.claims {
                gangs[number]?.nodes[claim.claim, default: []].insert(pod.node)
                join(ClaimWork(claim: claim.claim, volume: claim.volume, node: pod.node), number)
            }
        }
    }

    private mutating func join(_ work: ClaimWork, _ gang: Int) {
        guard var claim = claims[work.claim] else {
            claims[work.claim] = AwaitedClaim(work: work, gangs: [gang])
            order(work)
            return
        }
        // Pods that share a claim ask for its volume once.
        if claim.gangs.isEmpty { claim.next = work }
        claim.gangs.insert(gang)
        claims[work.claim] = claim
    }

    private mutating func order(_ work: ClaimWork) {
        if let volume = work.volume { takers[volume] = work.claim }
        queue.append(.write(work))
    }

    /// Takes an object that the API server shows.
    mutating func see(_ observed: Observed) {
        switch observed.object {
        case .persistentVolumeClaim(let claim) where claims[claim.key] != nil:
            claims[claim.key]?.isGone = false
            claims[claim.key]?.shown.update(to: Shown(object: claim, version: observed.version))
            touch(claim.key)
        case .persistentVolume(let volume):
            if let taker = takers[volume.name] {
                claims[taker]?.volume.update(to: Shown(object: volume, version: observed.version))
                touch(taker)
            }
            if let key = volume.claim?.key { touch(key) }
        default: break
        }
    }

    /// Takes note that a claim is gone.
    mutating func lose(claim key: ObjectKey) {
        claims[key]?.isGone = true
        touch(key)
    }

    /// Takes note that a volume is gone.
    mutating func lose(volume name: String) {
        guard let taker = takers[name] else { return }
        claims[taker]?.isVolumeGone = true
        touch(taker)
    }

    /// Takes what became of a `write`.
    mutating func wrote(_ key: ObjectKey, _ outcome: ClaimOutcome) {
        guard var claim = claims[key], claim.phase == .writing || claim.phase == .cancelled else { return }
        let isCancelled = claim.phase == .cancelled
        switch outcome {
        case .written(let shown, let volume):
            claim.uid = shown.object.uid
            claim.work.node = shown.object.selectedNode ?? claim.work.node
            claim.shown.update(to: shown)
            if let volume { claim.volume.update(to: volume) }
            claim.phase = .awaited
        case .refused(let reason): claim.phase = .refused(reason)
        }
        claims[key] = claim
        if isCancelled { undo(key) }
        touch(key)
    }

    /// Takes note that an `undo` has come to its end.
    mutating func undid(_ key: ObjectKey) {
        guard let claim = claims[key], claim.phase == .undoing else { return }
        if claim.gangs.isEmpty {
            drop(key)
        } else {
            // Somebody else has come to want it in the meantime.
            if let volume = claim.work.volume { takers[volume] = nil }
            let work = claim.next ?? claim.work
            claims[key] = AwaitedClaim(work: work, gangs: claim.gangs)
            order(work)
        }
        for (number, gang) in gangs {
            guard case .undoing(var left) = gang.phase, left.remove(key) != nil else { continue }
            gangs[number]?.phase = .undoing(left)
            dirty.insert(number)
        }
    }

    /// Takes note that pods or nodes have gone.
    mutating func recheck() { dirty.formUnion(gangs.keys) }

    /// Forgets how often a gang, or a pod that is its own, has failed.
    mutating func forget(_ key: ObjectKey) { failures[key] = nil }

    /// Forgets everything: somebody else decides. What was asked for is for the next one to find.
    ///
    /// - Returns: The gangs that will not be bound, and the claims that have to keep away from no node any more.
    mutating func abandon() -> (gangs: [GangBinding], claims: [ObjectKey]) {
        let left = gangs.sorted { $0.key < $1.key }.map(\.value.binding)
        let claims = avoided.keys.sorted()
        self = VolumeBinder()
        return (left, claims)
    }

    private mutating func touch(_ key: ObjectKey) {
        if let gangs = claims[key]?.gangs { dirty.formUnion(gangs) }
    }

    private mutating func drop(_ key: ObjectKey) {
        guard let claim = claims.removeValue(forKey: key), let volume = claim.work.volume else { return }
        if takers[volume] == key { takers[volume] = nil }
    }

    private mutating func undo(_ key: ObjectKey) {
        guard let work = claims[key]?.work else { return }
        claims[key]?.phase = .undoing
        queue.append(.undo(work))
    }

    // MARK: What is to be done

    /// What the binder has to find out about the cluster beside what it is told.
    struct Outlook {
        /// Whether a node meets a volume's node affinity; nil while either is not known.
        let isReachable: (_ volume: String, _ node: String) -> Bool?
        /// Why a pod cannot be bound where it was put; nil if it can.
        let objection: (PodBinding) -> String?
    }

    /// Looks at what has become known, and at the time.
    mutating func advance(at now: ContinuousClock.Instant, _ outlook: Outlook) -> [Action] {
        for number in gangs.keys.sorted() {
            guard let gang = gangs[number] else { continue }
            switch gang.phase {
            case .waiting(let deadline):
                if dirty.contains(number) || deadline <= now {
                    look(at: gang, number, isLate: deadline <= now, now, outlook)
                }
            case .undoing(let left):
                if left.isEmpty { setPhase(of: number, .resting(until: now + rest(of: gang))) }
            case .resting(let end):
                if end <= now {
                    remove(number)
                    queue.append(.release(gang.binding))
                }
            }
        }
        dirty = []
        endAvoidance(at: now)
        defer { queue = [] }
        return queue
    }

    private mutating func look(
        at gang: Gang, _ number: Int, isLate: Bool, _ now: ContinuousClock.Instant, _ outlook: Outlook
    ) {
        if let reason = gang.binding.pods.lazy.compactMap({ outlook.objection($0) }).first {
            fail(number, VolumeFailure(claims: [], reason: reason, isLate: false), avoids: false, now)
            return
        }
        var late: [ObjectKey] = []
        for (key, nodes) in gang.nodes.sorted(by: { $0.key < $1.key }) {
            switch claims[key]?.standing(for: nodes, outlook.isReachable) ?? .awaited {
            case .ready: break
            case .awaited: late.append(key)
            case .failed(let reason, let avoids):
                fail(number, VolumeFailure(claims: [key], reason: reason, isLate: false), avoids: avoids, now)
                return
            }
        }
        if late.isEmpty {
            remove(number)
            failures[gang.binding.name] = nil
            for key in gang.nodes.keys { leave(key, number) }
            queue.append(.bind(gang.binding, claims: gang.nodes.count))
        } else if isLate {
            let reason = "it did not get its volume in time"
            fail(number, VolumeFailure(claims: late, reason: reason, isLate: true), avoids: true, now)
        }
    }

    /// Gives a gang up: what was asked for it, and for no other, is taken back.
    private mutating func fail(
        _ number: Int, _ failure: VolumeFailure, avoids: Bool, _ now: ContinuousClock.Instant
    ) {
        guard let gang = gangs[number] else { return }
        failures[gang.binding.name, default: 0] += 1
        queue.append(.fail(gang.binding, failure))
        if avoids { for key in failure.claims { avoid(key, until: now + Self.avoidance) } }
        let left = gang.nodes.keys.sorted().filter { leave($0, number) }
        setPhase(of: number, left.isEmpty ? .resting(until: now + rest(of: gang)) : .undoing(Set(left)))
    }

    private mutating func setPhase(of number: Int, _ phase: Phase) { gangs[number]?.phase = phase }

    /// Takes a gang off a claim; says whether something has to be taken back now.
    @discardableResult
    private mutating func leave(_ key: ObjectKey, _ number: Int) -> Bool {
        claims[key]?.gangs.remove(number)
        guard let claim = claims[key], claim.gangs.isEmpty else { return false }
        switch claim.phase {
        case .writing: claims[key]?.phase = .cancelled
        case .awaited where claim.shown?.object.isBound ?? false:
            drop(key)
            return false
        // What was refused for want of an answer may have been done.
        case .awaited, .refused: undo(key)
        case .cancelled, .undoing: break
        }
        return true
    }

    private mutating func remove(_ number: Int) {
        guard let gang = gangs.removeValue(forKey: number) else { return }
        numbers[gang.binding.name] = nil
    }

    /// How long a gang rests that has failed just now.
    private func rest(of gang: Gang) -> Duration {
        let before = max(failures[gang.binding.name, default: 1], 1) - 1
        return min(Self.shortestRest * (1 << min(before, 6)), Self.longestRest)
    }

    private mutating func avoid(_ key: ObjectKey, until end: ContinuousClock.Instant) {
        guard let node = claims[key]?.work.node else { return }
        avoided[key, default: [:]][node] = end
        queue.append(.avoid(key, nodes: avoided[key, default: [:]].keys.sorted()))
    }

    private mutating func endAvoidance(at now: ContinuousClock.Instant) {
        for (key, nodes) in avoided.sorted(by: { $0.key < $1.key }) {
            let left = nodes.filter { $0.value > now }
            if left.count == nodes.count { continue }
            avoided[key] = left.isEmpty ? nil : left
            queue.append(.avoid(key, nodes: left.keys.sorted()))
        }
    }
}

/// Why a gang could not be bound that waited for volumes.
struct VolumeFailure: Equatable, Sendable {
    /// The claims at fault; empty where it was something else.
    let claims: [ObjectKey]
    let reason: String
    /// Whether the time was up.
    let isLate: Bool
}

extension GangBinding {
    /// The gang, or the pod that is its own.
    var name: ObjectKey { gang ?? pods[0].pod }
}
