import ClusterModel

/// Who leaves for whom, of all plugins together.
extension ExtensionPoints {
    /// Whether a gang needs pods that others may have to leave for: the first tier that has an opinion decides, and in it
    /// all must agree.
    func isStarving(_ job: Int, in session: Session) -> Bool {
        guard let tier = jobStarving.first?.tier else { return false }
        for index in jobStarving.indices where jobStarving[index].tier == tier {
            if !jobStarving[index].gate(session, job) { return false }
        }
        return true
    }

    /// The pods of the same queue that may leave for a pod.
    func preemptable(for task: Int, among candidates: [Int], in session: Session) -> [Int] {
        preemptable.victims(for: task, among: candidates, in: session)
    }

    /// The pods of other queues that may leave for a pod.
    func reclaimable(for task: Int, among candidates: [Int], in session: Session) -> [Int] {
        reclaimable.victims(for: task, among: candidates, in: session)
    }

    /// Whether a queue may give anything back, under `gangwright`: where one plugin says no, no pod of it may leave.
    func mayGive(_ queue: Int, in session: Session) -> Bool { giving.allSatisfy { $0(session, queue) } }

    /// The pods that may leave for a gang as a whole.
    func evictable(for eviction: GangEviction, among candidates: [Int], in session: Session) -> [Int] {
        evictable.victims(for: eviction, among: candidates, in: session)
    }

    /// Whether a queue may take from others what pods need.
    func isPreemptive(_ queue: Int, _ tasks: [Int], in session: Session) -> Bool {
        preemptive.allSatisfy { $0(session, queue, tasks) }
    }

    /// Pods that should leave for no pod in particular, by name: of the first tier that names any, in it the union.
    ///
    /// Volcano 1.5 takes the intersection within a tier.
    func namedVictims(in session: Session) -> [Int] {
        var named: Set<Int>?
        var tier = victims.first?.tier ?? 0
        for entry in victims {
            if entry.tier != tier {
                if let named, !named.isEmpty { break }
                tier = entry.tier
                named = nil
            }
            let own = entry.name(session)
            if let known = named {
                named = session.compatibility == .volcano15 ? known.intersection(own) : known.union(own)
            } else {
                named = Set(own)
            }
        }
        return (named ?? []).sorted { session.tasks[$0].key < session.tasks[$1].key }
    }

    /// Those of the pods that are named which may leave, in their order.
    func permitted(_ named: [Int], in session: Session) -> [Int] {
        victimFilters.reduce(named) { left, filter in filter(session, left) }
    }

    /// Whether a pod leaves before another: the least important pod of the least important gang first.
    ///
    /// Source: Volcano's victim queue. Of one gang by the reverse of the order of pods; of gangs in different queues by the
    /// order of victims' queues, which is the reverse of that of queues unless a plugin says otherwise; else by the
    /// reverse of the order of gangs. Pods of no gang go first.
    ///
    /// - Parameter queue: the queue that they leave for.
    func isVictim(_ left: Int, before right: Int, for queue: Int, in session: Session) -> Bool {
        guard let leftJob = session.tasks[left].job else { return session.tasks[right].job != nil }
        guard let rightJob = session.tasks[right].job else { return false }
        if leftJob == rightJob { return isTask(right, before: left, in: session) }
        if let leftQueue = session.jobs[leftJob].queue, let rightQueue = session.jobs[rightJob].queue,
            leftQueue != rightQueue
        {
            return isVictimQueue(leftQueue, before: rightQueue, for: queue, in: session)
        }
        return isJob(rightJob, before: leftJob, in: session)
    }

    /// Whether pods of one queue are to go before those of another: the reverse of the order of queues, unless a plugin
    /// says otherwise.
    ///
    /// - Parameter queue: the queue that they leave for.
    func isVictimQueue(_ left: Int, before right: Int, for queue: Int, in session: Session) -> Bool {
        for compare in victimQueueOrder {
            let order = compare(session, queue, left, right)
            if order != 0 { return order < 0 }
        }
        return isQueue(right, before: left, in: session)
    }
}
