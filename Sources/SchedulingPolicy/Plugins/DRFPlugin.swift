import Allocator

/// Dominant resource fairness: the gang with the smaller share of what it uses most goes first.
///
/// Sources: Ghodsi et al., "Dominant Resource Fairness", NSDI 2011; Volcano's `drf` without hierarchy.
struct DRFPlugin: Plugin {
    static let name = "drf"

    init(_ arguments: Arguments) {}

    func open(_ session: Session, _ points: inout PluginPoints) {
        points.orderJobs { session, left, right in
            let leftShare = Self.share(of: left, in: session)
            let rightShare = Self.share(of: right, in: session)
            return leftShare == rightShare ? 0 : (leftShare < rightShare ? -1 : 1)
        }
        points.choosePreemptable { session, task, candidates in
            Self.preemptable(for: task, candidates, in: session)
        }
    }

    /// The largest part of any resource of the cluster that the gang holds.
    private static func share(of job: Int, in session: Session) -> Double {
        var largest = 0.0
        for column in session.total.indices {
            let allocated = Double(session.jobAllocated[job, column])
            largest = max(largest, Share.of(allocated, in: session.total[column]))
        }
        return largest
    }

    /// The pods whose gangs would still hold no less than the pod's own gang does with it.
    private static func preemptable(for task: Int, _ candidates: [Int], in session: Session) -> [Int] {
        guard let job = session.tasks[task].job else { return [] }
        func share(_ held: [Int64]) -> Double {
            session.total.indices.reduce(0) { max($0, Share.of(Double(held[$1]), in: session.total[$1])) }
        }
        func change(_ held: inout [Int64], by task: Int, sign: Int64) {
            for index in session.amounts.range(of: session.tasks[task].request) {
                let entry = session.amounts.entries[index]
                held[entry.column] += sign * entry.amount
            }
        }
        var own = Array(session.jobAllocated[job])
        change(&own, by: task, sign: 1)
        let ownShare = share(own)
        var held: [Int: [Int64]] = [:]
        return candidates.filter { victim in
            guard let other = session.tasks[victim].job else { return false }
            var left = held[other] ?? Array(session.jobAllocated[other])
            change(&left, by: victim, sign: -1)
            held[other] = left
            let rest = share(left)
            return ownShare < rest || abs(ownShare - rest) <= tolerance
        }
    }

    /// Shares that differ by no more are equal, as in Volcano.
    private static let tolerance = 0.000_001
}

/// A part of a whole, where something of nothing is all and nothing of nothing is none.
enum Share {
    static func of(_ part: Double, in whole: Double) -> Double {
        if whole == 0 { return part == 0 ? 0 : 1 }
        return part / whole
    }
}
