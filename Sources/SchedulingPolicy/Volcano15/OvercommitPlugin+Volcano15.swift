import Allocator
import ClusterModel

/// `overcommit` of Volcano 1.5: what is short keeps out gangs that do not ask for it as well.
extension OvercommitPlugin {
    static func open15(_ session: Session, factor: Double, _ points: inout PluginPoints) {
        let columns = session.resourceColumns
        let resources = session.resources
        let idle = session.total.indices.map { column in
            (session.total[column] * factor - session.used[column]) * resources.subunits(column)
        }
        session.admitted = [Int64](repeating: 0, count: resources.count)
        for job in session.jobs.indices where session.jobs[job].origin != nil && session.jobs[job].queue != nil {
            let members = session.jobs[job].tasks.count { session.tasks[$0].status == .running }
            session.addAdmitted15(job, members: members, to: &session.admitted)
        }
        points.gateEnqueue { session, job in
            guard session.jobs[job].hasMinResources else { return .permit }
            let short = resources.canonical.filter { column in
                let asked = session.admitted[column] + session.jobMinimum[job, column]
                // Of devices only those count that somebody has been promised or asks for.
                if !columns.contains(column) || column > ResourceTable.pods && asked == 0 { return false }
                return resources.volcano(asked, column) - idle[column] >= QueueTree.tolerance
            }
            if short.isEmpty { return .permit }
            let names = short.map { resources.names[$0].text }.joined(separator: ", ")
            return .reject("resource in cluster is overused: overused " + names)
        } admitted: { session, job in
            for column in session.admitted.indices {
                session.admitted[column] += session.jobMinimum[job, column]
            }
        }
    }
}

extension Session {
    /// Adds what Volcano 1.5 keeps for a gang that was admitted before.
    ///
    /// For one that waits that is its whole minimum, whatever it holds already; for one that runs with its minimum of
    /// members, what they do not hold. There 1.5 takes allocated thousandths of CPUs from whole CPUs.
    ///
    /// - Parameter members: the pods that count towards the minimum of members.
    func addAdmitted15(_ job: Int, members: Int, to sums: inout [Int64]) {
        guard jobs[job].hasMinResources else { return }
        if jobs[job].phase == .inqueue {
            for column in sums.indices { sums[column] += jobMinimum[job, column] }
        } else if jobs[job].phase == .running, members >= jobs[job].minMember {
            for column in sums.indices {
                let minimum = jobMinimum[job, column]
                let counted = column == ResourceTable.cpu ? (minimum + 999) / 1_000 : minimum
                sums[column] += max(0, counted - jobAllocated[job, column])
            }
        }
    }
}
