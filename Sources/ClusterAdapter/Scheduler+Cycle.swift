import ClusterModel
import Recording
import SchedulingLoop
import SchedulingPolicy

// A cycle, and what becomes of its decisions.
extension Scheduler {
    func runCycle(at now: WallClock) {
        let begin = ContinuousClock.now
        let result = driver.runCycle(at: now.loopTime)
        log.debug(
            "cycle \(result.cycle)",
            [
                "binds": "\(result.binds.count)", "evictions": "\(result.evictions.count)",
                "pending": "\(result.pending.count)", "took": "\(ContinuousClock.now - begin)",
            ])
        let decided = ContinuousClock.now
        if shadow == nil {
            for gang in gangs(of: result.binds) { commit(gang) }
            for eviction in result.evictions { evict(eviction) }
            note(result)
        } else {
            compare(result, at: now)
        }
        measure(result, took: decided - begin, toHandOut: ContinuousClock.now - decided)
    }

    /// The pods that a cycle binds, gang by gang, in the order of the decisions.
    private func gangs(of binds: [CycleResult.Bind]) -> [GangBinding] {
        var gangs: [GangBinding] = []
        var positions: [ObjectKey: Int] = [:]
        for bind in binds {
            let facts = pods[bind.pod]
            let pod = PodBinding(pod: bind.pod, uid: facts?.uid ?? "", node: bind.node)
            guard let name = facts?.gang else {
                gangs.append(GangBinding(gang: nil, pods: [pod]))
                continue
            }
            let key = ObjectKey(namespace: bind.pod.namespace, name: name)
            if let position = positions[key] {
                gangs[position].pods.append(pod)
            } else {
                positions[key] = gangs.count
                gangs.append(GangBinding(gang: key, pods: [pod]))
            }
        }
        return gangs
    }

    /// Posts a gang's bindings, if every one of them still makes sense; else none.
    private func commit(_ gang: GangBinding) {
        if let reason = gang.pods.lazy.compactMap({ self.objection(to: $0) }).first {
            log.info("a gang is placed anew", ["gang": name(of: gang), "because": reason])
            for pod in gang.pods { tell(.bindRefused(pod.pod)) }
            return
        }
        if let key = gang.gang { binding[key, default: 0] += 1 }
        for pod in gang.pods { log.debug("bind", ["pod": "\(pod.pod)", "node": pod.node]) }
        binder.bind(gang)
    }

    /// Why a pod cannot be bound where the cycle put it; nil if it can.
    private func objection(to binding: PodBinding) -> String? {
        guard let pod = pods[binding.pod] else { return "pod \(binding.pod) is gone" }
        if pod.isTerminating { return "pod \(binding.pod) is being deleted" }
        if let node = pod.node { return "pod \(binding.pod) is on node \(node)" }
        return nodes.contains(binding.node) ? nil : "node \(binding.node) is gone"
    }

    func name(of gang: GangBinding) -> String { "\(gang.gang ?? gang.pods[0].pod)" }

    // MARK: What became of bindings

    func settle(_ binding: PodBinding, _ outcome: BindingOutcome) {
        switch outcome {
        case .bound:
            refusals[binding.pod] = nil
            tell(.bound(binding.pod))
            statuses.scheduled(binding)
        case .refused(let reason):
            log.warning(
                "a binding was refused", ["pod": "\(binding.pod)", "node": binding.node, "error": reason])
            refuse(binding)
        }
    }

    /// Lets a pod wait again: at once the first time, then after a while, since nothing may have changed.
    private func refuse(_ binding: PodBinding) {
        guard pods[binding.pod] != nil else { return }
        let count = refusals[binding.pod, default: 0]
        refusals[binding.pod] = count + 1
        if count == 0 {
            tell(.bindRefused(binding.pod))
            return
        }
        let delay = min(options.bindRetryDelay * (1 << min(count - 1, 6)), .seconds(60))
        Task {
            try? await Task.sleep(for: delay)
            inbox.put(.bindingExpired(binding.pod))
        }
    }

    func end(_ gang: GangBinding) {
        guard let key = gang.gang, let count = binding[key] else { return }
        binding[key] = count == 1 ? nil : count - 1
        let wasRefused = gang.pods.contains { refusals[$0.pod] != nil }
        if wasRefused, options.gangBindFailurePolicy == .release {
            release(key, because: "one of its bindings was refused")
        }
    }

    // MARK: Gangs that are not whole

    /// Takes the places back of gangs that have held too few of them for too long.
    func releaseStuckGangs() {
        guard let timeout = options.gangRepairTimeout else { return }
        let now = ContinuousClock.now
        for (key, counts) in pods.gangs {
            guard let group = podGroups[key], counts.onNodes > 0, binding[key] == nil,
                counts.onNodes + counts.succeeded < group.minMember
            else {
                partialSince[key] = nil
                continue
            }
            let since = partialSince[key] ?? now
            partialSince[key] = since
            if now - since > timeout {
                partialSince[key] = nil
                release(key, because: "it has held too few places for \(timeout)")
            }
        }
    }

    private func release(_ gang: ObjectKey, because reason: String) {
        metrics.add("gangs_released_total")
        log.warning("a gang gives its places back", ["gang": "\(gang)", "because": reason])
        for (key, facts) in pods.onNodes(of: gang) {
            evictor.evict(Evictor.Victim(pod: key, uid: facts.uid, reason: "gang \(gang): \(reason)"))
        }
    }

    private func evict(_ eviction: CycleResult.Eviction) {
        guard let facts = pods[eviction.pod] else { return }
        let purpose = eviction.preemptor.map { " for \($0)" } ?? ""
        log.info(
            "evict",
            ["pod": "\(eviction.pod)", "node": eviction.node, "reason": eviction.reason.rawValue + purpose])
        statuses.record(
            EventNote(
                kind: .pod, key: eviction.pod, uid: facts.uid, isWarning: true, reason: "Evict",
                message: "Pod is evicted, because of \(eviction.reason.rawValue)\(purpose)", time: .now))
        evictor.evict(
            Evictor.Victim(
                pod: eviction.pod, uid: facts.uid, reason: eviction.reason.rawValue + purpose))
    }
}
