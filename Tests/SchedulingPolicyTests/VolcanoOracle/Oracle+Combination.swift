import ClusterModel

/// How the answers of plugins are put together (4.1).
extension Oracle {
    private func plugins(_ flag: String?) -> [OraclePlugin] {
        tiers.joined().filter { plugin in flag.map { plugin.setting.isOn($0) } ?? true }
    }

    private func firstDecision(_ flag: String?, _ compare: (OraclePlugin) -> Int?) -> Int {
        for plugin in plugins(flag) {
            if let result = compare(plugin), result != 0 { return result }
        }
        return 0
    }

    func jobPrecedes(_ left: OracleJob, _ right: OracleJob) -> Bool {
        let decision = firstDecision("enableJobOrder") { $0.jobOrder(left, right) }
        if decision != 0 { return decision < 0 }
        return Self.isOlder(left.group.created, left.group.key, right.group.created, right.group.key)
    }

    func queuePrecedes(_ left: Queue, _ right: Queue) -> Bool {
        let decision = firstDecision("enableQueueOrder") { $0.queueOrder(left, right) }
        if decision != 0 { return decision < 0 }
        return Self.isOlder(
            left.created, ObjectKey(namespace: "", name: left.name), right.created,
            ObjectKey(namespace: "", name: right.name))
    }

    func taskPrecedes(_ left: OracleTask, _ right: OracleTask) -> Bool {
        let decision = firstDecision("enableTaskOrder") { $0.taskOrder(left, right) }
        if decision != 0 { return decision < 0 }
        if let mine = left.index, let other = right.index, mine != other { return mine < other }
        return Self.isOlder(left.pod.created, left.pod.key, right.pod.created, right.pod.key)
    }

    /// Our rule for equals: without a time is oldest, then the name.
    static func isOlder(
        _ left: Timestamp?, _ leftKey: ObjectKey, _ right: Timestamp?, _ rightKey: ObjectKey
    ) -> Bool {
        switch (left, right) {
        case (nil, nil): return leftKey < rightKey
        case (nil, _): return true
        case (_, nil): return false
        case (let mine?, let other?): return mine == other ? leftKey < rightKey : mine < other
        }
    }

    /// Where no plugin answers it is the reverse of the order of queues.
    func victimQueuePrecedes(_ left: Queue, _ right: Queue, _ preemptor: Queue) -> Bool {
        let decision = firstDecision(nil) { $0.victimQueueOrder(left, right, preemptor) }
        return decision != 0 ? decision < 0 : !queuePrecedes(left, right)
    }

    private func all(_ flag: String?, _ answer: (OraclePlugin) -> Bool?) -> Bool {
        plugins(flag).allSatisfy { answer($0) ?? true }
    }

    func isValid(_ job: OracleJob) -> Bool { all(nil) { $0.jobValid(job) } }
    func isReady(_ job: OracleJob) -> Bool { all("enableJobReady") { $0.jobReady(job) } }
    func isSubJobReady(_ job: OracleJob) -> Bool { all("enabledSubJobReady") { $0.subJobReady(job) } }
    func isAllocatable(_ queue: Queue, _ task: OracleTask) -> Bool {
        all("enabledAllocatable") { $0.allocatable(queue, task) }
    }
    func isPreemptive(_ queue: Queue, _ task: OracleTask) -> Bool {
        all("enablePreemptive") { $0.preemptive(queue, task) }
    }
    func isOverused(_ queue: Queue) -> Bool {
        plugins("enabledOverused").contains { $0.overused(queue) ?? false }
    }

    /// Votes: a rejection ends it; after a tier with a permit no lower tier is asked.
    private func vote(_ flag: String, _ ballot: (OraclePlugin) -> OracleVote?) -> Bool {
        for tier in tiers {
            var isPermitted = false
            for plugin in tier where plugin.setting.isOn(flag) {
                switch ballot(plugin) {
                case .reject: return false
                case .permit: isPermitted = true
                case .abstain, nil: break
                }
            }
            if isPermitted { return true }
        }
        return true
    }

    func isPipelined(_ job: OracleJob) -> Bool { vote("enableJobPipelined") { $0.jobPipelined(job) } }
    func isSubJobPipelined(_ job: OracleJob) -> Bool {
        vote("enabledSubJobPipelined") { $0.subJobPipelined(job) }
    }
    func isEnqueueable(_ job: OracleJob) -> Bool { vote("enableJobEnqueued") { $0.jobEnqueueable(job) } }
    func jobEnqueued(_ job: OracleJob) {
        for plugin in plugins("enableJobEnqueued") { plugin.jobEnqueued(job) }
    }

    /// The first tier in which anyone answers decides.
    func isStarving(_ job: OracleJob) -> Bool {
        for tier in tiers {
            let answers = tier.filter { $0.setting.isOn("enableJobStarving") }.compactMap {
                $0.jobStarving(job)
            }
            if !answers.isEmpty { return answers.allSatisfy { $0 } }
        }
        return false
    }

    func fit(_ task: OracleTask, _ node: OracleNode) -> OracleFit {
        var found = OracleFit.fits
        for plugin in plugins("enablePredicate") {
            switch plugin.predicate(task, node) {
            case .unresolvable: return .unresolvable
            case .unschedulable: found = .unschedulable
            case .fits, nil: break
            }
        }
        return found
    }

    /// The nodes with their scores, best first; equal scores by name. One node alone is not scored (4.2).
    func ranked(_ task: OracleTask, _ nodes: [OracleNode]) -> [OracleNode] {
        if nodes.count < 2 { return nodes }
        var totals = nodes.map { _ in 0.0 }
        for plugin in plugins("enableNodeOrder") {
            for (index, score) in (plugin.scores(task, nodes) ?? []).enumerated() { totals[index] += score }
        }
        return zip(nodes, totals).sorted { left, right in
            left.1 == right.1 ? left.0.name.precedes(right.0.name) : left.1 > right.1
        }.map(\.0)
    }

    /// The victim selection rule, with what follows from it: an empty list ends its tier and is not final (a), and an
    /// intersection that has become empty lets the next plugin of the tier begin anew (b).
    private func victims(
        _ flag: String, _ candidates: (OraclePlugin) -> [OracleTask]?
    ) -> [OracleTask] {
        for tier in tiers {
            var victims: [OracleTask]?
            for plugin in tier where plugin.setting.isOn(flag) {
                guard let chosen = candidates(plugin) else { continue }
                if chosen.isEmpty {
                    victims = nil
                    break
                }
                guard let before = victims else {
                    victims = chosen
                    continue
                }
                let common = before.filter { victim in chosen.contains { $0 === victim } }
                victims = common.isEmpty ? nil : common
            }
            if let victims { return victims }
        }
        return []
    }

    func preemptable(_ task: OracleTask, _ candidates: [OracleTask]) -> [OracleTask] {
        victims("enablePreemptable") { $0.preemptable(task, candidates) }
    }

    func reclaimable(_ task: OracleTask, _ candidates: [OracleTask]) -> [OracleTask] {
        victims("enableReclaimable") { $0.reclaimable(task, candidates) }
    }

    /// The heap of victims (5.5): the least important task of the least important job first.
    func victimHeap(_ victims: [OracleTask], for preemptor: OracleTask) -> OracleHeap<OracleTask> {
        OracleHeap(victims) { [self] left, right in
            guard let mine = job(of: left) else { return true }
            guard let other = job(of: right) else { return false }
            if mine === other { return !taskPrecedes(left, right) }
            if mine.group.queue != other.group.queue, let its = job(of: preemptor) {
                return victimQueuePrecedes(queue(of: mine), queue(of: other), queue(of: its))
            }
            return !jobPrecedes(mine, other)
        }
    }
}
