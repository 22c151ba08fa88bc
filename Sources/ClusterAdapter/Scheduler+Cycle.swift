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
        let ours = result.withoutOthers
        if shadow == nil {
            for gang in gangs(of: result.binds) { commit(gang) }
            for eviction in result.evictions { evict(eviction) }
            note(ours)
        } else {
            compare(result, at: now)
        }
        measure(ours, took: decided - begin, toHandOut: ContinuousClock.now - decided)
    }

    /// The pods that a cycle binds, gang by gang, in the order of the decisions.
    private func gangs(of binds: [CycleResult.Bind]) -> [GangBinding] {
        var gangs: [GangBinding] = []
        var positions: [ObjectKey: Int] = [:]
        for bind in binds {
            let facts = pods[bind.pod]
            let pod = PodBinding(
                pod: bind.pod, uid: facts?.uid ?? "", node: bind.node, claims: bind.claims,
                annotations: bind.annotations)
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

    /// Posts a gang's bindings, or lets it wait for volumes, if every one of them still makes sense; else none.
    private func commit(_ gang: GangBinding) {
        if let reason = gang.pods.lazy.compactMap({ self.objection(to: $0) }).first {
            log.info("a gang is placed anew", ["gang": name(of: gang), "because": reason])
            for pod in gang.pods { tell(.bindRefused(pod.pod)) }
            return
        }
        if let until = gang.gang.flatMap({ coolDowns[$0] }), until > .now {
            // All wait for the one that was refused: what is bound now would have to leave once more.
            for pod in gang.pods { tryAgain(pod.pod, at: until) }
            return
        }
        if let key = gang.gang { coolDowns[key] = nil }
        if waitsForVolumes(gang) {
            awaitVolumes(of: gang)
            return
        }
        if let key = gang.gang { binding[key, default: 0] += 1 }
        post(gang)
    }

    func post(_ gang: GangBinding) {
        for pod in gang.pods { log.debug("bind", ["pod": "\(pod.pod)", "node": pod.node]) }
        binder.bind(gang)
    }

    /// Why a pod cannot be bound where the cycle put it; nil if it can.
    func objection(to binding: PodBinding) -> String? {
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
            if let created = pods[binding.pod]?.created {
                metrics.observe(
                    "task_scheduling_latency_milliseconds", ["Bound"],
                    Double(max(0, WallClock.now.milliseconds - created.secondsSinceEpoch * 1_000)))
            }
            statuses.scheduled(binding)
        case .refused(let reason):
            log.warning(
                "a binding was refused", ["pod": "\(binding.pod)", "node": binding.node, "error": reason])
            refuse(binding)
        }
    }

    /// Lets a pod wait again: at once the first time, then after a while, since nothing may have changed.
    private func refuse(_ binding: PodBinding) {
        guard let facts = pods[binding.pod] else { return }
        let count = refusals[binding.pod, default: 0]
        refusals[binding.pod] = count + 1
        if count == 0 {
            tell(.bindRefused(binding.pod))
            return
        }
        let end = ContinuousClock.now + min(options.bindRetryDelay * (1 << min(count - 1, 6)), .seconds(60))
        if options.gangBindFailurePolicy == .release, let gang = facts.gang {
            coolDowns[ObjectKey(namespace: binding.pod.namespace, name: gang)] = end
        }
        tryAgain(binding.pod, at: end)
    }

    private func tryAgain(_ pod: ObjectKey, at instant: ContinuousClock.Instant) {
        Task {
            try? await Task.sleep(until: instant, clock: .continuous)
            inbox.put(.bindingExpired(pod))
        }
    }

    func end(_ gang: GangBinding) {
        guard let key = gang.gang, let count = binding[key] else { return }
        binding[key] = count == 1 ? nil : count - 1
        let wasRefused = gang.pods.contains { refusals[$0.pod] != nil }
        if wasRefused, options.gangBindFailurePolicy == .release {
            let bound = gang.pods.filter { refusals[$0.pod] == nil }
            release(key, boundJustNow: bound, because: "one of its bindings was refused")
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

    /// Evicts what a gang has on nodes.
    ///
    /// - Parameter bound: Pods that were bound a moment ago: the watch may not have shown them on their nodes yet.
    private func release(_ gang: ObjectKey, boundJustNow bound: [PodBinding] = [], because reason: String) {
        metrics.add("gangs_released_total")
        log.warning("a gang gives its places back", ["gang": "\(gang)", "because": reason])
        var victims = Dictionary(uniqueKeysWithValues: bound.map { ($0.pod, $0.uid) })
        for (key, facts) in pods.onNodes(of: gang) { victims[key] = facts.uid }
        for (key, uid) in victims.sorted(by: { $0.key < $1.key }) {
            evictor.evict(
                Evictor.Victim(pod: key, uid: uid, reason: "gang \(gang): \(reason)"), mayRefuse: true)
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
        if let gang = facts.gang,
            let group = podGroups[ObjectKey(namespace: eviction.pod.namespace, name: gang)],
            group.origin == .object
        {
            record(of: group, isWarning: false, reason: "Evict", message: eviction.reason.rawValue)
        }
        evictor.evict(
            Evictor.Victim(
                pod: eviction.pod, uid: facts.uid, reason: eviction.reason.rawValue + purpose),
            mayRefuse: !compatibility.isVolcano)
    }
}

extension CycleResult {
    /// The same without what waits for another scheduler, which is for that one to tell of.
    fileprivate var withoutOthers: CycleResult {
        var ours = self
        ours.pending.removeAll { $0.reason == .otherScheduler }
        ours.podGroups.removeAll { $0.reason == .otherScheduler }
        return ours
    }
}
