import ClusterModel
import KubernetesAPI
import Recording
import SchedulingLoop
import SchedulingPolicy

// What a shadow does in place of writing.
extension Scheduler {
    /// Whether the loop is not to know yet of what an object has become.
    func holdsBack(_ observed: Observed) -> Bool {
        guard shadow != nil, case .pod(let pod) = observed.object,
            options.schedulerNames.contains(pod.schedulerName)
        else { return false }
        return shadow?.holdsBack(
            observed, pod, isKnown: pods[pod.key] != nil, at: WallClock.now.loopTime) ?? false
    }

    /// Notes what a cycle has decided, and lets the loop know of what has happened to the same pods meanwhile.
    func compare(_ result: CycleResult, at now: WallClock) {
        shadow?.ledger.note(CycleRecord(result), at: now.loopTime)
        // Of a gang that is not there as a whole the cycle could decide nothing.
        let incomplete = result.pending.filter { Self.waitsForOthers($0.reason) }
        releaseHeld(untried: Set(incomplete.map(\.pod)))
    }

    /// Whether a pod waits for objects that may be on their way.
    private static func waitsForOthers(_ reason: PendingReason) -> Bool {
        switch reason {
        case .podGroupNotFound, .notEnoughTasks, .notEnoughPodsOfTask: true
        default: false
        }
    }

    private func releaseHeld(untried: Set<ObjectKey> = []) {
        for held in shadow?.release(untried: untried) ?? [] { show(.pod, held.pod, seen: held.seen) }
    }

    /// Takes back what nobody has followed in time, and says how decisions compare.
    func passShadowTime(at now: WallClock) {
        guard shadow != nil else { return }
        if shadow?.isOverdue(at: now.loopTime) ?? false { releaseHeld() }
        // Nobody is told of gangs.
        _ = pods.takeChanged()
        shadow?.ledger.expire(at: now.loopTime)
        for event in shadow?.ledger.takeEvents() ?? [] {
            switch event {
            case .takeBack(let outcome): tell(outcome)
            case .pod(let verdict):
                metrics.add("shadow_pods_total", [verdict.agreement.rawValue])
                log.debug(
                    "a pod compared",
                    [
                        "pod": "\(verdict.pod)", "outcome": verdict.agreement.rawValue,
                        "because": verdict.reason ?? "",
                    ])
            case .eviction(let verdict): report(verdict)
            case .gang(let verdict): report(verdict)
            }
        }
    }

    private func report(_ verdict: EvictionVerdict) {
        metrics.add("shadow_evictions_total", [verdict.hasLeft ? "left" : "only_ours"])
        let eviction = verdict.eviction
        log.info(
            verdict.hasLeft ? "a pod has left that would be evicted" : "only the shadow would evict",
            [
                "pod": "\(eviction.pod)", "node": eviction.node, "reason": eviction.reason,
                "for": eviction.preemptor.map { "\($0)" } ?? "",
            ])
    }

    private func report(_ verdict: GangVerdict) {
        metrics.add("shadow_gangs_total", [verdict.agreement.rawValue])
        if let lead = verdict.lead {
            metrics.observe(
                "shadow_lead_seconds", [lead >= 0 ? "ours" : "theirs"], Double(abs(lead)) / 1_000)
        }
        log.info(
            "compared: \(verdict.agreement.sentence)",
            [
                "gang": "\(verdict.gang)", "queue": verdict.queue, "outcome": verdict.agreement.rawValue,
                "ours": Self.places(verdict.ours), "theirs": Self.places(verdict.theirs),
                "lead": verdict.lead.map { "\(Double($0) / 1_000)s" } ?? "",
                "because": verdict.reason ?? "",
            ])
    }

    /// `node-1 node-2x7`.
    private static func places(_ binds: [CycleRecord.Bind]) -> String {
        var counts: [String: Int] = [:]
        for bind in binds { counts[bind.node, default: 0] += 1 }
        return counts.sorted { $0.key.precedes($1.key) }.map { $1 == 1 ? $0 : "\($0)x\($1)" }
            .joined(separator: " ")
    }
}
