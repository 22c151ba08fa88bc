import ClusterModel

/// A queue's part of the ledger, by column.
///
/// `allocated` follows every placement and every rollback; everything else is settled when the cycle opens.
struct QueueShare: Sendable {
    /// The queue.
    let queue: Queue
    /// True when a gang of the cycle is in it.
    var hasJobs = false
    /// What its ready and promised pods take.
    var allocated: [Int64]
    /// What its ready and waiting pods ask for.
    var request: [Int64]
    /// What admission has promised to gangs whose pods have no place yet.
    var inqueue: [Int64]
    /// What gangs hold beyond their minimum resources.
    var elastic: [Int64]
    /// What it is entitled to, in Volcano's units; `nil` unless a plugin shares the cluster out.
    var deserved: [Double]?

    init(queue: Queue, columns: Int) {
        self.queue = queue
        let none = [Int64](repeating: 0, count: columns)
        allocated = none
        request = none
        inqueue = none
        elastic = none
    }
}
