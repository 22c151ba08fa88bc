import Allocator
import ClusterModel

/// `proportion` of Volcano 1.5: it looks at no state and no priority of a queue, and counts no pods.
extension ProportionPlugin {
    func open15(_ session: Session, _ points: inout PluginPoints) {
        let shares = ProportionShares15(session)
        shares.deal(session)
        shares.setInqueue(session)
        points.orderQueues { session, left, right in
            let (leftShare, rightShare) = (shares.share(of: left, session), shares.share(of: right, session))
            return leftShare == rightShare ? 0 : (leftShare < rightShare ? -1 : 1)
        }
        points.gateOverused { session, queue in shares.isOverused(queue, session) }
        points.gateAllocatable { session, queue, task in shares.isAllocatable(queue, task, session) }
        points.chooseReclaimable { session, _, candidates in shares.reclaimable(candidates, session) }
        // What is promised is booked by the vote itself, whatever others say after it.
        points.gateEnqueue { session, job in shares.vote(on: job, session) }
    }
}

/// What queues deserve and may have, in Volcano's units.
private struct ProportionShares15 {
    /// The columns that count.
    private let columns: [Int]
    /// The most that each queue can get, by queue and column.
    private let ceilings: [[Double]]

    init(_ session: Session) {
        columns = session.resourceColumns
        ceilings = Self.ceilings(session)
    }

    /// The cluster less what is guaranteed to others, and the queue's own capability.
    ///
    /// Devices are not limited where the cluster has none or the capability lists none; one that the capability does not
    /// list among others is limited to nothing.
    private static func ceilings(_ session: Session) -> [[Double]] {
        let resources = session.resources
        let columns = session.resourceColumns
        let guarantees = session.queues.map { resources.row($0.queue.guarantee) }
        let guaranteed = session.total.indices.map { column in
            guarantees.reduce(0.0) { $0 + resources.volcano($1[column], column) }
        }
        return session.queues.indices.map { queue in
            let capability = session.queues[queue].queue.capability
            let listsDevices =
                capability.map { limits in
                    columns.contains { $0 > ResourceTable.pods && limits[resources.names[$0]] != nil }
                } ?? false
            return session.total.indices.map { column in
                let total = session.total[column] * resources.subunits(column)
                let own = resources.volcano(guarantees[queue][column], column)
                let ceiling = max(0, total - guaranteed[column]) + own
                if column > ResourceTable.pods, total == 0, own == 0 { return .infinity }
                guard let capability else { return ceiling }
                if column > ResourceTable.pods, !listsDevices { return .infinity }
                let limit = capability[resources.names[column]] ?? 0
                if limit <= 0, column <= ResourceTable.memory { return ceiling }
                return min(ceiling, resources.volcano(limit, column))
            }
        }
    }

    /// Deals the cluster out. A queue has enough, or can get no more, before what is guaranteed to it is given to it.
    func deal(_ session: Session) {
        let resources = session.resources
        var unmet = session.queueOrder.filter { session.queues[$0].hasJobs }
        let none = session.total.map { _ in 0.0 }
        for queue in unmet { session.queues[queue].deserved = none }
        var remaining = none
        for column in columns { remaining[column] = session.total[column] * resources.subunits(column) }
        while !unmet.isEmpty {
            let weights = unmet.reduce(Int64(0)) { $0 + session.queues[$1].queue.weight }
            if weights == 0 { return }
            let before = remaining
            var change = none
            unmet.removeAll { queue in
                let share = session.queues[queue]
                let old = share.deserved ?? none
                let guarantee = resources.row(share.queue.guarantee)
                let part = Double(share.queue.weight) / Double(weights)
                var new = none
                for column in columns {
                    let dealt = min(old[column] + before[column] * part, ceilings[queue][column])
                    new[column] = min(dealt, resources.volcano(share.request[column], column))
                }
                let hasEnough = columns.allSatisfy { column in
                    resources.volcano(share.request[column], column) - new[column] < QueueTree.tolerance
                }
                let isMet = hasEnough || new == old
                for column in columns {
                    new[column] = max(new[column], resources.volcano(guarantee[column], column))
                    change[column] += new[column] - old[column]
                }
                session.queues[queue].deserved = new
                return isMet
            }
            for column in columns { remaining[column] = max(0, remaining[column] - change[column]) }
            let isEmpty = columns.allSatisfy { remaining[$0] < QueueTree.tolerance }
            if isEmpty || remaining == before { return }
        }
    }

    /// Adds up what is promised to gangs of each queue.
    func setInqueue(_ session: Session) {
        for queue in session.queueOrder {
            session.queues[queue].inqueue = [Int64](repeating: 0, count: session.resources.count)
        }
        for job in session.jobs.indices where session.jobs[job].origin != nil {
            guard let queue = session.jobs[job].queue else { continue }
            let members = session.jobs[job].counts.allocated
            session.addAdmitted15(job, members: members, to: &session.queues[queue].inqueue)
        }
    }

    // MARK: Gates

    private func allocated(_ queue: Int, _ column: Int, _ session: Session) -> Double {
        session.resources.volcano(session.queues[queue].allocated[column], column)
    }

    func share(of queue: Int, _ session: Session) -> Double {
        guard let deserved = session.queues[queue].deserved else { return 0 }
        return columns.reduce(0) { largest, column in
            max(largest, Share.of(allocated(queue, column, session), in: deserved[column]))
        }
    }

    func isOverused(_ queue: Int, _ session: Session) -> Bool {
        guard let deserved = session.queues[queue].deserved else { return false }
        return columns.allSatisfy { column in
            allocated(queue, column, session) - deserved[column] > -QueueTree.tolerance
        }
    }

    func isAllocatable(_ queue: Int, _ task: Int, _ session: Session) -> Bool {
        guard let deserved = session.queues[queue].deserved else { return false }
        return session.amounts.range(of: session.tasks[task].request).allSatisfy { index in
            let entry = session.amounts.entries[index]
            let column = entry.column
            if entry.amount == 0 || !columns.contains(column) { return true }
            let free = max(0, deserved[column] - allocated(queue, column, session))
            return session.resources.volcano(entry.amount, column) - free < QueueTree.tolerance
        }
    }

    /// The pods of queues that hold more than they deserve of something, until they do not.
    func reclaimable(_ candidates: [Int], _ session: Session) -> [Int] {
        var held: [Int: [Int64]] = [:]
        return candidates.filter { victim in
            guard let queue = session.tasks[victim].job.flatMap({ session.jobs[$0].queue }),
                let deserved = session.queues[queue].deserved
            else { return false }
            let allocated = held[queue] ?? session.queues[queue].allocated
            let isWithin = columns.allSatisfy { column in
                session.resources.volcano(allocated[column], column) - deserved[column] < QueueTree.tolerance
            }
            if isWithin { return false }
            let own = session.sum(of: [victim])
            held[queue] = allocated.indices.map { allocated[$0] - own[$0] }
            return true
        }
    }

    /// Whether a gang is admitted: by what it needs and by all that is there already, asked for by it or not.
    func vote(on job: Int, _ session: Session) -> Vote {
        guard let queue = session.jobs[job].queue else { return .abstain }
        guard session.jobs[job].hasMinResources else { return .permit }
        let short = session.resources.canonical.filter { column in
            let asked =
                session.jobMinimum[job, column] + session.queues[queue].allocated[column]
                + session.queues[queue].inqueue[column]
            return columns.contains(column)
                && session.resources.volcano(asked, column) - ceilings[queue][column] >= QueueTree.tolerance
        }
        if !short.isEmpty {
            let names = short.map { session.resources.names[$0].text }.joined(separator: ", ")
            return .reject(EnqueueRejection.queue + names)
        }
        for column in session.total.indices {
            session.queues[queue].inqueue[column] += session.jobMinimum[job, column]
        }
        return .permit
    }
}
