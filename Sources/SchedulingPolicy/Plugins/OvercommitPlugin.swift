import Allocator
import ClusterModel

/// Admits gangs while their minimum resources fit the cluster stretched by a factor.
///
/// Source: Volcano's `overcommit`: `admitted + minResources ≤ total × factor − used`, on what the gang asks for.
struct OvercommitPlugin: Plugin {
    static let name = "overcommit"
    static let arguments = [ArgumentSchema(name: "overcommit-factor", kind: .float(default: 1.2))]

    private let factor: Double

    init(_ arguments: Arguments) {
        let factor = arguments.float("overcommit-factor")
        self.factor = factor < 1 ? 1.2 : factor
    }

    func open(_ session: Session, _ points: inout PluginPoints) {
        let idle = session.total.indices.map { session.total[$0] * factor - session.used[$0] }
        for job in session.jobs {
            let none = [Int64](repeating: 0, count: session.resources.count)
            switch job.phase {
            case .inqueue: add(job.outstanding(after: none), to: &session.admitted)
            case .running where job.counts.allocated >= job.group.minMember:
                add(job.outstanding(after: job.allocated), to: &session.admitted)
            default: break
            }
        }
        points.gateEnqueue { session, job in
            guard let minimum = session.jobs[job].minResources else { return .permit }
            let short = session.resources.exceeded(by: minimum) { column in
                Double(session.admitted[column] + minimum[column]) > idle[column]
            }
            return short.isEmpty
                ? .permit
                : .reject("resource in cluster is overused: overused " + short.joined(separator: ", "))
        } admitted: { session, job in
            let none = [Int64](repeating: 0, count: session.resources.count)
            let promised = session.jobs[job].outstanding(after: none)
            for column in promised.indices { session.admitted[column] += promised[column] }
        }
    }

    private func add(_ row: [Int64], to sum: inout [Int64]) {
        for column in row.indices { sum[column] += row[column] }
    }
}
