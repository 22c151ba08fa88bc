import ClusterModel
import Recording

/// Numbers of a shadow's report.
struct ShadowFigures {
    typealias Counts = [ShadowAgreement: Int]

    /// How the two agree, by queue.
    let queues: [(name: String, counts: Counts)]
    let all: Counts
    /// By how many milliseconds the shadow was earlier, for gangs that both have placed, ascending.
    let leads: [Int64]
    /// On how many nodes gangs of several pods are, on average; nil where both have placed none.
    let nodesPerGang: (gangs: Int, ours: Double, theirs: Double)?

    init(_ report: ShadowReport) {
        var queues: [String: Counts] = [:]
        var all = Counts()
        var (gangs, ours, theirs) = (0, 0, 0)
        for gang in report.gangs {
            queues[gang.queue, default: [:]][gang.agreement, default: 0] += 1
            all[gang.agreement, default: 0] += 1
            guard gang.lead != nil, gang.theirs.count > 1 else { continue }
            gangs += 1
            ours += Set(gang.ours.map(\.node)).count
            theirs += Set(gang.theirs.map(\.node)).count
        }
        self.queues = queues.sorted { $0.key.precedes($1.key) }.map { ($0.key, $0.value) }
        self.all = all
        leads = report.gangs.compactMap(\.lead).sorted()
        nodesPerGang =
            gangs == 0 ? nil : (gangs, Double(ours) / Double(gangs), Double(theirs) / Double(gangs))
    }

    /// By how much the shadow was earlier where it was, ascending.
    var ours: [Int64] { leads.filter { $0 >= 0 } }

    /// By how much the other scheduler was earlier where it was, ascending.
    var theirs: [Int64] { leads.filter { $0 < 0 }.map { -$0 }.reversed() }

    /// The smallest of some numbers in order that so large a part of them does not exceed; 0 of none.
    static func percentile(_ part: Double, of sorted: [Int64]) -> Int64 {
        if sorted.isEmpty { return 0 }
        let rank = Int((part * Double(sorted.count)).rounded(.up))
        return sorted[min(max(rank, 1), sorted.count) - 1]
    }
}
