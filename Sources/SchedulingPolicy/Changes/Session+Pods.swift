import Allocator
public import ClusterModel

/// Pods come, change and go.
extension Session {
    /// Takes note of a pod as it is now, new or changed.
    ///
    /// A pod that this session has bound stays on its node while the API server still shows it without one.
    ///
    /// - Throws: `ResourceOverflow` when amounts no longer add up within 63 bits; nothing has changed then.
    /// - Complexity: O(resources that it asks for); O(nodes) for the first pod of a new shape.
    public func update(_ pod: Pod) throws(ResourceOverflow) {
        closeCycle()
        let request = allocator.internRequest(of: pod)
        if amounts.add(request, from: allocator) { syncColumns() }
        let (task, isNew) = slot(for: pod.key)
        var assumed: Int?
        var phase: PodGroup.Phase?
        if isNew {
            do { try addSums(pod, request) } catch {
                release(task, key: pod.key)
                throw error
            }
        } else {
            assumed = assumedNode(of: task, as: pod)
            phase = jobPhaseToKeep(of: task, as: pod)
            try replaceSums(of: task, by: pod, request)
            detach(task)
        }
        attach(pod, as: task, request: request, assumedNode: assumed)
        if let phase, let job = tasks[task].job { jobs[job].phase = phase }
    }

    /// Forgets a pod that is gone.
    public func removePod(_ key: ObjectKey) {
        closeCycle()
        guard let task = taskIDs[key].map(Int.init) else { return }
        removeSums(of: task)
        detach(task)
        release(task, key: key)
    }

    /// Takes note that the API server has accepted a binding: the pod runs there from now on.
    public func confirmBind(_ key: ObjectKey) {
        closeCycle()
        guard let task = taskIDs[key].map(Int.init), tasks[task].status == .binding else { return }
        if let job = tasks[task].job { touch(job) }
        setStatus(task, .running)
    }

    /// Takes note that a binding was refused: the pod waits again.
    public func refuseBind(_ key: ObjectKey) {
        closeCycle()
        guard let task = taskIDs[key].map(Int.init), tasks[task].status == .binding else { return }
        leaveNode(task)
        guard let job = tasks[task].job else { return }
        touch(job)
        book(task, of: job, sign: -1)
        tasks[task].status = .pending
        book(task, of: job, sign: 1)
    }

    // MARK: Slots

    private static let noKey = ObjectKey(namespace: "", name: "")

    /// The slot of a pod, and whether it has just been given to it.
    private func slot(for key: ObjectKey) -> (task: Int, isNew: Bool) {
        let fresh = Int32(freeTasks.last ?? tasks.count)
        let task = Self.known(&taskIDs[key, default: fresh])
        if task != fresh { return (task: Int(task), isNew: false) }
        let new = TaskState(key: key, request: noRequest, status: .failed)
        if freeTasks.popLast() == nil { tasks.append(new) } else { tasks[Int(fresh)] = new }
        return (task: Int(fresh), isNew: true)
    }

    /// What an entry of a dictionary has come to be: one search finds it or puts it in.
    private static func known(_ entry: inout Int32) -> Int32 { entry }

    private func release(_ task: Int, key: ObjectKey) {
        taskIDs[key] = nil
        tasks[task] = TaskState(key: Self.noKey, request: tasks[task].request, status: .failed)
        freeTasks.append(task)
    }

    // MARK: What outlives a change

    /// The node that a pod was bound to by us, where the change comes from before the API server knew.
    private func assumedNode(of task: Int, as pod: Pod) -> Int? {
        tasks[task].status == .binding && tasks[task].uid == Self.hash(pod.uid) && pod.isPending
            && !pod.isTerminating ? tasks[task].node : nil
    }

    /// The phase of a pod that is its own gang: nobody writes it down but us.
    private func jobPhaseToKeep(of task: Int, as pod: Pod) -> PodGroup.Phase? {
        guard tasks[task].isSingle, let job = tasks[task].job, tasks[task].uid == Self.hash(pod.uid),
            pod.podGroup == nil, pod.isPending
        else { return nil }
        return jobs[job].phase
    }

    /// Tells UIDs apart. Source: Fowler, Noll, Vo, FNV-1a, 64 bits.
    private static func hash(_ uid: String) -> UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in uid.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return hash
    }

    // MARK: Sums that must not overflow

    /// A pod that is its own gang counts twice: as a pod, and as what admission reserves for it.
    private func times(_ pod: Pod) -> Int { pod.podGroup == nil ? 2 : 1 }

    private func addSums(_ pod: Pod, _ request: RequestID) throws(ResourceOverflow) {
        if pod.isTerminal { return }
        try podSums.add(request, times: times(pod), amounts, resources)
    }

    private func removeSums(of task: Int) {
        if !tasks[task].isSummed { return }
        podSums.remove(tasks[task].request, times: tasks[task].isSingle ? 2 : 1, amounts)
    }

    private func replaceSums(of task: Int, by pod: Pod, _ request: RequestID) throws(ResourceOverflow) {
        removeSums(of: task)
        do { try addSums(pod, request) } catch {
            // What was there a moment ago fits.
            if tasks[task].isSummed {
                try podSums.add(
                    tasks[task].request, times: tasks[task].isSingle ? 2 : 1, amounts, resources)
            }
            throw error
        }
    }

    // MARK: Attaching

    private func attach(_ pod: Pod, as task: Int, request: RequestID, assumedNode: Int?) {
        var status = TaskStatus(pod)
        if assumedNode != nil { status = .binding }
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
        state.isSingle = pod.podGroup == nil
        let isWaiting = pod.isPending && assumedNode == nil
        if isWaiting, let schedulerNames, !schedulerNames.contains(pod.schedulerName) {
            state.stray = .otherScheduler
        } else if isWaiting, pod.isTerminating {
            state.stray = .terminating
        }
        tasks[task] = state
        takeNotes(of: pod, task)
        enterNode(task, named: pod.nodeName, assumed: assumedNode)
        enterJob(pod, task)
        // Gated pods too: once the gate goes, nothing but the gate has changed.
        if status == .pending, tasks[task].jobIndex != TaskState.none, state.stray == nil {
            tasks[task].shape = allocator.intern(pod)
        }
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
    private func detach(_ task: Int) {
        leaveNode(task)
        leaveJob(task)
        notes[task] = nil
    }

    // MARK: On a node

    private func enterNode(_ task: Int, named name: String?, assumed: Int?) {
        guard let occupancy = tasks[task].occupancy, name != nil || assumed != nil else { return }
        let entry = name.map { nodes.entry(named: $0) } ?? assumed ?? 0
        link(task, to: entry)
        if let index = nodes.entries[entry].index {
            allocator.add(tasks[task].request, to: index, as: occupancy)
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
    private func leaveNode(_ task: Int) {
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
            join(task, job, role: pod.role)
        } else if tasks[task].stray != nil {
            strays.insert(task)
        } else if tasks[task].status == .pending || tasks[task].status == .binding || isOurs(pod) {
            let job = openSingle(pod)
            tasks[task].jobIndex = Int32(job)
            join(task, job, role: pod.role)
        }
    }

    private func join(_ task: Int, _ job: Int, role: String) {
        tasks[task].roleIndex = Int32(jobs[job].role(named: role))
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
            // From the back: pods mostly leave in the order in which they came, and gangs are short.
            if let position = jobs[job].tasks.lastIndex(of: task) { jobs[job].tasks.remove(at: position) }
        }
        tasks[task].jobIndex = TaskState.none
        if jobs[job].isSingle { jobs[job].origin = nil }
        releaseIfUnused(job)
    }

    /// Whether a bound pod without a group is one of those that a queue answers for.
    private func isOurs(_ pod: Pod) -> Bool {
        schedulerNames?.contains(pod.schedulerName) ?? (pod.schedulerName != "default-scheduler")
    }
}
