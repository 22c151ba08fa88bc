import Allocator

/// What queues count as holding for gangs that have places kept: others of the queue would use it up.
///
/// A gang takes the places of pods that have left, and of its queue's share what they held. As long as they run, the
/// share is theirs, and the gang counts only for what it takes beyond it.
struct KeptShare {
    /// The gang's queue, or one above it.
    let queue: Int
    /// True for the gang's own queue.
    let isOwn: Bool
    /// By column.
    var amounts: [Int64]
}

/// The running pods in the order in which they are expected to leave, and how many of them have left in thought.
struct Departures {
    let endings: [Session.Ending]
    fileprivate(set) var count = 0
    /// What those who have left held of their queues' shares, by queue and column; empty for a queue that none was of.
    fileprivate var given: [[Int64]]

    init(_ endings: [Session.Ending], queues: Int) {
        self.endings = endings
        given = Array(repeating: [], count: queues)
    }
}

extension Session {
    /// Lets pods go in thought, or come back, until so many have left. They give their part of queues' shares back.
    ///
    /// - Complexity: O(pods that go or come back).
    func leave(_ count: Int, of departures: inout Departures) {
        while departures.count < count {
            let task = departures.endings[departures.count].task
            setLeaving(task, true)
            giveShare(of: task, 1, &departures)
            departures.count += 1
        }
        while departures.count > count {
            departures.count -= 1
            let task = departures.endings[departures.count].task
            setLeaving(task, false)
            giveShare(of: task, -1, &departures)
        }
    }

    private func giveShare(of task: Int, _ sign: Int64, _ departures: inout Departures) {
        guard let queue = tasks[task].job.flatMap({ jobs[$0].queue }) else { return }
        if departures.given[queue].isEmpty {
            departures.given[queue] = Array(repeating: 0, count: resources.count)
        }
        for index in amounts.range(of: tasks[task].request) {
            let entry = amounts.entries[index]
            departures.given[queue][entry.column] += sign * entry.amount
            queues[queue].allocated[entry.column] -= sign * entry.amount
        }
        if points.shareObservers.isEmpty { return }
        let change = sum(of: [task]).map { -sign * $0 }
        for holder in points.holders(of: queue, in: self) {
            points.notifyShare(of: holder, change, in: self)
        }
    }

    /// Asks something as if all who run had given back what they hold of their queues' shares, nodes aside.
    ///
    /// - Complexity: O(running pods).
    func withAllSharesGivenBack(by departures: Departures, _ ask: () -> Void) {
        var held = [[Int64]](repeating: [], count: queues.count)
        for ending in departures.endings {
            guard let queue = tasks[ending.task].job.flatMap({ jobs[$0].queue }) else { continue }
            if held[queue].isEmpty { held[queue] = Array(repeating: 0, count: resources.count) }
            for index in amounts.range(of: tasks[ending.task].request) {
                held[queue][amounts.entries[index].column] += amounts.entries[index].amount
            }
        }
        charge(held, sign: -1)
        ask()
        charge(held, sign: 1)
    }

    /// Counts amounts to queues (`1`), or off them (`-1`), by queue and column.
    private func charge(_ amounts: [[Int64]], sign: Int64) {
        for (queue, amounts) in amounts.enumerated() where !amounts.isEmpty {
            charge(shares(of: amounts, in: queue), sign: sign)
        }
    }

    /// Asks something as if those who have left still held their part of queues' shares, nodes aside.
    func asIfNobodyHadLeft(_ departures: Departures, _ ask: () -> Bool) -> Bool {
        charge(departures.given, sign: 1)
        defer { charge(departures.given, sign: -1) }
        return ask()
    }

    /// What those who have left held of the shares of a queue and of those above it, in the order of `holders`.
    func givenBack(by departures: Departures, to holders: [Int]) -> [[Int64]] {
        var sums = [[Int64]](
            repeating: Array(repeating: 0, count: resources.count), count: holders.count)
        for (queue, given) in departures.given.enumerated() where !given.isEmpty {
            for holder in points.holders(of: queue, in: self) {
                guard let position = holders.firstIndex(of: holder) else { continue }
                for column in given.indices { sums[position][column] += given[column] }
            }
        }
        return sums
    }

    /// What a queue and those above it count as holding, if pods of it take so much.
    func shares(of amounts: [Int64], in queue: Int) -> [KeptShare] {
        points.holders(of: queue, in: self).map { holder in
            KeptShare(queue: holder, isOwn: holder == queue, amounts: amounts)
        }
    }

    /// Counts to queues what a gang takes that has places kept (`1`), or off them (`-1`).
    func charge(_ shares: [KeptShare], sign: Int64) {
        for share in shares {
            if share.isOwn {
                for column in share.amounts.indices {
                    queues[share.queue].allocated[column] += sign * share.amounts[column]
                }
            }
            if points.shareObservers.isEmpty { continue }
            points.notifyShare(of: share.queue, share.amounts.map { sign * $0 }, in: self)
        }
    }

    /// Counts gangs from now on only for what they take beyond what is given back to them by then.
    ///
    /// At the start of each reservation, its gang and those that start before it have theirs, and who leaves before has
    /// given his back: the most that is missing at one of these times is kept from now on. Each reservation counts for
    /// what it adds to that.
    /// - Complexity: O(reservations²).
    func keepSharesFromNowOn() {
        var kept: [Int: [Int64]] = [:]
        for index in reservations.indices where reservations[index].isCharged {
            let missing = sharesMissing(in: reservations[...index])
            var shares = reservations[index].shares
            for position in shares.indices {
                let queue = shares[position].queue
                guard let most = missing[queue] else { continue }
                let before = kept[queue]
                shares[position].amounts = most.indices.map { most[$0] - (before?[$0] ?? 0) }
                kept[queue] = most
            }
            charge(reservations[index].shares, sign: -1)
            reservations[index].shares = shares
            charge(shares, sign: 1)
        }
    }

    private func sharesMissing(in reservations: ArraySlice<Reservation>) -> [Int: [Int64]] {
        var taken: [Int: [Int64]] = [:]
        var most: [Int: [Int64]] = [:]
        let order = reservations.indices.filter { reservations[$0].isCharged }
            .sorted { (reservations[$0].departed, $0) < (reservations[$1].departed, $1) }
        for index in order {
            for (position, share) in reservations[index].shares.enumerated() {
                let own = reservations[index].taken
                let sum = taken[share.queue].map { sum in own.indices.map { sum[$0] + own[$0] } } ?? own
                taken[share.queue] = sum
                let given = reservations[index].given
                let before = most[share.queue]
                most[share.queue] = sum.indices.map { column in
                    let back = given.isEmpty ? 0 : given[position][column]
                    return max(before?[column] ?? 0, sum[column] - back)
                }
            }
        }
        return most
    }
}
