import ClusterModel
import Documents

/// Lets gangs that have waited long enough pass the gates: they are admitted, and may hold what they find.
///
/// Source: Volcano's `sla`. The earliest end of a waiting time goes first. It permits and never rejects, so that it
/// overrides only gates of later tiers.
struct SLAPlugin: Plugin {
    static let name = "sla"
    static let arguments = [
        ArgumentSchema(name: "sla-waiting-time", kind: .duration(default: nil)) { value in
            positiveDurationMistake(value.scalarText)
        }
    ]

    private let waitingTime: Duration?

    init(_ arguments: Arguments) { waitingTime = arguments.duration("sla-waiting-time") }

    func open(_ session: Session, _ points: inout PluginPoints) {
        if waitingTime == nil, session.gangNotes.isEmpty { return }
        points.orderJobs { session, left, right in
            switch (due(left, session), due(right, session)) {
            case (nil, nil): 0
            case (_?, nil): -1
            case (nil, _?): 1
            case (let left?, let right?): left == right ? 0 : (left < right ? -1 : 1)
            }
        }
        points.gateEnqueue { session, job in vote(job, session) }
        points.gatePipelined { session, job in vote(job, session) }
        guard let now = session.now else { return }
        for job in session.cycleJobs {
            guard let due = due(job, session), due > .seconds(now.secondsSinceEpoch) else { continue }
            points.mayChange(at: Timestamp(secondsSinceEpoch: due.secondsRoundedUp))
        }
    }

    private func vote(_ job: Int, _ session: Session) -> Vote {
        guard let now = session.now, let due = due(job, session) else { return .abstain }
        return .seconds(now.secondsSinceEpoch) >= due ? .permit : .abstain
    }

    /// When a gang has waited long enough, counted from 1970; `nil` for one that waits as long as it takes.
    ///
    /// A gang that does not say when it was created is the oldest of all.
    private func due(_ job: Int, _ session: Session) -> Duration? {
        let own = session.gangNotes.isEmpty ? nil : session.gangNotes[job]
        guard let waiting = own?.waitingTime(under: session.compatibility) ?? waitingTime else { return nil }
        guard let created = session.jobs[job].created else { return .seconds(Int64.min) }
        return .seconds(created.secondsSinceEpoch) + waiting
    }
}

/// What is wrong with an argument that has to be a duration above zero; `nil` if nothing is.
@Sendable func positiveDurationMistake(_ text: String?) -> String? {
    guard let text, let duration = Duration(go: text), duration <= .zero else { return nil }
    return "found \(text), expected a duration above zero"
}
