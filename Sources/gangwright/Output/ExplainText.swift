import Documents
import SchedulingPolicy

/// What is said of the search for changes.
enum ExplainText {
    /// What stands where no change was found.
    static func none(_ job: JobExplanation) -> String {
        if job.holds.contains(.releasing) { return "nothing has to change" }
        return "no single change found" + (job.isCutOff ? " (\(cutOff(job)))" : "")
    }

    /// That the search has ended early.
    static func cutOff(_ job: JobExplanation) -> String {
        "the search ended after \(Count.of(job.trials, "trial"))"
    }

    /// What holds a job and what would let it run, for machines.
    static func members(_ job: JobExplanation) -> [(String, OutputValue)] {
        [
            ("holds", .list(job.holds.map(HoldText.document))),
            ("changes", .list(job.remedies.map(RemedyText.document))),
            (
                "search",
                .object([("trials", .integer(Int64(job.trials))), ("isCutOff", .bool(job.isCutOff))])
            ),
        ]
    }
}
