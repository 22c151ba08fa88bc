import ClusterModel
import SchedulingPolicy
import Simulation

/// The answers of `whatif` in a sentence.
enum WhatIfText {
    /// What a change does, as in `With dgx-2 drained, 1 pod of 1 job moves.`
    static func answer(_ comparison: WhatIfComparison, _ changes: [String]) -> String {
        let effects = effects(comparison)
        let what = effects.isEmpty ? "nothing changes for any job" : effects.joined(separator: "; ")
        let opening = changes.isEmpty ? "As it is" : "With \(list(changes))"
        return "\(opening), \(what)."
    }

    /// The fewest nodes, as in `3 more nodes like dgx-1 let the 2 jobs that wait start: …`
    static func answer(_ fit: NodeFit, like title: String) -> String {
        let never = fit.never.map(\.job.key)
        let even = "even with \(Count.of(fit.most, "more node")) like \(title)"
        guard let count = fit.count else {
            return "No number of nodes like \(title) helps: \(jobs(never)) \(waits(never.count)) \(even)."
        }
        if count == 0 {
            let rest = never.isEmpty ? "" : "; \(jobs(never)) \(waits(never.count)) \(even)"
            return "No further node like \(title) is needed\(rest)."
        }
        let verb = count == 1 ? "lets" : "let"
        let rest = never.isEmpty ? "" : "; \(jobs(never)) \(waits(never.count)) \(even)"
        return "\(Count.of(count, "more node")) like \(title) \(verb) \(jobs(fit.started)) start\(rest)."
    }

    /// Why a job is not helped.
    static func never(_ never: NodeFit.Never, of most: Int, like title: String) -> String {
        if !never.refusals.isEmpty {
            let reasons = never.refusals.map(\.reason).joined(separator: ", ")
            return
                "\(never.job.key): a node like \(title) takes none of its pods, even when empty: \(reasons)."
        }
        let holds = never.holds.prefix(3).map(HoldText.sentence)
        let why = holds.isEmpty ? never.job.message : holds.joined(separator: "; ")
        let lost = never.hasPlaceWithout ? ", and starts without them" : ""
        return "\(never.job.key) waits even with \(Count.of(most, "more node"))\(lost): \(why)."
    }

    /// On what the number of nodes rests.
    static func proof(_ fit: NodeFit) -> String? {
        guard let count = fit.count, count > 0 else { return nil }
        let smaller =
            count == 1
            ? "Without it not all of them start"
            : fit.isProvenSmallest
                ? "All smaller numbers were tried, and none is enough"
                : "\(count - 1) are not enough, and not all smaller numbers were tried"
        let exceptions = fit.exceptions.map(String.init)
        let larger =
            exceptions.isEmpty
            ? "" : "; more is not always better: with \(list(exceptions)) one of them waits again"
        let used = fit.usedNodes < count ? "; pods go to \(fit.usedNodes) of them" : ""
        return "\(smaller)\(used)\(larger)."
    }

    // MARK: Parts

    private static func effects(_ comparison: WhatIfComparison) -> [String] {
        var parts: [String] = []
        for budget in comparison.departure.budgets where budget.forbids {
            parts.append(
                "the budget \(budget.key) forbids it (\(Count.of(budget.pods, "pod")), \(budget.allowed) may go now)"
            )
        }
        let moved = comparison.jobs.filter { !$0.moves.isEmpty }
        if !moved.isEmpty {
            let pods = comparison.moves.count
            parts.append(
                "\(Count.of(pods, "pod")) of \(Count.of(moved.count, "job")) \(pods == 1 ? "moves" : "move")")
        }
        func keys(_ effect: WhatIfComparison.Effect) -> [ObjectKey] { comparison.jobs(effect).map(\.key) }
        let anew = comparison.jobs.filter { $0.restarts && $0.after?.hasPlace ?? false }.map(\.key)
        if !anew.isEmpty { parts.append("\(jobs(anew)) \(anew.count == 1 ? "starts" : "start") anew") }
        let homeless = keys(.losesPlace)
        if !homeless.isEmpty {
            parts.append(
                "\(jobs(homeless)) cannot be placed again and \(waits(homeless.count)): \(why(comparison, homeless))"
            )
        }
        let lost = comparison.departure.lost
        if !lost.isEmpty {
            let verb = lost.count == 1 ? "is" : "are"
            parts.append("\(names(lost, "pod")) \(verb) lost, since no controller makes such a pod again")
        }
        let late = keys(.startsNoMore)
        if !late.isEmpty {
            parts.append("\(jobs(late)) would start without the change and \(waits(late.count)) with it")
        }
        let starting = keys(.starts)
        if !starting.isEmpty { parts.append("\(jobs(starting)) \(starting.count == 1 ? "starts" : "start")") }
        let fewer = keys(.shrinks)
        if !fewer.isEmpty { parts.append("\(jobs(fewer)) \(fewer.count == 1 ? "has" : "have") fewer pods") }
        let more = keys(.grows)
        if !more.isEmpty { parts.append("\(jobs(more)) \(more.count == 1 ? "has" : "have") more pods") }
        let new = keys(.comesAndWaits)
        if !new.isEmpty {
            parts.append("\(jobs(new)) \(new.count == 1 ? "comes and waits" : "come and wait")")
        }
        if parts.isEmpty, !comparison.departure.nodes.isEmpty, comparison.jobs.isEmpty {
            return ["no pod has to move and nothing changes for any job"]
        }
        if parts.isEmpty, comparison.jobs.contains(where: { $0.effect != .isGone }) {
            parts.append("the same jobs have places, some of them on other nodes")
        }
        return parts
    }

    /// Why the first of some jobs waits.
    private static func why(_ comparison: WhatIfComparison, _ keys: [ObjectKey]) -> String {
        guard let job = comparison.jobs.first(where: { $0.key == keys.first }), let after = job.after else {
            return "it is gone"
        }
        if after.state == .evicted { return "it is evicted for another" }
        return comparison.after.holds(after).first.map(HoldText.sentence) ?? after.message
    }

    static func waits(_ count: Int) -> String { count == 1 ? "waits" : "wait" }

    /// `1 job (a/b)`, `4 jobs (a/b, a/c, a/d, …)`.
    static func jobs(_ keys: [ObjectKey]) -> String { names(keys, "job") }

    private static func names(_ keys: [ObjectKey], _ noun: String) -> String {
        let shown = keys.prefix(3).map(\.description).joined(separator: ", ")
        return "\(Count.of(keys.count, noun)) (\(shown)\(keys.count > 3 ? ", …" : ""))"
    }

    static func list(_ parts: [String]) -> String {
        parts.count < 2
            ? parts.first ?? "" : parts.dropLast().joined(separator: ", ") + " and " + (parts.last ?? "")
    }

    /// What becomes of a job, in a word or three.
    static func word(_ job: WhatIfComparison.Job) -> String {
        switch job.effect {
        case .losesPlace: job.after?.state == .evicted ? "is evicted" : "loses its place"
        case .startsNoMore: "starts no more"
        case .starts: "starts"
        case .moves: job.restarts ? "starts anew" : "moves"
        case .shrinks: job.restarts ? "starts anew, smaller" : "shrinks"
        case .grows: "grows"
        case .startsElsewhere: "starts elsewhere"
        case .isGone: "is gone"
        case .comesAndWaits: "comes and waits"
        }
    }

    /// How a job stands: `runs 4/4`, `waits (Unschedulable)`.
    static func state(_ place: JobPlace?) -> String {
        guard let place else { return "-" }
        switch place.state {
        case .runs: return "runs \(place.nodes.count)/\(place.pods.count)"
        case .starts: return "starts \(place.nodes.count)/\(place.pods.count)"
        case .startsLater: return "starts when others have left"
        case .waits: return "waits" + (place.reason.map { " (\($0.rawValue))" } ?? "")
        case .evicted: return "evicted"
        }
    }
}
