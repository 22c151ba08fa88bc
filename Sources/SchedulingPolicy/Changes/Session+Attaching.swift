import Allocator
import ClusterModel

/// A pod takes its place on its node, in its gang and in the books, and leaves them again.
extension Session {
    /// Books a pod as it is now. Its slot holds nothing but the key.
    func attach(_ pod: Pod, as task: Int, request: RequestID, assumed: AssumedPlace?) {
        var status = TaskStatus(pod)
        if let assumed { status = assumed.status }
        var state = TaskState(key: tasks[task].key, request: request, status: status)
        state.created = pod.created
        state.uid = Self.hash(pod.uid)
        state.nameIndex = Self.index(in: pod.key.name)
        state.priority =
            (pod.annotations.isEmpty
                ? nil : pod.annotations["volcano.sh/task-priority"].flatMap { Int32($0) })
            ?? pod.priority ?? 1
        state.unsupported = UnsupportedConstraints(pod.unsupportedConstraints)
        state.isGated = !pod.schedulingGates.isEmpty
        state.isNominated = pod.nominatedNodeName != nil
        state.isBestEffort = amounts[request].isBestEffort
        state.isSummed = !pod.isTerminal
        state.isAssumed = assumed != nil
        state.traits = Self.traits(of: pod)
        let isWaiting = pod.isPending && assumed == nil
        if isWaiting, let schedulerNames, !schedulerNames.contains(pod.schedulerName) {
            state.stray = .otherScheduler
        } else if isWaiting, pod.isTerminating {
            state.stray = .terminating
        }
        tasks[task] = state
        takeNotes(of: pod, task)
        takeVictimNotes(of: pod, task)
        noteHostPorts(of: pod, task)
        notePins(of: pod, task)
        noteDevices(of: pod, task, isBound: pod.nodeName != nil || assumed != nil)
        if devices.demand(of: task)?.part != nil { tasks[task].unsupported.insert(.gpuParts) }
        countInTally(task, sign: 1)
        if !pod.annotations.isEmpty { noteResourceStrategy(of: pod, task) }
        if nodeUsage != nil { loads[task] = PodLoad(pod) }
        noteKind(of: pod, task)
        noteVolumes(of: pod, task)
        runTimes.note(pod, as: task, request: request)
        enterNode(task, named: pod.nodeName, assumed: assumed?.node)
        enterJob(pod, task)
        // Also of pods that may have to be placed later: gated ones, and those whose binding may yet be refused.
        if status == .pending || state.isAssumed, tasks[task].jobIndex != TaskState.none, state.stray == nil {
            tasks[task].shape = allocator.intern(
                pod, avoiding: hostPortMarks(of: pod) + deviceMarks(of: task))
        }
    }

    /// What matters to evictions. Source: Volcano's annotation, or else label, `volcano.sh/preemptable`.
    private static func traits(of pod: Pod) -> TaskTraits {
        var traits: TaskTraits = pod.podGroup == nil ? .isSingle : []
        let key = "volcano.sh/preemptable"
        if let text = pod.annotations.isEmpty && pod.labels.isEmpty
            ? nil : pod.annotations[key] ?? pod.labels[key]
        {
            traits.insert(.saysPreemptable)
            if Self.isTrue(text) { traits.insert(.isPreemptable) }
        }
        if !pod.annotations.isEmpty, Self.isRevocable(pod) { traits.insert(.isRevocable) }
        if pod.key.namespace == "kube-system" || pod.priorityClassName == "system-cluster-critical"
            || pod.priorityClassName == "system-node-critical"
        {
            traits.insert(.isCritical)
        }
        if !pod.labels.isEmpty { traits.insert(.hasLabels) }
        if pod.preemptsNever { traits.insert(.neverPreempts) }
        if pod.isDisruptionTarget, pod.isTerminating { traits.insert(.isPreempted) }
        return traits
    }

    /// Whether a pod may run on nodes that are lent for a part of the day.
    ///
    /// Source: Volcano's annotation `volcano.sh/revocable-zone`, of which only `*` counts; without it, one that calls the pod
    /// preemptable.
    private static func isRevocable(_ pod: Pod) -> Bool {
        if let zone = pod.annotations["volcano.sh/revocable-zone"] { return zone == "*" }
        return Self.isTrue(pod.annotations["volcano.sh/preemptable"] ?? "")
    }

    /// The words that Go's `strconv.ParseBool` takes for true.
    static func isTrue(_ text: String) -> Bool {
        switch text {
        case "1", "t", "T", "true", "TRUE", "True": true
        default: false
        }
    }

    /// Whether a pod may be chosen as a victim, as far as it says itself.
    func isPreemptable(_ task: Int) -> Bool {
        tasks[task].traits.contains(.saysPreemptable)
            ? tasks[task].traits.contains(.isPreemptable) : compatibility.letsPodsLeaveByDefault
    }

    private func takeNotes(of pod: Pod, _ task: Int) {
        let state = tasks[task]
        if !state.isGated, !state.isNominated, state.stray != .otherScheduler { return }
        notes[task] = TaskNotes(
            gates: pod.schedulingGates, schedulerName: state.stray == nil ? "" : pod.schedulerName,
            nominatedNode: pod.nominatedNodeName)
    }

    /// The number after the last dash, in names of three or more parts. Source: Volcano's default task order.
    private static func index(in name: String) -> Int32? {
        let bytes = name.utf8.span
        var start = bytes.count
        var index: Int32 = 0
        while start > 0, bytes[start - 1] != UInt8(ascii: "-") { start -= 1 }
        if start == 0 || start == bytes.count { return nil }
        for position in start..<bytes.count {
            let digit = Int32(bytes[position]) - Int32(UInt8(ascii: "0"))
            let (product, tooLarge) = index.multipliedReportingOverflow(by: 10)
            let (sum, tooMuch) = product.addingReportingOverflow(digit)
            if digit < 0 || digit > 9 || tooLarge || tooMuch { return nil }
            index = sum
        }
        for position in 0..<start - 1 where bytes[position] == UInt8(ascii: "-") { return index }
        return nil
    }

    /// Undoes all that `attach` has done.
    func detach(_ task: Int) {
        leaveNode(task)
        leaveJob(task)
        notes[task] = nil
        dropVictimNotes(of: task)
        if !resourceStrategies.isEmpty { resourceStrategies[task] = nil }
        if !loads.isEmpty { loads[task] = nil }
        runTimes.forget(task)
        forgetHostPorts(of: task)
        forgetPins(of: task)
        countInTally(task, sign: -1)
        forgetDevices(of: task)
        forgetKind(of: task)
        forgetVolumes(of: task)
    }

    // MARK: On a node

    private func enterNode(_ task: Int, named name: String?, assumed: Int?) {
        guard let occupancy = tasks[task].occupancy, name != nil || assumed != nil else { return }
        let entry = name.map { nodes.entry(named: $0) } ?? assumed ?? 0
        link(task, to: entry)
        if let index = nodes.entries[entry].index {
            allocator.add(tasks[task].request, to: index, as: occupancy)
            bookHostPorts(of: task, on: index, sign: 1)
            bookPins(of: task, on: index, sign: 1)
            bookDevices(of: task, on: index, sign: 1)
            bookNeighbours(of: task, on: index, sign: 1)
        }
    }

    /// Puts a pod on the list of its node, and counts what it uses there.
    func link(_ task: Int, to entry: Int) {
        let first = nodes.entries[entry].firstTask
        tasks[task].nodeEntry = Int32(entry)
        tasks[task].previousOnNode = TaskState.none
        tasks[task].nextOnNode = first
        if first != TaskState.none { tasks[Int(first)].previousOnNode = Int32(task) }
        nodes.setFirstTask(Int32(task), of: entry)
        if nodes.entries[entry].isCounted { countTaken(task, sign: 1) }
        boundCount += 1
    }

    /// Takes a pod off its node.
    func leaveNode(_ task: Int) {
        guard let occupancy = tasks[task].occupancy, let entry = tasks[task].node else { return }
        let (previous, next) = (tasks[task].previousOnNode, tasks[task].nextOnNode)
        if previous == TaskState.none {
            nodes.setFirstTask(next, of: entry)
        } else {
            tasks[Int(previous)].nextOnNode = next
        }
        if next != TaskState.none { tasks[Int(next)].previousOnNode = previous }
        if nodes.entries[entry].isCounted { countTaken(task, sign: -1) }
        if let index = nodes.entries[entry].index {
            allocator.remove(tasks[task].request, from: index, as: occupancy)
            bookHostPorts(of: task, on: index, sign: -1)
            bookPins(of: task, on: index, sign: -1)
            bookDevices(of: task, on: index, sign: -1)
            bookNeighbours(of: task, on: index, sign: -1)
            roomVersion.freed += 1
        }
        tasks[task].nodeEntry = TaskState.none
        boundCount -= 1
        nodes.releaseIfUnused(entry)
    }

    /// Counts what a pod uses of the cluster in (`1`) or out (`-1`).
    func countTaken(_ task: Int, sign: Int64) {
        for index in amounts.range(of: tasks[task].request) {
            let entry = amounts.entries[index]
            taken[entry.column] += sign * entry.amount
        }
    }

    // MARK: In a gang

    private func enterJob(_ pod: Pod, _ task: Int) {
        roomVersion.changed += 1
        if let name = pod.podGroup {
            if tasks[task].stray == .terminating {
                strays.insert(task)
                return
            }
            let job = job(ObjectKey(namespace: pod.key.namespace, name: name))
            tasks[task].jobIndex = Int32(job)
            touch(job)
            if tasks[task].stray == .otherScheduler {
                jobs[job].foreignPods += 1
                strays.insert(task)
                return
            }
            enterSubGroup(task, of: job)
            join(task, job, role: pod.role)
        } else if tasks[task].stray != nil {
            strays.insert(task)
        } else if tasks[task].status == .pending || tasks[task].isAssumed || isOurs(pod) {
            let job = openSingle(pod)
            tasks[task].jobIndex = Int32(job)
            join(task, job, role: pod.role)
        }
    }

    private func join(_ task: Int, _ job: Int, role: String) {
        tasks[task].roleIndex = Int32(jobs[job].role(named: role))
        tasks[task].position = Int32(jobs[job].tasks.count)
        jobs[job].tasks.append(task)
        jobs[job].isOrdered = false
        book(task, of: job, sign: 1)
        // Its gang may not exist: then it waits for that.
        if jobs[job].origin == nil, tasks[task].status == .pending { strays.insert(task) }
    }

    private func leaveJob(_ task: Int) {
        roomVersion.changed += 1
        strays.remove(task)
        guard let job = tasks[task].job else { return }
        touch(job)
        if tasks[task].stray == .otherScheduler {
            jobs[job].foreignPods -= 1
        } else {
            book(task, of: job, sign: -1)
            leaveSubGroup(task, of: job)
            leave(task, job)
        }
        tasks[task].jobIndex = TaskState.none
        if jobs[job].isSingle { jobs[job].origin = nil }
        releaseIfUnused(job)
    }

    /// Takes a pod out of its gang's list; the last one takes its place.
    private func leave(_ task: Int, _ job: Int) {
        guard let last = jobs[job].tasks.popLast(), last != task else { return }
        let position = Int(tasks[task].position)
        jobs[job].tasks[position] = last
        tasks[last].position = Int32(position)
        jobs[job].isOrdered = false
    }

    /// Whether a bound pod without a group is one of those that a queue answers for.
    private func isOurs(_ pod: Pod) -> Bool {
        schedulerNames?.contains(pod.schedulerName) ?? (pod.schedulerName != "default-scheduler")
    }
}
