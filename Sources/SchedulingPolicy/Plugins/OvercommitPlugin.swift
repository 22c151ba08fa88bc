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
        if session.compatibility == .volcano15 {
            return Self.open15(session, factor: factor, &points)
        }
        let idle = session.total.indices.map { session.total[$0] * factor - session.used[$0] }
        points.gateEnqueue { session, job in
            guard session.jobs[job].hasMinResources else { return .permit }
            let short = session.resources.exceeded(by: session.jobMinimum[job]) { column in
                Double(session.admitted[column] + session.jobMinimum[job, column]) > idle[column]
            }
            return short.isEmpty
                ? .permit
                : .reject("resource in cluster is overused: overused " + short.joined(separator: ", "))
        } admitted: { session, job in
            for column in session.admitted.indices {
                session.admitted[column] += session.outstanding(job, column, after: 0)
            }
        }
    }
}
