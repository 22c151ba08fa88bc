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
        if asksOtherwise(pod) {
            try takeNote(of: countingShares(withoutManagedDevices(pod)))
        } else {
            try takeNote(of: pod)
        }
    }

    private func takeNote(of pod: Pod) throws(ResourceOverflow) {
        let request = allocator.internRequest(of: pod)
        if amounts.add(request, from: allocator) { syncColumns() }
        let (task, isNew) = slot(for: pod.key)
        var assumed: AssumedPlace?
        var phase: PodGroup.Phase?
        if isNew {
            do { try addSums(pod, request) } catch {
                release(task, pod.key.hashValue)
                throw error
            }
        } else {
            assumed = assumedPlace(of: task, as: pod)
            phase = jobPhaseToKeep(of: task, as: pod)
            try replaceSums(of: task, by: pod, request)
            detach(task)
        }
        let isLeaving = !isNew && isStillEvicted(task, as: pod)
        if let written = assumedAnnotations[task], assumed != nil {
            var pod = pod
            pod.annotations.merge(written) { _, new in new }
            attach(pod, as: task, request: request, assumed: assumed)
        } else {
            assumedAnnotations[task] = nil
            attach(pod, as: task, request: request, assumed: assumed)
        }
        if isLeaving {
            evict(task)
            tasks[task].traits.insert(.isEvicted)
            evictedTasks.insert(task)
        }
        if let phase, let job = tasks[task].job { jobs[job].phase = phase }
    }

    /// Forgets a pod that is gone.
    public func removePod(_ key: ObjectKey) {
        closeCycle()
        let hash = key.hashValue
        if let task = findTask(key, hash) { remove(task, hash) }
    }

    private func remove(_ task: Int, _ hash: Int) {
        removeSums(of: task)
        detach(task)
        assumedAnnotations[task] = nil
        release(task, hash)
    }

    /// Takes note that the API server has accepted a binding: the pod runs there from now on.
    public func confirmBind(_ key: ObjectKey) {
        closeCycle()
        if let task = findTask(key) { confirmBind(of: task) }
    }

    private func confirmBind(of task: Int) {
        if tasks[task].status != .binding { return }
        if let job = tasks[task].job { touch(job) }
        setStatus(task, .running)
        if let node = tasks[task].node { forgetPinRoom(ofEntry: node) }
    }

    /// Takes note that the kubelet has started a pod that was bound, of which nothing else is new.
    public func noteStart(of key: ObjectKey, at time: Timestamp) {
        closeCycle()
        guard let task = findTask(key) else { return }
        confirmBind(of: task)
        tasks[task].isAssumed = false
        if let job = tasks[task].job { touch(job) }
        runTimes.noteStart(of: task, at: time)
        roomVersion.changed += 1
    }

    /// Takes note that a pod has ended well, and forgets it: it is gone.
    public func end(_ key: ObjectKey, started: Timestamp, finished: Timestamp) {
        closeCycle()
        let hash = key.hashValue
        guard let task = findTask(key, hash) else { return }
        runTimes.noteEnd(of: tasks[task].request, started: started, finished: finished)
        remove(task, hash)
    }

    /// Takes note that a binding was refused: the pod waits again.
    public func refuseBind(_ key: ObjectKey) {
        closeCycle()
        guard let task = findTask(key), tasks[task].isAssumed else { return }
        leaveNode(task)
        devices.unchoose(task)
        pins.setAssignment(nil, of: task)
        assumedAnnotations[task] = nil
        guard let job = tasks[task].job else { return }
        touch(job)
        book(task, of: job, sign: -1)
        tasks[task].status = .pending
        tasks[task].isAssumed = false
        book(task, of: job, sign: 1)
    }

    /// Pods that were bound here and of which nobody has said yet whether the API server took it.
    ///
    /// - Complexity: O(pods).
    public var unconfirmedBinds: Set<ObjectKey> {
        Set(tasks.lazy.filter { $0.status == .binding }.map(\.key))
    }

    /// Whether a pod holds a place on a node.
    public func isOnNode(_ key: ObjectKey) -> Bool { findTask(key).map { tasks[$0].node != nil } ?? false }

    // MARK: Slots

    private static let noKey = ObjectKey(namespace: "", name: "")

    /// The slot of a pod, and whether it has just been given to it.
    private func slot(for key: ObjectKey) -> (task: Int, isNew: Bool) {
        let hash = key.hashValue
        if let known = taskIndex.find(hash, where: { tasks[$0].key == key }) { return (known, false) }
        let task = freeTasks.popLast() ?? tasks.count
        let new = TaskState(key: key, request: noRequest, status: .failed)
        if task == tasks.count { tasks.append(new) } else { tasks[task] = new }
        taskIndex.insert(task, hash)
        return (task, true)
    }

    /// The slot of a pod that is known.
    func findTask(_ key: ObjectKey) -> Int? { findTask(key, key.hashValue) }

    private func findTask(_ key: ObjectKey, _ hash: Int) -> Int? {
        taskIndex.find(hash) { tasks[$0].key == key }
    }

    private func release(_ task: Int, _ hash: Int) {
        taskIndex.remove(task, hash)
        tasks[task] = TaskState(key: Self.noKey, request: tasks[task].request, status: .failed)
        freeTasks.append(task)
    }

    // MARK: What outlives a change

    /// Where a pod that we have bound is, if the change comes from before the API server knew.
    private func assumedPlace(of task: Int, as pod: Pod) -> AssumedPlace? {
        guard tasks[task].isAssumed, let node = tasks[task].node, pod.isPending, !pod.isTerminating,
            tasks[task].uid == Self.hash(pod.uid)
        else { return nil }
        return AssumedPlace(node: node, status: tasks[task].status)
    }

    /// Whether a pod that we have evicted is shown as it was before the API server knew.
    private func isStillEvicted(_ task: Int, as pod: Pod) -> Bool {
        tasks[task].traits.contains(.isEvicted) && !pod.isTerminating && !pod.isTerminal
            && pod.nodeName != nil && tasks[task].uid == Self.hash(pod.uid)
    }

    /// The phase of a pod that is its own gang: nobody writes it down but us.
    private func jobPhaseToKeep(of task: Int, as pod: Pod) -> PodGroup.Phase? {
        guard tasks[task].isSingle, let job = tasks[task].job, tasks[task].uid == Self.hash(pod.uid),
            pod.podGroup == nil, pod.isPending
        else { return nil }
        return jobs[job].phase
    }

    /// Tells UIDs apart. Source: Fowler, Noll, Vo, FNV-1a, 64 bits.
    static func hash(_ uid: String) -> UInt64 {
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
}

/// Where a pod is that we have bound, and how far that has got.
struct AssumedPlace {
    /// The entry of the node.
    let node: Int
    let status: TaskStatus
}
