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
        points.gateSubGroupReady { session, group in session.isSubGroupReady(group) }
        points.gateSubGroupPipelined { session, group in
            session.isSubGroupPipelined(group) ? .permit : .reject("fewer pods than its size have a place")
        }
        points.orderSubGroups { session, left, right in
            let leftReady = session.isSubGroupReady(left)
            let rightReady = session.isSubGroupReady(right)
            return leftReady == rightReady ? 0 : (leftReady ? 1 : -1)
        }
        points.gateStarving { session, job in
            let members = session.readyMembers(job) + session.jobs[job].counts.pipelined
            return members < session.jobs[job].minMember
                && (session.compatibility != .volcano15 || session.areRolesPipelined(job))
        }
        points.choosePreemptable { session, _, candidates in Self.surplus(of: candidates, in: session) }
        points.chooseReclaimable { session, _, candidates in Self.surplus(of: candidates, in: session) }
        // Bundles honour gangs.
        points.chooseEvictable { _, _, candidates in candidates }
        points.orderJobs { session, left, right in
            let leftReady = session.hasMinimum(left)
            let rightReady = session.hasMinimum(right)
            return leftReady == rightReady ? 0 : (leftReady ? 1 : -1)
        }
    }

    /// The pods that gangs can spare: as many as they have beyond their minimum.
    ///
    /// Ours plans with whole gangs, and asks nobody.
    private static func surplus(of candidates: [Int], in session: Session) -> [Int]? {
        if session.compatibility == .gangwright { return nil }
        var ready: [Int: Int] = [:]
        return candidates.filter { task in
            guard let job = session.tasks[task].job else { return false }
            let left = ready[job] ?? session.readyMembers(job)
            if left <= session.jobs[job].minMember { return false }
            ready[job] = left - 1
            return true
        }
    }
}
