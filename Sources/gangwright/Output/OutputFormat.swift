import Documents

/// The form in which a command prints its result.
enum OutputFormat: String, CaseIterable {
    case table, wide, json, yaml

    /// The option that chooses it.
    static let option = Option(
        name: "output", short: "o", metavar: "FORMAT", help: "how to print the result", default: "table",
        choices: allCases.map(\.rawValue))

    /// The same for commands whose result is a document and never a table.
    static let documentOption = Option(
        name: "output", short: "o", metavar: "FORMAT", help: "how to print the result", default: "yaml",
        choices: [OutputFormat.yaml, .json].map(\.rawValue))

    /// The same for commands whose report has no wide form.
    static let reportOption = Option(
        name: "output", short: "o", metavar: "FORMAT", help: "how to print the result", default: "table",
        choices: [OutputFormat.table, .json, .yaml].map(\.rawValue))

    init(_ arguments: Arguments) { self = arguments.value("output").flatMap(OutputFormat.init) ?? .table }

    /// The document, if this is a form for machines; `nil` if the result is to be printed for people.
    func text(_ document: () -> OutputValue) -> String? {
        switch self {
        case .json: document().json() + "\n"
        case .yaml: document().yaml()
        case .table, .wide: nil
        }
    }
}
