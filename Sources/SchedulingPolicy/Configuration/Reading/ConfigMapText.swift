import Documents

/// The configuration inside a ConfigMap that was pasted whole.
///
/// Volcano mounts the text that the ConfigMap holds under `volcano-scheduler.conf`. Where YAML writes it as a block (`|`),
/// its lines are lines of the file, so that mistakes can still be named where they stand; another spelling is refused.
struct ConfigMapText {
    static let key = "volcano-scheduler.conf"

    /// The text of the configuration.
    let bytes: [UInt8]
    /// The line of the file before the first of the text.
    let offset: Int

    /// Nil where the document is a ConfigMap without such a block.
    init?(_ document: Value, in file: [UInt8]) {
        guard let text = document["data"]?[Self.key], let content = text.string else { return nil }
        let lines = file.split(
            separator: UInt8(ascii: "\n"), maxSplits: text.line, omittingEmptySubsequences: false)
        guard text.line <= lines.count else { return nil }
        let header = String(decoding: lines[text.line - 1], as: UTF8.self)
        guard let colon = header.lastIndex(of: ":"),
            Arguments.trimmed(header[header.index(after: colon)...]).hasPrefix("|")
        else { return nil }
        bytes = Array(content.utf8)
        offset = text.line
    }

    static func isConfigMap(_ document: Value) -> Bool { document["kind"]?.string == "ConfigMap" }

    /// Reads the text as a file of its own, the lines being those of the file around it.
    func read(file: String) -> (configuration: SchedulerConfiguration?, problems: [Problem]) {
        var (configuration, problems) = SchedulerConfiguration.read(bytes, file: file)
        for index in problems.indices where problems[index].line > 0 {
            problems[index].line += offset
            problems[index].column = 0
        }
        configuration?.source.move(by: offset)
        return (configuration, problems)
    }
}
