import ClusterModel

/// A queue's part of the ledger, by column.
///
/// `allocated` and `request` follow every change. What gangs hold and are promised beyond that is summed up when a
/// cycle opens, from the gangs that have changed since the last.
struct QueueShare: Sendable {
    /// The queue; of one that gangs name and nobody has made, a queue by that name.
    var queue: Queue
    /// False for a queue that only gangs name.
    var exists = false
    /// Gangs that are in it.
    var jobCount = 0
    /// What its ready and promised pods take.
    var allocated: [Int64]
    /// What its ready and waiting pods ask for.
    var request: [Int64]
    /// What admission has promised to gangs whose pods have no place yet, as of the opening and with what came since.
    var inqueue: [Int64]
    /// What gangs hold beyond their minimum resources, as of the opening.
    var elastic: [Int64]
    /// What it is entitled to, in Volcano's units; `nil` unless a plugin shares the cluster out.
    var deserved: [Double]?
    /// The sums over settled gangs behind `inqueue` and `elastic`.
    var settledInqueue: [Int64]
    var settledElastic: [Int64]

    init(queue: Queue, columns: Int) {
        self.queue = queue
        let none = [Int64](repeating: 0, count: columns)
        allocated = none
        request = none
        inqueue = none
        elastic = none
        settledInqueue = none
        settledElastic = none
    }

    /// True when a gang is in it.
    var hasJobs: Bool { jobCount > 0 }

    /// Gives every row more columns.
    mutating func widen(to columns: Int) {
        let added = [Int64](repeating: 0, count: columns - allocated.count)
        allocated += added
        request += added
        inqueue += added
        elastic += added
        settledInqueue += added
        settledElastic += added
    }
}
