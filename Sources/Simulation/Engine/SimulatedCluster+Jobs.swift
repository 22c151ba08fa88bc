import ClusterModel
import SchedulingLoop
import SchedulingPolicy

// Jobs come, make progress, lose their place and end.
extension SimulatedCluster {
    private func isGang(_ job: Int) -> Bool { plan.shapes[plan.jobs[job].shape].podGroup != nil }

    // MARK: Coming

    func submit(_ index: Int) throws(ResourceOverflow) {
        let job = plan.jobs[index]
        let shape = plan.shapes[job.shape]
        let count = shape.podCount
        let milliGPU = zip(shape.pods, takes[job.shape]).reduce(Int64(0)) {
            $0 + Int64($1.0.count) * $1.1.milliGPU
        }
        let slots = takeSlots(count)
        var live = LiveJob(
            slots: slots, work: max(1, job.runTime) * Int64(max(1, count)), minimum: shape.minimum,
            milliGPU: milliGPU, queue: queueIndex[job.queue] ?? 0)
        live.counted = now
        live.reasonSince = now
        jobs[index] = live
        outcome.jobs[index].state = .waiting
        countWaiting(live, sign: 1)
        if let group = shape.podGroup {
            jobByKey[job.key] = index
            try tell(.change(.podGroup(shape.isAsWritten ? group : object(of: job, group))))
        }
        var next = slots.lowerBound
        for (set, pods) in shape.pods.enumerated() where pods.count > 0 {
            let prefix = pods.pod.role.isEmpty ? "\(job.key.name)-" : "\(job.key.name)-\(pods.pod.role)-"
            let own = next..<next + pods.count
            next = own.upperBound
            for slot in own {
                let key =
                    shape.isAsWritten
                    ? pods.pod.key
                    : ObjectKey(
                        namespace: job.key.namespace, name: prefix + String(slot - own.lowerBound))
                self.slots[slot] = PodSlot(
                    key: key, job: Int32(index), set: Int32(set),
                    generation: self.slots[slot].generation &+ 1, created: now)
                slotIndex.insert(slot, key.hashValue)
            }
            // The pods of a set differ in their names.
            var pod = object(of: own.lowerBound)
            for slot in own {
                pod.key = self.slots[slot].key
                try tell(pod)
            }
        }
        fresh.append(index)
        outcome.events += count - 1
    }

    private func takeSlots(_ count: Int) -> Range<Int> {
        if let first = freeSlots[count]?.popLast() { return first..<first + count }
        let first = slots.count
        let none = PodSlot(key: ObjectKey(namespace: "", name: ""), job: -1, set: 0, state: .free)
        slots.append(contentsOf: repeatElement(none, count: count))
        return first..<slots.count
    }

    private func object(of job: SimulatedJob, _ prototype: PodGroup) -> PodGroup {
        var group = prototype
        group.key = job.key
        group.queue = job.queue
        group.priorityClassName = job.priorityClassName
        group.created = timestamp(job.submitted)
        if let seconds = job.statedSeconds { group.annotations[Self.runTimeAnnotation] = "\(seconds)s" }
        return group
    }

    static let runTimeAnnotation = "gangwright.io/run-time"

    // MARK: Progress

    /// Counts the work that has been done up to now.
    func count(_ job: Int) {
        guard var live = jobs[job] else { return }
        if live.isRunning {
            live.done = min(live.work, live.done + (now - live.counted) * Int64(live.running))
        }
        live.counted = now
        jobs[job] = live
    }

    /// Takes note that the number of running pods of a job has changed.
    func changeRunning(_ job: Int, by difference: Int) {
        count(job)
        guard var live = jobs[job] else { return }
        live.running += difference
        let runs = live.running >= live.minimum
        if runs != live.isRunning {
            live.isRunning = runs
            keeper.gauges.runningJobs += runs ? 1 : -1
            countWaiting(live, sign: runs ? -1 : 1)
            outcome.jobs[job].state = runs ? .running : .waiting
            if runs {
                noteStart(of: job, live)
                if outcome.jobs[job].started == nil { outcome.jobs[job].started = now }
                outcome.jobs[job].runs.append(JobOutcome.Run(start: now, end: now, pods: live.running))
            } else {
                outcome.jobs[job].runs[outcome.jobs[job].runs.count - 1].end = now
            }
        } else if runs, let last = outcome.jobs[job].runs.last, last.start == now {
            // All pods that start in the same moment began the run.
            outcome.jobs[job].runs[outcome.jobs[job].runs.count - 1].pods = live.running
        }
        live.generation &+= 1
        if !live.isTouched {
            live.isTouched = true
            touched.append(job)
        }
        jobs[job] = live
    }

    func countWaiting(_ live: LiveJob, sign: Int64) {
        keeper.gauges.waitingJobs += sign
        keeper.gauges.waitingGPUs += sign * live.milliGPU
        keeper.gauges.queueWaiting[live.queue] += sign * live.milliGPU
    }

    /// Foresees the ends of jobs whose number of pods has changed.
    func foreseeEnds() {
        if touched.isEmpty { return }
        for job in touched {
            guard jobs[job]?.isTouched == true, let live = jobs[job] else { continue }
            jobs[job]?.isTouched = false
            if !live.isRunning { continue }
            let rest = max(0, live.work - live.done)
            let running = Int64(live.running)
            ends.insert(Int32(job), live.generation, at: now + (rest + running - 1) / running)
        }
        touched.removeAll(keepingCapacity: true)
    }

    // MARK: Losing a place

    /// A pod of a job has to go, by the scheduler's decision or otherwise.
    ///
    /// A gang that is not elastic, or falls below its minimum, begins again with all of its pods: training cannot go on without a member.
    func lose(_ slot: Int, byScheduler: Bool, atOnce: Bool) throws(ResourceOverflow) {
        let job = Int(slots[slot].job)
        count(job)
        guard let live = jobs[job] else { return }
        if live.lastLoss != now {
            if byScheduler { outcome.jobs[job].evictions += 1 } else { outcome.jobs[job].failures += 1 }
            jobs[job]?.lastLoss = now
        }
        if live.isRunning { loseWork(job) }
        let isGang = isGang(job)
        let canGoOn = plan.jobs[job].isElastic || !isGang
        if canGoOn, live.active - 1 >= live.minimum || !isGang {
            return try leave(slot, atOnce: atOnce)
        }
        for other in live.slots where slots[other].isActive {
            try leave(other, atOnce: atOnce && other == slot)
        }
    }

    /// Goes back to what was saved last.
    private func loseWork(_ job: Int) {
        guard let live = jobs[job] else { return }
        let pods = Int64(live.slots.count)
        var saved: Int64 = 0
        if let interval = plan.jobs[job].checkpointInterval {
            let step = max(1, interval * pods)
            saved = interval == 0 ? live.done : live.done / step * step
        }
        let lost = live.done - saved
        jobs[job]?.done = saved
        outcome.jobs[job].lostWork += lost / pods
        outcome.lostGPUTime += gpuTime(of: lost, live)
    }

    /// The GPU-milliseconds of work in milliseconds of one pod.
    private func gpuTime(of work: Int64, _ live: LiveJob) -> Int64 {
        let pods = Int64(live.slots.count)
        return (work / pods * live.milliGPU + work % pods * live.milliGPU / pods) / 1_000
    }

    // MARK: Ending

    func end(_ job: Int, _ generation: UInt32) throws(ResourceOverflow) {
        guard let live = jobs[job], live.generation == generation, live.isRunning else {
            // Foreseen before something else happened.
            outcome.events -= 1
            return
        }
        count(job)
        try remove(job, as: .succeeded)
    }

    func cancel(_ key: ObjectKey) throws(ResourceOverflow) {
        guard let job = jobs.positions.first(where: { plan.jobs[$0].key == key }) else { return }
        count(job)
        try remove(job, as: .cancelled)
    }

    private func remove(_ job: Int, as state: JobOutcome.State) throws(ResourceOverflow) {
        guard let live = jobs[job] else { return }
        keepReason(job, nil)
        if live.isRunning {
            keeper.gauges.runningJobs -= 1
            outcome.jobs[job].runs[outcome.jobs[job].runs.count - 1].end = now
        } else {
            countWaiting(live, sign: -1)
        }
        outcome.usefulGPUTime += gpuTime(of: jobs[job]?.done ?? 0, live)
        outcome.events += live.slots.count - 1
        outcome.jobs[job].state = state
        outcome.jobs[job].ended = now
        for slot in live.slots {
            let hasEnded = state == .succeeded && slots[slot].state == .running
            if hasEnded, tellsBriefly {
                try tell(
                    .ended(slots[slot].key, started: timestamp(slots[slot].started), finished: timestamp(now))
                )
            } else if slots[slot].state != .gone {
                if hasEnded { try tell(object(of: slot, ended: true)) }
                try tell(.change(.podRemoved(slots[slot].key)))
            }
            if slots[slot].node >= 0 { giveUpPlace(slot) }
            slotIndex.remove(slot, slots[slot].key.hashValue)
            slots[slot].state = .free
            slots[slot].generation &+= 1
        }
        freeSlots[live.slots.count, default: []].append(live.slots.lowerBound)
        if isGang(job) {
            jobByKey[plan.jobs[job].key] = nil
            try tell(.change(.podGroupRemoved(plan.jobs[job].key)))
        }
        jobs[job] = nil
    }

    /// Closes the books of a job that has not ended when the run does.
    func settle(_ job: Int) {
        count(job)
        keepReason(job, jobs[job]?.reason)
        guard let live = jobs[job] else { return }
        outcome.usefulGPUTime += gpuTime(of: live.done, live)
        if live.isRunning { outcome.jobs[job].runs[outcome.jobs[job].runs.count - 1].end = now }
        for slot in live.slots where slots[slot].node >= 0 {
            let take = takes[plan.jobs[job].shape][Int(slots[slot].set)]
            outcome.jobs[job].gpuTime += (now - slots[slot].placed) * take.milliGPU / 1_000
        }
    }

    /// Takes note of why a job waits from now on; `nil` for one that does not.
    func keepReason(_ job: Int, _ reason: PendingReason?) {
        guard let live = jobs[job] else { return }
        if let old = live.reason {
            outcome.waitByReason[old, default: 0] += now - live.reasonSince
            outcome.jobs[job].lastReason = old
        }
        jobs[job]?.reason = reason
        jobs[job]?.reasonSince = now
    }
}

extension SimulatedJob {
    /// What its owner says, in whole seconds, rounded up.
    var statedSeconds: Int64? { statedRunTime.map { max(1, ($0 + 999) / 1_000) } }
}
