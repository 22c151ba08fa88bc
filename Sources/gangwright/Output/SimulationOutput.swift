import Documents
import Simulation

/// Where a report goes: in which form to standard output, and as a page to a file.
struct SimulationOutput {
    /// The forms in which a report is printed.
    enum Form: String, CaseIterable {
        case table, wide, json, yaml, csv
    }

    /// The options that say so, for every command that makes a report.
    static let options = [
        Option(
            name: "output", short: "o", metavar: "FORMAT", help: "how to print the result", default: "table",
            choices: Form.allCases.map(\.rawValue)),
        Option(
            name: "csv", metavar: "TABLE", help: "what -o csv prints", default: "summary",
            choices: SimulationReport.CSVContent.allCases.map(\.rawValue)),
        Option(name: "report", metavar: "FILE", help: "write a page with drawings besides (HTML)"),
    ]

    private let arguments: Arguments
    private let style: Style

    init(_ arguments: Arguments, style: Style) {
        self.arguments = arguments
        self.style = style
    }

    /// Whether the result lists jobs one by one: a run has to keep them then.
    ///
    /// - Parameter isPart: Whether the report is a part of a sweep: lists of jobs are not put together, and make a long log.
    func listsJobs(isPart: Bool) -> Bool {
        switch form {
        case .table, .wide: false
        case .json, .yaml: !isPart
        case .csv: content == .jobs
        }
    }

    /// Prints a report, and writes its page if one is asked for.
    func write(_ report: SimulationReport, to outcome: inout CommandOutcome) throws(CommandFailure) {
        if arguments.isGiven("csv"), form != .csv {
            throw CommandFailure(.badInput, "--csv: expected together with -o csv")
        }
        if let path = arguments.value("report") {
            do { try FileAccess.write(report.html(), to: path) } catch {
                throw CommandFailure(.outsideWorld, "\(error)")
            }
            outcome.note("wrote \(path)")
        }
        outcome.standardOutput =
            switch form {
            case .table: SimulationTables(report, style: style, isWide: false).text
            case .wide: SimulationTables(report, style: style, isWide: true).text
            case .json: report.document().json() + "\n"
            case .yaml: report.document().yaml()
            case .csv: report.csv(content)
            }
    }

    private var form: Form { arguments.value("output").flatMap(Form.init) ?? .table }

    private var content: SimulationReport.CSVContent {
        arguments.value("csv").flatMap(SimulationReport.CSVContent.init) ?? .summary
    }
}
