import ClusterModel
import Documents
import SchedulingPolicy

/// `gangwright explain`: every job that waits, what it waits for, and the smallest change that would let it run.
struct ExplainJobsCommand {
    private let arguments: Arguments
    private let style: Style

    init(_ arguments: Arguments, style: Style) {
        self.arguments = arguments
        self.style = style
    }

    /// How many times the trials of one job there are for all of them: thousands may wait.
    private static var share: Int { 5 }

    func run(_ outcome: inout CommandOutcome) throws(CommandFailure) {
        try explain(try CycleRun(arguments, &outcome), &outcome)
    }

    /// Explains what waits after a cycle.
    func explain(_ run: CycleRun, _ outcome: inout CommandOutcome) throws(CommandFailure) {
        let explainer = try run.explainer()
        let trials = arguments.integer("trials") ?? 0
        var left = trials * Self.share
        var jobs: [JobExplanation] = []
        for job in explainer.waitingJobs {
            guard let explanation = explainer.explain(job, trials: min(trials, left)) else { continue }
            left -= explanation.trials
            jobs.append(explanation)
        }
        if left == 0, jobs.contains(where: { $0.isCutOff }) {
            outcome.note(
                "warning: the search ended after \(trials * Self.share) trials: --trials gives it more")
        }
        let format = OutputFormat(arguments)
        outcome.standardOutput = format.text { document(jobs) } ?? table(jobs, isWide: format == .wide)
    }

    private func table(_ jobs: [JobExplanation], isWide: Bool) -> String {
        if jobs.isEmpty { return "no job waits\n" }
        var table = TextTable([
            .left("NAMESPACE"), .left("JOB"), .left("QUEUE"), .left("WAITS FOR"),
            .left(isWide ? "CHANGES" : "SMALLEST CHANGE"),
        ])
        for job in jobs {
            let changes = job.remedies.map(RemedyText.phrase)
            let shown = changes.prefix(isWide ? changes.count : 1).joined(separator: "; or ")
            table.add([
                .init(job.key.namespace), .init((job.isGang ? "job/" : "pod/") + job.key.name),
                .init(job.queue),
                .init(job.holds.first.map(HoldText.sentence) ?? job.message, .doubtful),
                .init(shown.isEmpty ? ExplainText.none(job) : shown),
            ])
        }
        return table.text(style: style)
    }

    private func document(_ jobs: [JobExplanation]) -> OutputValue {
        let list = jobs.map { job in
            OutputValue.object(
                [
                    ("kind", .string(job.isGang ? "job" : "pod")), ("namespace", .string(job.key.namespace)),
                    ("name", .string(job.key.name)), ("queue", .string(job.queue)),
                    ("reason", .string(job.reason.rawValue)), ("message", .string(job.message)),
                ] + ExplainText.members(job))
        }
        return .object([("jobs", .list(list))])
    }
}
