import Allocator
public import ClusterModel

/// Gangs come, change and go.
extension Session {
    /// Takes note of a pod group as it is now, new or changed.
    ///
    /// - Throws: `ResourceOverflow` when amounts no longer add up within 63 bits; nothing has changed then.
    /// - Complexity: O(resources); O(pods) where pods have been waiting for it.
    public func update(_ group: PodGroup) throws(ResourceOverflow) {
        closeCycle()
        let needed = group.minResources.map(countingShares)
        allocator.addResources(needed?.names ?? [])
        syncColumns()
        let known = jobIDs[group.key]
        let old = known.map { minimum(of: $0) } ?? [:]
        try podSums.replace(old, by: needed ?? [:], resources)
        let job = job(group.key)
        touch(job)
        move(job, toQueue: group.queue)
        jobs[job].created = group.created
        jobs[job].priorityClassName = group.priorityClassName
        jobs[job].givenPriority = group.priority
        jobs[job].priority = priority(of: job)
        jobs[job].preemptsNever = group.preemptsNever
        jobs[job].leavesWhole = group.leavesWhole
        jobs[job].minMember = group.minMember
        jobs[job].invalid = group.invalid
        // Nobody but us writes down the phase of other gangs than Volcano's.
        if group.origin == .object || jobs[job].origin != group.origin { jobs[job].phase = group.phase }
        runTimes.note(group.annotations, ofJob: job)
        jobs[job].mayBeBroken = !Self.forbidsBreaking(group)
        if jobs[job].tasks.isEmpty { jobs[job].tasks.reserveCapacity(min(group.minMember, 1_024)) }
        setMinima(group.minTaskMember, of: job)
        setMinimum(needed, of: job)
        setNotes(GangNotes(group), of: job)
        setTopology(of: job, to: group)
        if let topology = TaskTopology(group.annotations) {
            topologies[job] = topology
        } else if !topologies.isEmpty {
            topologies[job] = nil
        }
        if jobs[job].origin == nil { for task in jobs[job].tasks { strays.remove(task) } }
        jobs[job].origin = group.origin
    }

    /// Forgets a pod group; pods that still name it wait for another of its name.
    public func removePodGroup(_ key: ObjectKey) {
        closeCycle()
        guard let job = jobIDs[key], jobs[job].origin != nil else { return }
        podSums.remove(minimum(of: job), resources)
        touch(job)
        move(job, toQueue: nil)
        setMinima([], of: job)
        setMinimum(nil, of: job)
        gangNotes[job] = nil
        forgetTopology(of: job)
        jobs[job].origin = nil
        jobs[job].minMember = 0
        jobs[job].invalid = nil
        topologies[job] = nil
        jobs[job].phase = .pending
        for task in jobs[job].tasks where tasks[task].status == .pending { strays.insert(task) }
        releaseIfUnused(job)
    }

    /// Takes note of a priority class. - Complexity: O(gangs).
    public func update(_ priorityClass: PriorityClass) {
        priorityClasses[priorityClass.name] = priorityClass
        setPriorities()
    }

    /// Forgets a priority class. - Complexity: O(gangs).
    public func removePriorityClass(_ name: String) {
        priorityClasses[name] = nil
        setPriorities()
    }

    func setPriorities() {
        closeCycle()
        priorities = PriorityResolver(classes: Array(priorityClasses.values))
        for job in jobs.indices where jobs[job].origin != nil && !jobs[job].isSingle {
            jobs[job].priority = priority(of: job)
        }
    }

    private func priority(of job: Int) -> Int32 {
        jobs[job].givenPriority ?? priorities.priority(ofClass: jobs[job].priorityClassName) ?? 0
    }

    // MARK: Slots

    /// The index of the gang of a name, which need not exist yet.
    func job(_ key: ObjectKey) -> Int {
        if let lastJob, lastJob.key == key { return lastJob.job }
        let job: Int
        if let known = jobIDs[key] {
            job = known
        } else {
            job = newJob(key)
            jobIDs[key] = job
        }
        lastJob = (key, job)
        return job
    }

    private func newJob(_ key: ObjectKey) -> Int {
        if let job = freeJobs.popLast() {
            let old = (jobs[job].isListed, jobs[job].isInActiveList)
            jobs[job] = JobState(key: key)
            (jobs[job].isListed, jobs[job].isInActiveList) = old
            jobAllocated.clear(job)
            jobRequest.clear(job)
            jobMinimum.clear(job)
            return job
        }
        jobs.append(JobState(key: key))
        jobAllocated.addRow()
        jobRequest.addRow()
        jobMinimum.addRow()
        return jobs.count - 1
    }

    /// The gang that Volcano's controller would make for a pod without one.
    func openSingle(_ pod: Pod) -> Int {
        let job = newJob(pod.key)
        jobs[job].created = pod.created
        jobs[job].minMember = 1
        jobs[job].priority = pod.priority ?? 0
        jobs[job].phase = pod.nodeName == nil ? .pending : .running
        jobs[job].origin = .singlePod
        var resources = pod.requests
        resources[.pods] = 1
        setMinimum(resources, of: job)
        setNotes(GangNotes(pod), of: job)
        move(job, toQueue: pod.annotations["scheduling.volcano.sh/queue-name"] ?? "default")
        touch(job)
        return job
    }

    /// Frees the slot of a gang that neither exists nor has pods.
    func releaseIfUnused(_ job: Int) {
        guard jobs[job].origin == nil, jobs[job].tasks.isEmpty, jobs[job].foreignPods == 0 else { return }
        touch(job)
        move(job, toQueue: nil)
        jobs[job].isActive = false
        runTimes.note([:], ofJob: job)
        if jobIDs[jobs[job].key] == job { jobIDs[jobs[job].key] = nil }
        if lastJob?.job == job { lastJob = nil }
        gatedRequests[job] = nil
        gangNotes[job] = nil
        freeJobs.append(job)
    }

    /// Whether a gang says that pods must not leave for others: `volcano.sh/preemptable: "false"`.
    private static func forbidsBreaking(_ group: PodGroup) -> Bool {
        if group.annotations.isEmpty, group.labels.isEmpty { return false }
        let key = "volcano.sh/preemptable"
        return (group.annotations[key] ?? group.labels[key]).map { !isTrue($0) } ?? false
    }

    // MARK: Parts

    private func setMinima(_ minima: [RoleMinimum], of job: Int) {
        for role in jobs[job].roles.indices { jobs[job].roles[role].minimum = 0 }
        for minimum in minima {
            let role = jobs[job].role(named: minimum.role)
            jobs[job].roles[role].minimum = minimum.minimum
        }
        jobs[job].roleMinimum = jobs[job].roles.reduce(0) { $0 + $1.minimum }
    }

    func setMinimum(_ resources: ResourceList?, of job: Int) {
        jobMinimum.clear(job)
        jobs[job].hasMinResources = resources != nil
        for (name, amount) in resources?.sorted ?? [] {
            if let column = self.resources.column(name) { jobMinimum[job, column] = amount }
        }
    }

    private func minimum(of job: Int) -> ResourceList { resources.list(Array(jobMinimum[job])) }

    /// Moves a gang, with what it holds and asks for, to a queue.
    func move(_ job: Int, toQueue name: String?) {
        if jobs[job].queueName == name ?? "", jobs[job].queue != nil { return }
        if let old = jobs[job].queue {
            charge(job, to: old, sign: -1)
            queues[old].jobCount -= 1
        }
        jobs[job].queueName = name ?? ""
        jobs[job].queue = name.flatMap { queueIDs[$0] }.flatMap { queues[$0].exists ? $0 : nil }
        if let new = jobs[job].queue {
            charge(job, to: new, sign: 1)
            queues[new].jobCount += 1
        }
    }

    private func charge(_ job: Int, to queue: Int, sign: Int64) {
        for column in 0..<resources.count {
            queues[queue].allocated[column] += sign * jobAllocated[job, column]
            queues[queue].request[column] += sign * jobRequest[job, column]
        }
    }
}
