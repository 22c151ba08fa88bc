import ClusterModel
import SchedulingLoop

// Pods are bound, start, leave and are made again.
extension SimulatedCluster {
    /// A pod as the API server shows it now.
    func object(of slot: Int, ended: Bool = false) -> Pod {
        let state = slots[slot]
        var pod: Pod
        if state.job >= 0 {
            let job = plan.jobs[Int(state.job)]
            let shape = plan.shapes[job.shape]
            pod = shape.pods[Int(state.set)].pod
            if !shape.isAsWritten { complete(&pod, of: job, isGang: shape.podGroup != nil, state.created) }
        } else {
            pod = residents[slot] ?? Pod(key: state.key)
        }
        pod.key = state.key
        if state.remakes > 0 {
            pod.uid = "\(pod.uid)/\(state.remakes)"
            pod.created = timestamp(state.created)
        }
        pod.nodeName = state.node < 0 ? nil : nodes.entries[Int(state.node)].node.name
        if let written = written[slot] { pod.annotations.merge(written) { _, new in new } }
        switch state.state {
        case .running: (pod.phase, pod.started) = (.running, pod.started ?? timestamp(state.started))
        case .leaving: pod.isTerminating = true
        default: pod.phase = .pending
        }
        if ended { (pod.phase, pod.finished) = (.succeeded, timestamp(now)) }
        return pod
    }

    /// Gives a pod that is made of a job's shape what the job says.
    private func complete(_ pod: inout Pod, of job: SimulatedJob, isGang: Bool, _ created: Int64) {
        pod.created = timestamp(created)
        pod.priorityClassName = job.priorityClassName
        if isGang {
            pod.podGroup = job.key.name
            return
        }
        if let seconds = job.statedSeconds { pod.annotations[Self.runTimeAnnotation] = "\(seconds)s" }
        if job.queue != "default" { pod.annotations["scheduling.volcano.sh/queue-name"] = job.queue }
    }

    func take(of slot: Int) -> Take {
        let job = Int(slots[slot].job)
        if job >= 0 { return takes[plan.jobs[job].shape][Int(slots[slot].set)] }
        return residents[slot].map { Self.take($0) } ?? Take(milliGPU: 0, milliCPU: 0)
    }

    private func queue(of slot: Int) -> Int? {
        let job = Int(slots[slot].job)
        if job >= 0 { return jobs[job]?.queue }
        return residents[slot].flatMap { queueIndex[queueOfResident($0)] }
    }

    // MARK: Places

    /// Gives a pod its place.
    func bind(_ slot: Int, to node: Int) {
        let take = take(of: slot)
        nodes.take(node, pod: Int32(slot), milliGPU: take.milliGPU, milliCPU: take.milliCPU)
        slots[slot].node = Int32(node)
        slots[slot].placed = now
        slots[slot].state = .binding
        noteGPUs(of: slot, on: node)
        countPlace(slot, take, node, sign: 1)
        let job = Int(slots[slot].job)
        if job >= 0 {
            jobs[job]?.active += 1
            if plan.keepsNodes {
                outcome.jobs[job].nodes[slots[slot].key.name] = nodes.entries[node].node.name
            }
        }
    }

    /// Takes a pod's place back.
    func giveUpPlace(_ slot: Int) {
        let take = take(of: slot)
        let node = Int(slots[slot].node)
        nodes.give(node, pod: Int32(slot), milliGPU: take.milliGPU, milliCPU: take.milliCPU)
        countPlace(slot, take, node, sign: -1)
        slots[slot].node = -1
        joining.give(slot, on: node)
        if !written.isEmpty { written[slot] = nil }
        let job = Int(slots[slot].job)
        if job >= 0 { outcome.jobs[job].gpuTime += (now - slots[slot].placed) * take.milliGPU / 1_000 }
    }

    func countPlace(_ slot: Int, _ take: Take, _ node: Int, sign: Int64) {
        keeper.gauges.milliCPUAllocated += sign * take.milliCPU
        if take.milliGPU == 0 { return }
        keeper.gauges.gpuAllocated += sign * take.milliGPU
        if let queue = queue(of: slot) { keeper.gauges.queueAllocated[queue] += sign * take.milliGPU }
        if nodes.entries[node].milliGPU > 0 {
            keeper.gauges.modelAllocated[nodes.entries[node].model] += sign * take.milliGPU
        }
    }

    // MARK: Events

    /// The API server has accepted a binding.
    func confirm(_ event: PodEvent) throws(ResourceOverflow) {
        let slot = Int(event.slot)
        if slots[slot].generation != event.generation || slots[slot].state != .binding { return }
        slots[slot].state = .starting
        try tell(.bound(slots[slot].key))
        starts.append(event, at: now + plan.delays.podStartup)
    }

    /// The kubelet has started a pod.
    func start(_ event: PodEvent) throws(ResourceOverflow) {
        let slot = Int(event.slot)
        if slots[slot].generation != event.generation || slots[slot].state != .starting { return }
        slots[slot].state = .running
        slots[slot].started = now
        let job = Int(slots[slot].job)
        if tellsBriefly, job >= 0 {
            try tell(.started(slots[slot].key, at: timestamp(now)))
        } else {
            try tell(object(of: slot))
        }
        if job >= 0 { return changeRunning(job, by: 1) }
        let node = nodes.entries[Int(slots[slot].node)].node.name
        let first = outcome.residentStarts[slots[slot].key]?.time ?? now
        outcome.residentStarts[slots[slot].key] = ResidentStart(time: first, node: node)
        foreseeEndOfResident(slot)
    }

    /// A pod leaves its node: after its grace period, or at once because the node is gone.
    func leave(_ slot: Int, atOnce: Bool) throws(ResourceOverflow) {
        let job = Int(slots[slot].job)
        if job >= 0 {
            jobs[job]?.active -= 1
            if slots[slot].state == .running { changeRunning(job, by: -1) }
        }
        slots[slot].generation &+= 1
        slots[slot].state = .leaving
        let event = PodEvent(slot: Int32(slot), generation: slots[slot].generation)
        if atOnce { return try depart(event) }
        try tell(object(of: slot))
        departures.append(event, at: now + plan.delays.eviction)
    }

    /// A pod has left its node.
    func depart(_ event: PodEvent) throws(ResourceOverflow) {
        let slot = Int(event.slot)
        if slots[slot].generation != event.generation || slots[slot].state != .leaving { return }
        giveUpPlace(slot)
        slots[slot].state = .gone
        try tell(.change(.podRemoved(slots[slot].key)))
        recreations.append(event, at: now + plan.delays.recreation)
    }

    /// The controller has made a pod again.
    func recreate(_ event: PodEvent) throws(ResourceOverflow) {
        let slot = Int(event.slot)
        if slots[slot].generation != event.generation || slots[slot].state != .gone { return }
        slots[slot].state = .waiting
        slots[slot].remakes += 1
        slots[slot].created = now
        try tell(object(of: slot))
    }
}
