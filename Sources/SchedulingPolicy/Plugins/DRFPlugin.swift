import Allocator

/// Dominant resource fairness: the gang with the smaller share of what it uses most goes first.
///
/// Sources: Ghodsi et al., "Dominant Resource Fairness", NSDI 2011; Volcano's `drf`. With `enableHierarchy` queues are
/// ordered by their places in a tree (`FairShareTree`); under `volcano-1.5` namespaces are compared too.
struct DRFPlugin: Plugin {
    static let name = "drf"

    init(_ arguments: Arguments) {}

    func open(_ session: Session, _ points: inout PluginPoints) {
        // In Volcano 1.5 the number of pods is no resource.
        let total = DominantShare(session)
        points.orderJobs { session, left, right in
            let leftShare = total.share(of: left, in: session)
            let rightShare = total.share(of: right, in: session)
            return leftShare == rightShare ? 0 : (leftShare < rightShare ? -1 : 1)
        }
        if session.compatibility == .volcano15, points.ordersNamespaces {
            let namespaces = NamespaceShares(session, total)
            points.observePlaces { session, task, event in namespaces.note(task, event, session) }
            points.orderNamespaces { session, left, right in namespaces.order(left, right) }
            points.choosePreemptable { session, task, candidates in
                let judged = namespaces.judge(candidates, for: task, session)
                let others = Self.preemptable(for: task, judged.undecided, total, in: session)
                let victims = Set(judged.victims + others)
                return candidates.filter(victims.contains)
            }
        } else {
            points.choosePreemptable { session, task, candidates in
                Self.preemptable(for: task, candidates, total, in: session)
            }
        }
        if points.isHierarchical {
            let tree = FairShares(session, total)
            points.observePlaces { _, _, _ in tree.isStale = true }
            points.orderQueues { session, left, right in tree.order(left, right, session) }
            points.chooseReclaimable { session, task, candidates in
                tree.reclaimable(for: task, candidates, session)
            }
        }
    }

    /// The pods whose gangs would still hold no less than the pod's own gang does with it.
    private static func preemptable(
        for task: Int, _ candidates: [Int], _ total: DominantShare, in session: Session
    ) -> [Int] {
        guard let job = session.tasks[task].job else { return [] }
        var own = Array(session.jobAllocated[job])
        session.change(&own, by: task, sign: 1)
        let ownShare = total.share(own)
        var held: [Int: [Int64]] = [:]
        return candidates.filter { victim in
            guard let other = session.tasks[victim].job else { return false }
            var left = held[other] ?? Array(session.jobAllocated[other])
            session.change(&left, by: victim, sign: -1)
            held[other] = left
            let rest = total.share(left)
            return ownShare < rest || abs(ownShare - rest) <= tolerance
        }
    }

    /// Shares that differ by no more are equal, as in Volcano.
    static let tolerance = 0.000_001
}

/// The largest part of any resource of the cluster.
struct DominantShare {
    /// What the cluster has, by column.
    let total: [Double]
    /// The columns that count.
    let columns: [Int]

    init(_ session: Session) {
        total = session.total
        // Where no node limits the number of pods, it is no resource either.
        let countsPods = total[ResourceTable.pods] > 0
        columns = session.resourceColumns.filter { countsPods || $0 != ResourceTable.pods }
    }

    /// That of a gang.
    func share(of job: Int, in session: Session) -> Double {
        let counts = session.jobs[job].counts
        if counts.ready + counts.pipelined == 0 { return 0 }
        var largest = 0.0
        for column in columns {
            largest = max(largest, Share.of(Double(session.jobAllocated[job, column]), in: total[column]))
        }
        return largest
    }

    /// That of amounts by column.
    func share(_ held: [Int64]) -> Double { share(held) { Double($0) } }

    /// That of amounts by column.
    func share(_ held: [Double]) -> Double { share(held) { $0 } }

    private func share<Amount>(_ held: [Amount], _ double: (Amount) -> Double) -> Double {
        var largest = 0.0
        for column in columns { largest = max(largest, Share.of(double(held[column]), in: total[column])) }
        return largest
    }
}

/// A part of a whole, where something of nothing is all and nothing of nothing is none.
enum Share {
    static func of(_ part: Double, in whole: Double) -> Double {
        if whole == 0 { return part == 0 ? 0 : 1 }
        return part / whole
    }
}

extension Session {
    /// Adds what a pod takes (`1`) to amounts by column, or takes it off (`-1`).
    func change(_ held: inout [Int64], by task: Int, sign: Int64) {
        for index in amounts.range(of: tasks[task].request) {
            let entry = amounts.entries[index]
            held[entry.column] += sign * entry.amount
        }
    }
}
