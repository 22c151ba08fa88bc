import Allocator
import ClusterModel

/// Says which gang `elect` chooses and which nodes `reserve` locks for it.
///
/// Source: `reservation` of Volcano 1.5, which later versions do not have.
struct ReservationPlugin: Plugin {
    static let name = "reservation"

    init(_ arguments: Arguments) {}

    func open(_ session: Session, _ points: inout PluginPoints) {
        // Of the gangs with the highest priority the one that has waited longest; they come oldest first.
        points.chooseTargetJob { session, jobs in
            let highest = jobs.map { session.jobs[$0].priority }.max()
            return jobs.first { session.jobs[$0].priority == highest }
        }
        points.chooseReservedNode { session in Self.emptiest(session) }
    }

    /// The node that is not locked and has at least as much idle of everything as those before it.
    private static func emptiest(_ session: Session) -> Int? {
        let locked = Set(session.nodeLocks.nodes)
        var best: Int?
        for node in session.allocator.nodesByName
        where !locked.contains(session.allocator.node(node).name) {
            guard let known = best else {
                best = node
                continue
            }
            let idle = session.total.indices.map { column in
                (session.allocator.idle(known, column), session.allocator.idle(node, column))
            }
            // Of equal ones the first by name stays.
            if idle.allSatisfy({ $0.0 <= $0.1 }), idle.contains(where: { $0.0 < $0.1 }) { best = node }
        }
        return best
    }
}
