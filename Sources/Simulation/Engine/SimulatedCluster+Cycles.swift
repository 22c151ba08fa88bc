import ClusterModel
import SchedulingLoop
import SchedulingPolicy

// The scheduler's cycles.
extension SimulatedCluster {
    /// When the next cycle is due that can decide something, in milliseconds since the start.
    func nextCycle() -> Int64? {
        let due = runsAllCycles ? loop.nextCycle : loop.nextUsefulCycle
        return due.map { max(now, $0.milliseconds - plan.start.milliseconds) }
    }

    func runCycle() throws(ResourceOverflow) {
        let result = loop.runCycle(at: loopTime(now))
        outcome.cycles += 1
        idleCycles = result.binds.isEmpty && result.evictions.isEmpty ? idleCycles + 1 : 0
        for queue in result.queues { keepDeserved(queue) }
        explain(result)
        for bind in result.binds {
            guard let slot = findSlot(bind.pod) else { continue }
            noteBound(Int(slots[slot].job))
            guard let node = nodes.position(of: bind.node) else { continue }
            outcome.binds += 1
            if !bind.annotations.isEmpty { written[slot] = bind.annotations }
            self.bind(slot, to: node)
            let event = PodEvent(slot: Int32(slot), generation: slots[slot].generation)
            bindings.append(event, at: now + plan.delays.binding)
        }
        for job in fresh { jobs[job]?.isNew = false }
        fresh.removeAll(keepingCapacity: true)
        for eviction in result.evictions {
            guard let slot = findSlot(eviction.pod) else { continue }
            outcome.evictions += 1
            // It may have to go already, with its gang.
            if !slots[slot].isActive { continue }
            if slots[slot].job >= 0 {
                try lose(slot, byScheduler: true, atOnce: false)
            } else {
                try leave(slot, atOnce: false)
            }
        }
        onCycle?(self)
    }

    private func keepDeserved(_ queue: CycleResult.QueueUse) {
        guard let index = queueIndex[queue.name] else { return }
        var milli: Int64 = 0
        for amount in queue.deservedMilli where amount.resource == .nvidiaGPU { milli += amount.milli }
        // A share without an end is that of the whole cluster.
        keeper.gauges.queueDeserved[index] = min(milli, keeper.gauges.gpuCapacity)
    }

    /// Takes note of why jobs wait, and when new ones are expected to start.
    private func explain(_ result: CycleResult) {
        for group in result.podGroups {
            guard let job = jobByKey[group.key], let live = jobs[job] else { continue }
            if live.reason != group.reason { keepReason(job, group.reason) }
            if live.isNew, let start = group.expectedStart {
                outcome.jobs[job].expectedStart = LoopTime(start).milliseconds - plan.start.milliseconds
            }
        }
        for pending in result.pending where pending.podGroup == nil {
            guard let slot = findSlot(pending.pod), slots[slot].job >= 0 else { continue }
            let job = Int(slots[slot].job)
            if jobs[job]?.reason != pending.reason { keepReason(job, pending.reason) }
        }
    }

    /// Takes note that a job, negative for none, has a place: it waits no more.
    private func noteBound(_ job: Int) {
        if job < 0 { return }
        if jobs[job]?.reason != nil { keepReason(job, nil) }
        if jobs[job]?.isNew == true {
            outcome.jobs[job].expectedStart = now + plan.delays.binding + plan.delays.podStartup
        }
    }
}
