/// All or nothing: a gang starts only when its minimum can.
///
/// Source: Volcano's `gang`. It also lets gangs that are not ready go before those that are.
struct GangPlugin: Plugin {
    static let name = "gang"

    init(_ arguments: Arguments) {}

    func open(_ session: inout Session, _ points: inout PluginPoints) {
        points.validateJobs { session, job in session.jobs[job].invalidity(session.compatibility) }
        points.gateReady { session, job in session.jobs[job].isReady(session.compatibility) }
        points.gatePipelined { session, job in
            session.jobs[job].isPipelined(session.compatibility)
                ? .permit : .reject("fewer pods than the minimum have a place")
        }
        points.orderJobs { session, left, right in
            let leftReady = session.jobs[left].isReady(session.compatibility)
            let rightReady = session.jobs[right].isReady(session.compatibility)
            return leftReady == rightReady ? 0 : (leftReady ? 1 : -1)
        }
    }
}
