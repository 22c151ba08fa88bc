/// All or nothing: a gang starts only when its minimum can.
///
/// Source: Volcano's `gang`. It also lets gangs that are not ready go before those that are.
struct GangPlugin: Plugin {
    static let name = "gang"

    init(_ arguments: Arguments) {}

    func open(_ session: Session, _ points: inout PluginPoints) {
        points.validateJobs { session, job in session.gangInvalidity(job) }
        points.gateReady { session, job in
            session.isGangReady(job)
        } placesNeeded: { session, job in
            session.membersNeeded(job)
        }
        points.gatePipelined { session, job in
            session.isGangPipelined(job)
                ? .permit : .reject("fewer pods than the minimum have a place")
        }
        points.orderJobs { session, left, right in
            let leftReady = session.isGangReady(left)
            let rightReady = session.isGangReady(right)
            return leftReady == rightReady ? 0 : (leftReady ? 1 : -1)
        }
    }
}
