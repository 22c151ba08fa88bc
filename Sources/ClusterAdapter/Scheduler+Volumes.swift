import ClusterModel
import Recording
import SchedulingPolicy

// Gangs whose pods are bound only once their claims have volumes.
extension Scheduler {
    /// Whether a gang's pods cannot be bound yet: claims of theirs have no volume, or others of the gang wait for theirs.
    func waitsForVolumes(_ gang: GangBinding) -> Bool {
        gang.pods.contains { !$0.claims.isEmpty } || volumes.holds(gang)
    }

    /// Lets a gang wait for the volumes of its claims. Its pods keep the places that they were given.
    func awaitVolumes(of gang: GangBinding) {
        if let key = gang.gang, !volumes.holds(gang) { binding[key, default: 0] += 1 }
        let claims = Set(gang.pods.flatMap(\.claims).map(\.claim)).count
        log.info("a gang waits for its volumes", ["gang": name(of: gang), "claims": "\(claims)"])
        volumes.begin(gang, until: .now + volumeBindTimeout)
    }

    /// Does what is to be done next for gangs that wait for volumes.
    func advanceVolumes() {
        if volumes.isEmpty { return }
        let outlook = VolumeBinder.Outlook(
            isReachable: { self.driver.isVolume($0, reachableFrom: $1) },
            objection: { self.objection(to: $0) })
        for action in volumes.advance(at: .now, outlook) { perform(action) }
        metrics.set("gangs_waiting_for_volumes", to: Double(volumes.gangCount))
    }

    private func perform(_ action: VolumeBinder.Action) {
        switch action {
        case .write(let work):
            log.debug(
                "ask for a volume",
                ["claim": "\(work.claim)", "node": work.node, "volume": work.volume ?? "to be made"])
            volumeWriter.write(work)
        case .undo(let work):
            log.debug("take back", ["claim": "\(work.claim)", "node": work.node])
            volumeWriter.undo(work)
        case .bind(let gang, let claims):
            log.info("a gang has its volumes", ["gang": name(of: gang), "claims": "\(claims)"])
            metrics.add("volume_bindings_total", ["bound"], by: Double(claims))
            post(gang)
        case .fail(let gang, let failure): note(failure, of: gang)
        case .release(let gang): release(gang)
        case .avoid(let claim, let nodes): tell(.claimAvoids(claim, nodes: nodes))
        }
    }

    private func note(_ failure: VolumeFailure, of gang: GangBinding) {
        metrics.add(
            "volume_bindings_total", [failure.isLate ? "timed-out" : "refused"],
            by: Double(failure.claims.count))
        log.warning(
            "a gang does not get its volumes and is placed anew",
            [
                "gang": name(of: gang), "claims": failure.claims.map { "\($0)" }.joined(separator: ", "),
                "because": failure.reason,
            ])
        for pod in gang.pods {
            guard let claim = pod.claims.first(where: { failure.claims.contains($0.claim) })?.claim else {
                continue
            }
            statuses.record(
                EventNote(
                    kind: .pod, key: pod.pod, uid: pod.uid, isWarning: true, reason: "FailedBinding",
                    message: "claim \"\(claim.name)\" on node \(pod.node): \(failure.reason)", time: .now))
        }
    }

    /// Lets all pods of a gang wait again, at once, so that they are placed together.
    private func release(_ gang: GangBinding) {
        if let key = gang.gang, let count = binding[key] { binding[key] = count == 1 ? nil : count - 1 }
        for pod in gang.pods where pods[pod.pod]?.uid == pod.uid { tell(.bindRefused(pod.pod)) }
    }

    /// Leaves everything to whoever decides from now on, who finds out from the objects how far it has got.
    func abandonVolumes() {
        let (gangs, claims) = volumes.abandon()
        for gang in gangs { release(gang) }
        for claim in claims { tell(.claimAvoids(claim, nodes: [])) }
        metrics.set("gangs_waiting_for_volumes", to: 0)
    }

    /// Takes note of what matters to gangs that wait for volumes.
    func noteForVolumes(_ change: ClusterChange) {
        switch change {
        case .podRemoved(let key):
            volumes.forget(key)
            volumes.recheck()
        case .podGroupRemoved(let key): volumes.forget(key)
        case .pod(let pod) where pod.isTerminating || pod.nodeName != nil: volumes.recheck()
        case .nodeRemoved: volumes.recheck()
        case .persistentVolumeClaimRemoved(let key): volumes.lose(claim: key)
        case .persistentVolumeRemoved(let name): volumes.lose(volume: name)
        default: break
        }
    }
}
