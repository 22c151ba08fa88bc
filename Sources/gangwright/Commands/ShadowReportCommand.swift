import Documents
import Recording

/// `gangwright shadow-report`: how a shadow's decisions compare with those of the scheduler beside it.
struct ShadowReportCommand {
    static let command = Command(
        "shadow-report", abstract: "Compare a shadow's decisions with the other scheduler's",
        discussion: """
            Reads what gangwright run --shadow --record has written, also while it is still being written, and says for \
            how many gangs both agree, who had a place first and by how much, and what only one of them would do. \
            docs/shadow.md says what each outcome means.
            """,
        examples: [
            Command.Example("After a day beside Volcano", "gangwright shadow-report shadow.jsonl.gz")
        ],
        options: [OutputFormat.option],
        positionals: [Positional("FILE", help: "the recording of a shadow")])

    private let arguments: Arguments
    private let style: Style

    init(_ arguments: Arguments, style: Style) {
        self.arguments = arguments
        self.style = style
    }

    func run(_ outcome: inout CommandOutcome) throws(CommandFailure) {
        let file = arguments.positional("FILE") ?? ""
        let report: ShadowReport
        do { report = try ShadowReport.read(RecordingReader(file), file: file) } catch {
            throw CommandFailure([error])
        }
        if let warning = report.warning { outcome.warn([warning]) }
        let format = OutputFormat(arguments)
        outcome.standardOutput =
            format.text { ShadowReportDocument.make(report) }
            ?? ShadowReportTables(report, style: style, isWide: format == .wide).text
    }
}
