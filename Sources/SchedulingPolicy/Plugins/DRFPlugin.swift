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
}

/// A part of a whole, where something of nothing is all and nothing of nothing is none.
enum Share {
    static func of(_ part: Double, in whole: Double) -> Double {
        if whole == 0 { return part == 0 ? 0 : 1 }
        return part / whole
    }
}
