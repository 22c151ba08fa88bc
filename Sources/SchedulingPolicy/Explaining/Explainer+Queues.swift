import Allocator
import ClusterModel

/// More for the queue, or for the namespace.
extension Explainer {
    /// What the queue would have to be allowed: more by its capability, on itself or on a queue above it, or more by weight.
    func shareRemedies(_ share: QueueShareHold, _ job: Job, _ index: Int, _ tasks: [Int]) -> [Remedy] {
        guard let queue = session.jobs[index].queue else { return [] }
        let asked = session.asked(of: index, tasks)
        var found: [Remedy] = []
        for holder in lineage(of: queue) {
            guard let remedy = capabilityRemedy(holder, job, asked) else { continue }
            found.append(remedy)
            break
        }
        if share.limit == .deserved, let remedy = weightRemedy(queue, job) { found.append(remedy) }
        return found
    }

    /// What a queue would have to deserve for others to give back what they hold of it; only where that is done.
    func deservedRemedies(_ job: Job, _ index: Int, _ tasks: [Int]) -> [Remedy] {
        guard configuration.actions.contains(.reclaim), let queue = session.jobs[index].queue else {
            return []
        }
        if !hasPlugin(CapacityPlugin.name) { return [weightRemedy(queue, job)].compactMap(\.self) }
        var changed = session.queues[queue].queue
        var by = ResourceList()
        for (name, needed) in needs(of: queue, session.asked(of: index, tasks)) {
            let old = changed.deserved[name] ?? 0
            if needed <= old { continue }
            changed.deserved[name] = needed
            by[name] = needed - old
        }
        if by.isEmpty { return [] }
        let kind = Remedy.Kind.queueAmounts(queue: changed.name, field: .deserved, by: by)
        return [proven(kind, [.queue(changed)], for: job)].compactMap(\.self)
    }

    private func hasPlugin(_ name: String) -> Bool {
        configuration.tiers.contains { $0.contains { $0.name == name } }
    }

    /// The queue, and those above it where they limit it.
    private func lineage(of queue: Int) -> [Int] {
        let capacity = configuration.tiers.joined().first { $0.name == CapacityPlugin.name }
        guard let capacity, capacity.isEnabled(.hierarchy) else { return [queue] }
        return QueueTree(session, isHierarchical: true).lineage(of: queue)
    }

    /// What a queue would hold with a job, of what that asks for, in the order of reports.
    private func needs(of queue: Int, _ asked: [Int64]) -> [(ResourceName, Int64)] {
        return session.resources.canonical.compactMap { column in
            guard column != ResourceTable.pods, asked[column] > 0 else { return nil }
            let held = session.queues[queue].allocated[column] + session.queues[queue].inqueue[column]
            let (sum, isTooLarge) = held.addingReportingOverflow(asked[column])
            return isTooLarge ? nil : (session.resources.names[column], sum)
        }
    }

    /// A capability raised to what the queue would hold with the job; if others take that, to all that waits in it.
    private func capabilityRemedy(_ queue: Int, _ job: Job, _ asked: [Int64]) -> Remedy? {
        let request = session.resources.list(session.queues[queue].request)
        let tight = needs(of: queue, asked)
        for loosens in [false, true] {
            var changed = session.queues[queue].queue
            var by = ResourceList()
            for (name, needed) in tight {
                guard let old = changed.capability?[name] else { continue }
                let new = loosens ? max(needed, request[name] ?? 0) : needed
                if new <= old { continue }
                changed.capability?[name] = new
                by[name] = new - old
            }
            if by.isEmpty { return nil }
            let kind = Remedy.Kind.queueAmounts(queue: changed.name, field: .capability, by: by)
            if let remedy = proven(kind, [.queue(changed)], for: job) { return remedy }
        }
        return nil
    }

    /// The smallest greater weight.
    private func weightRemedy(_ queue: Int, _ job: Job) -> Remedy? {
        let old = session.queues[queue].queue
        let most: Int64 = 65_535
        func remedy(_ weight: Int64) -> Remedy? {
            var changed = old
            changed.weight = weight
            let kind = Remedy.Kind.queueWeight(queue: old.name, from: old.weight, to: weight)
            return proven(kind, [.queue(changed)], for: job)
        }
        guard old.weight < most, remedy(most) != nil else { return nil }
        return smallest(Int(old.weight) + 1...Int(most)) { remedy(Int64($0)) }
    }

    // MARK: State

    /// The queue, open; one that does not exist, made.
    func queueStateRemedies(_ name: String, _ state: Queue.State?, _ job: Job) -> [Remedy] {
        var queue = session.queueIDs[name].map { session.queues[$0].queue } ?? Queue(name: name)
        queue.state = .open
        let kind = Remedy.Kind.queueOpen(queue: name, exists: state != nil)
        return [proven(kind, [.queue(queue)], for: job)].compactMap(\.self)
    }

    // MARK: Quotas

    /// The first quota that is exceeded, raised to what is in use and what the gang needs; if others take that, to what
    /// all gangs of the namespace that wait need.
    func quotaRemedies(_ job: Job, _ index: Int) -> [Remedy] {
        let ledger = QuotaLedger(session)
        guard let (quota, short) = ledger.shortage(of: index, session) else { return [] }
        let others = session.cycleJobs.filter {
            $0 != index && session.jobs[$0].key.namespace == quota.key.namespace
        }
        for loosens in [false, true] {
            var changed = quota
            var by = ResourceList()
            for entry in short {
                var more = QuotaLedger.sum(entry.used, entry.asked) - entry.limit
                for other in others where loosens {
                    more = QuotaLedger.sum(more, ledger.minimum(of: other, session)[entry.name] ?? 0)
                }
                let new = QuotaLedger.sum(entry.limit, more)
                changed.hard[entry.name] = max(new, changed.hard[entry.name] ?? 0)
                if !quota.enforcedHard.isEmpty { changed.enforcedHard[entry.name] = new }
                by[entry.name] = new - entry.limit
            }
            let kind = Remedy.Kind.quota(quota.key, by: by)
            if let remedy = proven(kind, [.resourceQuota(changed)], for: job) { return [remedy] }
        }
        return []
    }
}
