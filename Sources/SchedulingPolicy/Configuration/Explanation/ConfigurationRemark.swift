/// Something about a valid configuration that its author may not expect.
public struct ConfigurationRemark: Sendable, Equatable {
    /// How much it matters.
    public enum Severity: String, Sendable {
        /// A setting without effect, or a thing to know.
        case note
        /// Allowed, and probably not meant.
        case warning
    }

    /// How much it matters.
    public let severity: Severity
    /// The line of the setting, counted from 1; 0 where it stems from none.
    public let line: Int
    /// The path of the setting; empty where the remark is about the whole.
    public let field: String
    /// What to know.
    public let message: String
}

extension SchedulerConfiguration {
    /// What is allowed and has no effect or surprises, in the file's order; what is about the whole comes first.
    public var remarks: [ConfigurationRemark] {
        var finder = RemarkFinder(self)
        finder.lookAtActions()
        finder.lookAtActionArguments()
        finder.lookAtTiers()
        finder.lookAtSwitches()
        finder.lookAtVictims()
        finder.lookAtArguments()
        finder.lookAtMetrics()
        return finder.remarks.enumerated()
            .sorted { ($0.element.line, $0.offset) < ($1.element.line, $1.offset) }.map(\.element)
    }
}

/// Collects remarks on one configuration; its rules stand in extensions, one file a subject.
struct RemarkFinder {
    let configuration: SchedulerConfiguration
    private(set) var remarks: [ConfigurationRemark] = []

    init(_ configuration: SchedulerConfiguration) { self.configuration = configuration }

    var compatibility: Compatibility { configuration.compatibility }

    /// The plugins with their tiers, counted from 1.
    var plugins: [(tier: Int, plugin: PluginConfiguration)] {
        configuration.tiers.enumerated().flatMap { tier, plugins in plugins.map { (tier + 1, $0) } }
    }

    func has(_ action: ActionName) -> Bool { configuration.actions.contains(action) }

    func plugin(_ name: String) -> (tier: Int, plugin: PluginConfiguration)? {
        plugins.first { $0.plugin.name == name }
    }

    /// The plugins that answer a question, with their tiers.
    func answering(_ callback: PluginCallback) -> [(tier: Int, plugin: PluginConfiguration)] {
        plugins.filter { configuration.answers($0.plugin, callback) }
    }

    /// The line of a plugin's argument and its path, as problems spell it.
    func argument(_ name: String, of plugin: PluginConfiguration) -> String {
        let dotted = "\(plugin.path).arguments.\(name)"
        return configuration.source.line(of: dotted) > 0 ? dotted : "\(plugin.path).arguments[\(name)]"
    }

    mutating func note(_ field: String, _ message: String) { add(.note, field, message) }

    mutating func warn(_ field: String, _ message: String) { add(.warning, field, message) }

    private mutating func add(_ severity: ConfigurationRemark.Severity, _ field: String, _ message: String) {
        remarks.append(
            ConfigurationRemark(
                severity: severity, line: configuration.source.line(of: field), field: field, message: message
            ))
    }
}
