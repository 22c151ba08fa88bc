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
        let ceilings = session.queues.indices.map { Self.ceiling(of: $0, in: session) }
        Self.deal(session, ceilings: ceilings)

        points.orderQueues { session, left, right in
            let (leftQueue, rightQueue) = (session.queues[left], session.queues[right])
            if leftQueue.queue.priority != rightQueue.queue.priority {
                return leftQueue.queue.priority > rightQueue.queue.priority ? -1 : 1
            }
            let (leftShare, rightShare) = (
                leftQueue.share(session.resources), rightQueue.share(session.resources)
            )
            return leftShare == rightShare ? 0 : (leftShare < rightShare ? -1 : 1)
        }
        points.gateOverused { session, queue in
            guard let deserved = session.queues[queue].deserved else { return false }
            let allocated = session.queues[queue].allocated
            // A queue that holds nothing has not had its share, even of a cluster that has nothing to share.
            if session.compatibility == .gangwright, allocated.allSatisfy({ $0 == 0 }) { return false }
            return deserved.indices.allSatisfy { column in
                session.resources.volcano(allocated[column], column) - deserved[column] > -tolerance
            }
        }
        points.gateAllocatable { session, queue, task in
            let share = session.queues[queue]
            guard share.queue.state == .open, let deserved = share.deserved else { return false }
            // Volcano compares to the last bit, and a sum that rounding has made too small keeps a device idle.
            let slack = session.compatibility == .gangwright ? tolerance : 0
            return session.tasks[task].request.amounts.allSatisfy { entry in
                let column = entry.column
                if column == ResourceTable.pods || entry.amount == 0 { return true }
                let used = session.resources.volcano(share.allocated[column] + entry.amount, column)
                return used <= deserved[column] + slack
            }
        }
        points.gateEnqueue { session, job in
            guard let queue = session.jobs[job].queue else { return .abstain }
            let share = session.queues[queue]
            if share.queue.state != .open { return .reject("queue \(share.queue.name) is not open") }
            guard let minimum = session.jobs[job].minResources else { return .permit }
            let short = session.resources.exceeded(by: minimum) { column in
                let used =
                    minimum[column] + share.allocated[column] + share.inqueue[column] - share.elastic[column]
                return session.resources.volcano(used, column) > ceilings[queue][column]
            }
            return short.isEmpty
                ? .permit
                : .reject("queue resource quota insufficient: insufficient " + short.joined(separator: ", "))
        } admitted: { session, job in
            guard let queue = session.jobs[job].queue else { return }
            let none = [Int64](repeating: 0, count: session.resources.count)
            let promised = session.jobs[job].outstanding(after: none)
            for column in promised.indices { session.queues[queue].inqueue[column] += promised[column] }
        }
    }

    /// The most that a queue can get: the cluster less what is guaranteed to others, and its own capability.
    private static func ceiling(of queue: Int, in session: Session) -> [Double] {
        let resources = session.resources
        let own = resources.row(session.queues[queue].queue.guarantee)
        let capability = session.queues[queue].queue.capability
        return session.total.indices.map { column in
            let guaranteed = session.queues.reduce(0.0) { sum, share in
                sum + resources.volcano(share.queue.guarantee[resources.names[column]] ?? 0, column)
            }
            let total = session.total[column] * resources.subunits(column)
            let ceiling = max(0, total - guaranteed) + resources.volcano(own[column], column)
            guard let limit = capability[resources.names[column]] else { return ceiling }
            // Volcano takes a capability of no CPU or no memory for one that was not given.
            if limit <= 0, column == ResourceTable.cpu || column == ResourceTable.memory { return ceiling }
            return min(ceiling, resources.volcano(limit, column))
        }
    }

    /// Deals the cluster out.
    private static func deal(_ session: Session, ceilings: [[Double]]) {
        let columns = session.total.indices
        var unmet = session.queues.indices.filter { session.queues[$0].hasJobs }
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

extension QueueShare {
    /// The largest part of what it deserves that the queue holds.
    fileprivate func share(_ resources: ResourceTable) -> Double {
        guard let deserved else { return 0 }
        return deserved.indices.reduce(0) { largest, column in
            max(largest, Share.of(resources.volcano(allocated[column], column), in: deserved[column]))
        }
    }
}

extension ResourceTable {
    /// How many of Volcano's units make one of ours: it counts devices and storage in thousandths.
    func subunits(_ column: Int) -> Double { column <= Self.pods ? 1 : 1000 }

    /// An amount in Volcano's units.
    func volcano(_ amount: Int64, _ column: Int) -> Double { Double(amount) * subunits(column) }

    /// The resources that a row asks for (pods aside) and of which there is too little, by name.
    func exceeded(by row: [Int64], isExceeded: (Int) -> Bool) -> [String] {
        canonical.compactMap { column in
            column != Self.pods && row[column] > 0 && isExceeded(column) ? names[column].text : nil
        }
    }
}
