import ClusterModel

/// Leaves pods alone for a while after they have been given a node.
///
/// Source: Volcano's `cdp` (cooldown protection). The label, or else annotation, `volcano.sh/cooldown-time` of a pod that runs says
/// for how long.
struct CDPPlugin: Plugin {
    static let name = "cdp"

    init(_ arguments: Arguments) {}

    func open(_ session: Session, _ points: inout PluginPoints) {
        points.choosePreemptable { session, _, candidates in Self.settled(candidates, in: session) }
        points.chooseReclaimable { session, _, candidates in Self.settled(candidates, in: session) }
        guard let now = session.now else { return }
        for cooldown in session.cooldowns.values {
            if let end = cooldown.end, end > now { points.mayChange(at: end) }
        }
    }

    /// The pods whose cooldown is over, or that have none; no opinion where nobody knows the time.
    private static func settled(_ candidates: [Int], in session: Session) -> [Int]? {
        guard let now = session.now else { return nil }
        if session.cooldowns.isEmpty { return candidates }
        return candidates.filter { task in
            guard session.tasks[task].status == .running, let end = session.cooldowns[task]?.end else {
                return true
            }
            return end <= now
        }
    }
}
