import Allocator
import ClusterModel

/// Shares the cluster out among queues by weight, no queue getting more than it asks for.
///
/// Source: Volcano's `proportion`. What is deserved is found by filling water: round by round the rest is dealt out
/// by weight; a queue that has what it asks for, or cannot get more, takes no part in the next round.
///
/// Only queues with a gang in the cycle take part. Amounts are real numbers in Volcano's units: devices count in
/// thousandths, so that sums round as they do there.
struct ProportionPlugin: Plugin {
    static let name = "proportion"

    init(_ arguments: Arguments) {}

    func open(_ session: Session, _ points: inout PluginPoints) {
        if session.compatibility == .volcano15 { return open15(session, &points) }
        let ceilings = Self.ceilings(session)
        Self.deal(session, ceilings: ceilings)

        points.orderQueues { session, left, right in
            let (leftPriority, rightPriority) = (
                session.queues[left].queue.priority, session.queues[right].queue.priority
            )
            if leftPriority != rightPriority { return leftPriority > rightPriority ? -1 : 1 }
            let leftShare = Self.share(of: left, in: session)
            let rightShare = Self.share(of: right, in: session)
            return leftShare == rightShare ? 0 : (leftShare < rightShare ? -1 : 1)
        }
        points.gateOverused { session, queue in
            guard let deserved = session.queues[queue].deserved else { return false }
            let columns = deserved.indices
            // A queue that holds nothing has not had its share, even of a cluster that has nothing to share.
            if session.compatibility == .gangwright,
                columns.allSatisfy({ session.queues[queue].allocated[$0] == 0 })
            {
                return false
            }
            return columns.allSatisfy { column in
                let allocated = session.resources.volcano(session.queues[queue].allocated[column], column)
                return allocated - deserved[column] > -tolerance
            }
        }
        points.gateAllocatable { session, queue, task in
            guard session.queues[queue].queue.state == .open, let deserved = session.queues[queue].deserved
            else { return false }
            let slack = Self.slack(session)
            func fits(within limits: [Double]) -> Bool {
                session.amounts.range(of: session.tasks[task].request).allSatisfy { index in
                    let entry = session.amounts.entries[index]
                    let column = entry.column
                    if column == ResourceTable.pods || entry.amount == 0 { return true }
                    let sum = session.queues[queue].allocated[column] + entry.amount
                    return session.resources.volcano(sum, column) <= limits[column] + slack
                }
            }
            return fits(within: deserved)
                || Self.mayExceedShare(queue, for: task, in: session) && fits(within: ceilings[queue])
        }
        points.gatePreemptive { session, queue, tasks in
            guard session.queues[queue].queue.state == .open, let deserved = session.queues[queue].deserved
            else { return false }
            let slack = Self.slack(session)
            let asked = session.sum(of: tasks)
            return asked.indices.allSatisfy { column in
                if column == ResourceTable.pods || asked[column] == 0 { return true }
                let sum = session.queues[queue].allocated[column] + asked[column]
                return session.resources.volcano(sum, column) <= deserved[column] + slack
            }
        }
        points.chooseReclaimable { session, _, candidates in
            Self.reclaimable(candidates, in: session)
        } ofQueues: { session, queue in
            Self.holdsTooMuch(queue, session.queues[queue].allocated, in: session)
        }
        points.gateEnqueue { session, job in
            guard let queue = session.jobs[job].queue else { return .abstain }
            if session.queues[queue].queue.state != .open {
                return .reject("queue \(session.queues[queue].queue.name) is not open")
            }
            guard session.jobs[job].hasMinResources else { return .permit }
            let short = session.resources.exceeded(by: session.jobMinimum[job]) { column in
                let used =
                    session.jobMinimum[job, column] + session.queues[queue].allocated[column]
                    + session.queues[queue].inqueue[column] - session.queues[queue].elastic[column]
                return session.resources.volcano(used, column) > ceilings[queue][column]
            }
            return short.isEmpty
                ? .permit
                : .reject(EnqueueRejection.queue + short.joined(separator: ", "))
        } admitted: { session, job in
            guard let queue = session.jobs[job].queue else { return }
            for column in session.total.indices {
                session.queues[queue].inqueue[column] += session.outstanding(job, column, after: 0)
            }
        }
    }

    /// By how much a queue may exceed what it deserves: Volcano compares to the last bit, and a sum that rounding has
    /// made too small keeps a device idle.
    private static func slack(_ session: Session) -> Double {
        session.compatibility == .gangwright ? tolerance : 0
    }

    /// Whether a pod is needed for the minimum of a gang beside which its queue holds nothing: that may be more than the queue
    /// deserves. Gangs that are each larger than their queue's share would wait for each other on an empty cluster.
    private static func mayExceedShare(_ queue: Int, for task: Int, in session: Session) -> Bool {
        guard session.compatibility == .gangwright, let job = session.tasks[task].job,
            session.membersNeeded(job) > 0
        else { return false }
        return session.amounts.range(of: session.tasks[task].request).allSatisfy { index in
            let column = session.amounts.entries[index].column
            return session.queues[queue].allocated[column] == session.jobAllocated[job, column]
        }
    }

    /// The pods of queues that hold more than they deserve of something, until they do not.
    private static func reclaimable(_ candidates: [Int], in session: Session) -> [Int] {
        var held: [Int: [Int64]] = [:]
        return candidates.filter { victim in
            guard let queue = session.tasks[victim].job.flatMap({ session.jobs[$0].queue }) else {
                return false
            }
            if !holdsTooMuch(queue, held[queue] ?? session.queues[queue].allocated, in: session) {
                return false
            }
            session.change(&held[queue, default: session.queues[queue].allocated], by: victim, sign: -1)
            return true
        }
    }

    /// Whether a queue that holds so much holds more than it deserves of anything.
    private static func holdsTooMuch(_ queue: Int, _ allocated: [Int64], in session: Session) -> Bool {
        guard let deserved = session.queues[queue].deserved else { return false }
        return deserved.indices.contains { column in
            session.resources.volcano(allocated[column], column) - deserved[column] >= tolerance
        }
    }

    /// The largest part of what it deserves that a queue holds.
    private static func share(of queue: Int, in session: Session) -> Double {
        guard let deserved = session.queues[queue].deserved else { return 0 }
        return deserved.indices.reduce(0) { largest, column in
            // Of what a queue deserves nothing of, it has no share, whatever it holds.
            if deserved[column] < tolerance { return largest }
            let allocated = session.resources.volcano(session.queues[queue].allocated[column], column)
            return max(largest, Share.of(allocated, in: deserved[column]))
        }
    }

    /// The most that each queue can get: the cluster less what is guaranteed to others, and its own capability.
    private static func ceilings(_ session: Session) -> [[Double]] {
        let resources = session.resources
        let guarantees = session.queues.map { resources.row($0.queue.guarantee) }
        let guaranteed = session.total.indices.map { column in
            guarantees.reduce(0.0) { $0 + resources.volcano($1[column], column) }
        }
        return session.queues.indices.map { queue in
            let capability = session.queues[queue].queue.capability
            return session.total.indices.map { column in
                let total = session.total[column] * resources.subunits(column)
                let own = resources.volcano(guarantees[queue][column], column)
                let ceiling = max(0, total - guaranteed[column]) + own
                guard let limit = capability?[resources.names[column]] else { return ceiling }
                // Volcano takes a capability of no CPU or no memory for one that was not given.
                if limit <= 0, column == ResourceTable.cpu || column == ResourceTable.memory {
                    return ceiling
                }
                return min(ceiling, resources.volcano(limit, column))
            }
        }
    }

    /// Deals the cluster out.
    private static func deal(_ session: Session, ceilings: [[Double]]) {
        let columns = session.total.indices
        var unmet = session.queueOrder.filter { session.queues[$0].hasJobs }
        for queue in unmet { session.queues[queue].deserved = columns.map { _ in 0 } }
        let resources = session.resources
        var remaining = columns.map { session.total[$0] * resources.subunits($0) }
        while !unmet.isEmpty {
            let weights = unmet.reduce(Int64(0)) { $0 + session.queues[$1].queue.weight }
            if weights == 0 { return }
            let before = remaining
            var change = columns.map { _ in 0.0 }
            unmet.removeAll { queue in
                let share = session.queues[queue]
                let old = share.deserved ?? []
                let guarantee = resources.row(share.queue.guarantee)
                let part = Double(share.queue.weight) / Double(weights)
                let new = columns.map { column in
                    let dealt = min(old[column] + before[column] * part, ceilings[queue][column])
                    let asked = resources.volcano(share.request[column], column)
                    return max(min(dealt, asked), resources.volcano(guarantee[column], column))
                }
                session.queues[queue].deserved = new
                for column in columns { change[column] += new[column] - old[column] }
                let hasEnough = columns.allSatisfy { column in
                    resources.volcano(share.request[column], column) - new[column] < tolerance
                }
                return hasEnough || new == old
            }
            for column in columns { remaining[column] = max(0, remaining[column] - change[column]) }
            let isEmpty = columns.allSatisfy { remaining[$0] < tolerance }
            if isEmpty || remaining == before { return }
        }
    }
}

/// What Volcano treats as nothing, in its own units.
private let tolerance = 0.1

extension ResourceTable {
    /// How many of Volcano's units make one of ours: it counts devices and storage in thousandths.
    func subunits(_ column: Int) -> Double { column <= Self.pods ? 1 : 1000 }

    /// An amount in Volcano's units.
    func volcano(_ amount: Int64, _ column: Int) -> Double { Double(amount) * subunits(column) }

    /// The resources that a row asks for (pods aside) and of which there is too little, by name.
    func exceeded(by row: ArraySlice<Int64>, isExceeded: (Int) -> Bool) -> [String] {
        canonical.compactMap { column in
            column != Self.pods && row[row.startIndex + column] > 0 && isExceeded(column)
                ? names[column].text : nil
        }
    }
}
